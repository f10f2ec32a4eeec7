"""Canonical JSON, the fast way: byte for byte what rfc8785 writes, or the same refusal."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from certstore.jcs import canonical

_TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS
TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(TREES)
def test_it_writes_what_the_library_writes(value):
    try:
        expected = rfc8785.dumps(value)
    except (ValueError, TypeError):
        with pytest.raises((ValueError, TypeError)):
            canonical(value)
    else:
        assert canonical(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1e21, "b": -0.0, "c": 5.0, "d": 0.1},
        {"\U0001f600": 1, "\ufb33": 2, "z": 3},  # UTF-16 order is not that of code points
        {"é": 1, "e": 2},
        {"controls": "".join(map(chr, range(0x20))) + '\x7f"\\/'},
        {"deep": [[[{"b": [], "a": {}}]]]},
        ("a", ("b",)),
        2**53 - 1,
    ],
)
def test_where_writers_differ(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), "\ud800", {"\udfff": 1}, {1: 2}])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        canonical(value)
