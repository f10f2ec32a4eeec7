"""JSON read strictly: the short way finds what the long way finds, or leaves it to that."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.errors import MalformedError
from certstore.strict_json import parse_json_strict

_TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS
TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


def read(data, max_depth=3):
    try:
        return repr(parse_json_strict(data, max_depth=max_depth))  # 1 is not True, nor 1.0
    except MalformedError as refusal:
        return refusal.facts["cause"]


@given(TREES, st.booleans())
def test_a_compact_text_says_what_the_same_text_with_a_space_says(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    data = text.encode("utf-8", "surrogatepass")
    assert read(data) == read(data + b" ")  # which no program writes, so the short way leaves it


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"a":1,"a":1}', "duplicate"),
        (b'{"a":[{"b":1,"b":1}]}', "duplicate"),
        (b'{"a":1,"\\u0061":2}', "duplicate"),
        (b'"\\ud800"', "encoding"),
        (b'{"\\ud800":1}', "encoding"),
        (b"\xef\xbb\xbf1", "encoding"),
        (b'"\xed\xa0\x80"', "encoding"),
        (b"9007199254740991", "9007199254740991"),
        (b"9007199254740992", "number"),
        (b"18446744073709551616", "number"),
        (b"1e400", "number"),
        (b"NaN", "number"),
        (b"[[[1]]]", "[[[1]]]"),
        (b"[[[[1]]]]", "depth"),
        (b'{"a":"[[[["}', "{'a': '[[[['}"),
        (b"[1][2]", "json"),
        (b"", "json"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(data, found):
    assert read(data) == found
    assert read(data + b" ") == found
