"""The payload's integer keys and the kinds of value under each, read field by field."""

from collections.abc import Callable, Mapping
from datetime import date

from certstore.codes.strict_cbor import Value
from certstore.errors import MalformedError

_EPOCH = date(1970, 1, 1)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MAX_DAYS = (date.max - _EPOCH).days
_MIN_DAYS = (date(1850, 1, 1) - _EPOCH).days
_MAX_SECONDS = 253_402_300_799  # the last second of the year 9999


def malformed(detail: str) -> MalformedError:
    """The refusal of a payload whose parts are not what the format says."""
    return MalformedError(detail, cause="payload")


def days(day: date) -> int:
    """A day as codes carry it: days since 1970-01-01."""
    return (day - _EPOCH).days


def to_day(value: object) -> date:
    """Read days since 1970, from 1850 to 9999."""
    if type(value) is not int or not _MIN_DAYS <= value <= _MAX_DAYS:
        raise malformed("a date of a code is a number of days since 1970")
    return date.fromordinal(_EPOCH_ORDINAL + value)


def to_seconds(value: object) -> int:
    """Read seconds since 1970, up to the year 9999."""
    if type(value) is not int or not 0 <= value <= _MAX_SECONDS:
        raise malformed("a moment of a code is a number of seconds since 1970")
    return value


def to_text(longest: int) -> Callable[[object], str]:
    """A reader of texts of one to `longest` characters."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise malformed(f"a text of a code has 1 to {longest} characters")
        return value

    return read


def to_bytes(shortest: int, longest: int) -> Callable[[object], bytes]:
    """A reader of byte strings of `shortest` to `longest` bytes."""

    def read(value: object) -> bytes:
        if not isinstance(value, bytes) or not shortest <= len(value) <= longest:
            raise malformed(f"a byte string of a code has {shortest} to {longest} bytes")
        return value

    return read


def to_number(largest: int, *, least: int = 0) -> Callable[[object], int]:
    """A reader of whole numbers from `least` to `largest`."""

    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= largest:
            raise malformed(f"a number of a code lies between {least} and {largest}")
        return value

    return read


def to_map(value: object, keys: frozenset[int], required: frozenset[int]) -> Mapping[int, Value]:
    """Read a map with integer keys out of `keys`, all `required` among them."""
    if not isinstance(value, dict) or not required <= value.keys() <= keys:
        raise malformed("a map of a code lacks a key or holds one that is not allowed")
    return value
