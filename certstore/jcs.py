"""Canonical JSON (JCS, RFC 8785), fast where that is safe.

orjson writes what RFC 8785 asks for as long as there are no fractions, no numbers beyond 2^53 and
no member names outside ASCII, whose order could differ. Everything else is left to rfc8785.
"""

from typing import Final

import orjson
import rfc8785

_LARGEST: Final = 2**53 - 1


def canonical(value: object) -> bytes:
    """The canonical bytes; ValueError (or TypeError) for what has none."""
    if not _is_plain(value):
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # it says itself what it cannot write
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:  # half a character
        raise ValueError("a text has no canonical form") from error


def _is_plain(value: object) -> bool:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -_LARGEST <= value <= _LARGEST  # type: ignore[operator]  # an int
    if kind is dict:
        for name, member in value.items():  # type: ignore[attr-defined]  # a dict
            if type(name) is not str or not name.isascii() or not _is_plain(member):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))  # type: ignore[call-overload]  # a list or a tuple
    return False
