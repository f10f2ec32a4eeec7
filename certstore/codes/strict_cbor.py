"""Deterministic CBOR (RFC 8949 §4.2.1), written and read in exactly one spelling.

Read: integers of 64 bits, byte and text strings, arrays, maps with integer or text keys, true,
false, null. Refused: tags, floats, indefinite lengths, longer spellings than needed, keys
unsorted or twice, nesting deeper than six, lengths beyond what remains, trailing bytes.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from certstore.errors import MalformedError

Value: TypeAlias = "int | bytes | str | bool | list[Value] | dict[int | str, Value] | None"

MAX_DEPTH = 6
_SIMPLE: Mapping[int, bool | None] = {0xF4: False, 0xF5: True, 0xF6: None}
_SIMPLE_BYTES: Mapping[bool | None, bytes] = {False: b"\xf4", True: b"\xf5", None: b"\xf6"}
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = range(6)
_FIRST_NEGATIVE, _FIRST_STRING, _FIRST_TEXT = _NEGATIVE << 5, _BYTES << 5, _TEXT << 5
_FIRST_ARRAY, _FIRST_MAP, _FIRST_TAG = _ARRAY << 5, _MAP << 5, (_MAP + 1) << 5
_INLINE = 24  # arguments below it sit in the first byte; 24 to 27 announce 1, 2, 4, 8 more
_FIRST_LONG_TEXT = _FIRST_TEXT + _INLINE
_LONG_KEY = bytes((_INLINE,))
_LONGEST = 27
_SMALLEST = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}


def encode(value: object) -> bytes:
    """Write a value deterministically; raise TypeError for kinds this format has no place for."""
    if isinstance(value, bool) or value is None:
        return _SIMPLE_BYTES[value]
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        data = value.encode("utf-8")
        return _head(_TEXT, len(data)) + data
    if isinstance(value, Mapping):
        members = sorted((_encode_key(key), encode(inner)) for key, inner in value.items())
        return _head(_MAP, len(members)) + b"".join([k + v for k, v in members])
    if isinstance(value, Sequence):
        return _head(_ARRAY, len(value)) + b"".join([encode(inner) for inner in value])
    raise TypeError(f"codes hold no {type(value).__name__}")


def decode(data: bytes) -> Value:
    """Read one value that takes up all bytes; raise MalformedError with `facts["cause"]` cbor."""
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise _fault("bytes follow the CBOR value")
    return value


def byte_string_head(length: int) -> bytes:
    """What stands before a byte string of so many bytes."""
    return _head(_BYTES, length)


def _encode_key(key: object) -> bytes:
    if isinstance(key, bool) or not isinstance(key, (int, str)):
        raise TypeError("keys of a map are whole numbers or texts")
    return encode(key)


def _head(major: int, argument: int) -> bytes:
    if argument < _INLINE:
        return bytes((major << 5 | argument,))
    for exponent, size in enumerate((1, 2, 4, 8)):
        if argument < 1 << (8 * size):
            return bytes((major << 5 | _INLINE + exponent,)) + argument.to_bytes(size, "big")
    raise TypeError("codes hold no number beyond 64 bits")


def _item(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    # Most of what a scan does beside the signature happens here: no call that can be spared.
    try:
        first = data[at]
    except IndexError:
        raise _fault("the CBOR value is cut short") from None
    argument, at = first & 31, at + 1
    if argument >= _INLINE:
        argument, at = _long_argument(data, at, argument)
    if first < _FIRST_STRING:
        return argument if first < _FIRST_NEGATIVE else -1 - argument, at
    if first < _FIRST_ARRAY:
        end = at + argument
        if end > len(data):
            raise _fault("a CBOR string is longer than what remains")
        return data[at:end] if first < _FIRST_TEXT else _text(data[at:end]), end
    if first < _FIRST_MAP:
        return _array(data, at, argument, depth + 1)
    if first < _FIRST_TAG:
        return _map(data, at, argument, depth + 1)
    if first in _SIMPLE:
        return _SIMPLE[first], at
    raise _fault("tags, floats and other simple values have no place in a code")


def _long_argument(data: bytes, at: int, announced: int) -> tuple[int, int]:
    if announced > _LONGEST:
        raise _fault("indefinite lengths have no place in a code")
    size = 1 << (announced - _INLINE)
    end = at + size
    if end > len(data):
        raise _fault("the CBOR value is cut short")
    argument = data[at] if size == 1 else int.from_bytes(data[at:end], "big")
    if argument < _SMALLEST[size]:
        raise _fault("a CBOR number is spelled longer than needed")
    return argument, end


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _fault("a CBOR text is not UTF-8") from error


def _array(data: bytes, at: int, length: int, depth: int) -> tuple[Value, int]:
    _check_room(length, len(data) - at, depth)
    items: list[Value] = []
    for _ in range(length):
        value, at = _item(data, at, depth)
        items.append(value)
    return items, at


def _map(data: bytes, at: int, length: int, depth: int) -> tuple[Value, int]:
    _check_room(2 * length, len(data) - at, depth)
    members: dict[int | str, Value] = {}
    previous = b""
    for _ in range(length):
        start, spelled = at, data[at : at + 1]
        if b"" < spelled < _LONG_KEY:  # nearly every key of a code is a number of one byte
            key: Value = spelled[0]
            at += 1
        else:
            key, at = _item(data, at, depth)
            spelled = data[start:at]
        # `type` and not isinstance: true and 1 would be one key of the dict
        if type(key) is not int and type(key) is not str:
            raise _fault("a key of a CBOR map is neither a whole number nor a text")
        if spelled <= previous:
            raise _fault("the keys of a CBOR map are unsorted or repeated")
        previous = spelled
        first = data[at] if at < len(data) else _LONGEST
        if _FIRST_TEXT <= first < _FIRST_LONG_TEXT:  # and most values are a short text
            start, at = at + 1, at + 1 + first - _FIRST_TEXT
            if at > len(data):
                raise _fault("a CBOR string is longer than what remains")
            members[key] = _text(data[start:at])
        elif first < _INLINE:  # or a small number
            members[key], at = first, at + 1
        else:
            members[key], at = _item(data, at, depth)
    return members, at


def _check_room(items: int, remaining: int, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _fault(f"CBOR is nested deeper than {MAX_DEPTH}")
    if items > remaining:
        raise _fault("a CBOR array or map announces more items than bytes remain")


def _fault(detail: str) -> MalformedError:
    return MalformedError(detail, cause="cbor")
