"""JSON read without mercy: what two readers could understand differently is refused (RFC 7493)."""

import json
import math
from typing import TYPE_CHECKING, NoReturn

import orjson

from certstore.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 1_048_576
MAX_DEPTH = 16
_LARGEST = 2**53 - 1  # beyond it, readers that hold numbers as doubles disagree (RFC 7493 §2.2)
_NUMBER_CHARACTERS = 32
_UNSURE = object()


def parse_json_strict(
    data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> object:
    """Read one JSON text of I-JSON (RFC 7493); raise MalformedError with `facts["cause"]`.

    Refused: more than `max_bytes`, a byte order mark, anything but UTF-8, members named twice at
    any depth, NaN and infinities, whole numbers beyond 2^53, lone surrogates, deep nesting.
    """
    if len(data) > max_bytes:
        _refuse("too-large", f"a JSON text has more than {max_bytes} bytes")
    if data.count(b"{") + data.count(b"[") <= max_depth:  # so it cannot be nested deeper
        value = _spelt_once(data)
        if value is not _UNSURE:
            return value
    try:
        text = data.decode("utf-8")  # strict: no overlong forms, no encoded surrogates
    except UnicodeDecodeError:
        _refuse("encoding", "a JSON text is not UTF-8")
    if text.startswith("\ufeff"):
        _refuse("encoding", "a JSON text begins with a byte order mark")
    value = _load(text)
    # Half a character can only be written as an escape: decoding refused every other spelling.
    _check_tree(value, max_depth, escapes="\\u" in text)
    return value


def _spelt_once(data: bytes) -> object:
    """The value of a text that is its only compact spelling, as nearly every program writes it.

    No member is named twice in what is written anew, and no two readers differ about it. What is
    spelt in any other way is read slowly, and what is wrong found there.
    """
    try:
        value = orjson.loads(data)
        anew = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _UNSURE
    return value if anew == data else _UNSURE


def _load(text: str) -> object:
    try:
        return _DECODER.decode(text)
    except (json.JSONDecodeError, RecursionError):
        _refuse("json", "a text is not JSON, or is nested beyond measure")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):  # most readers silently keep the last: a swapped subject
        _refuse("duplicate", "a JSON object names a member twice")
    return members


def _whole_number(digits: str) -> int:
    if len(digits) > _NUMBER_CHARACTERS or abs(number := int(digits)) > _LARGEST:
        _refuse("number", "a JSON number is too large")
    return number


def _fraction(digits: str) -> float:
    number = float(digits) if len(digits) <= _NUMBER_CHARACTERS else math.inf
    if not math.isfinite(number):
        _refuse("number", "a JSON number is too large or too long")
    return number


def _constant(_name: str) -> NoReturn:
    _refuse("number", "NaN and infinities are not JSON")


_DECODER = json.JSONDecoder(  # made once: making one costs as much as reading a small object
    object_pairs_hook=_members,
    parse_int=_whole_number,
    parse_float=_fraction,
    parse_constant=_constant,
)


def _check_tree(root: object, max_depth: int, *, escapes: bool) -> None:
    # A stack of (values, depth) and not recursion: the depth is what we do not trust.
    waiting: list[tuple[Iterable[object], int]] = [((root,), 0)]
    while waiting:
        values, depth = waiting.pop()
        for value in values:
            if isinstance(value, str):
                if escapes:
                    _check_text(value)
            elif isinstance(value, (dict, list)):
                if depth >= max_depth:
                    _refuse("depth", f"a JSON text is nested deeper than {max_depth}")
                if isinstance(value, dict):
                    waiting.append((value.values(), depth + 1))
                    if escapes:
                        waiting.append((value, depth + 1))  # the names of its members
                else:
                    waiting.append((value, depth + 1))


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        _refuse("encoding", "a JSON string holds half of a character")


def _refuse(cause: str, detail: str) -> NoReturn:
    raise MalformedError(detail, cause=cause, remedy="send one plain JSON text (RFC 7493)")
