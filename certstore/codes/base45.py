"""Base45 (RFC 9285), read strictly: nothing is stripped, for space is one of its symbols."""

import struct
from functools import lru_cache

from certstore.errors import MalformedError

_SYMBOLS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_STRANGE = 0xFF  # what every byte outside the alphabet becomes
_VALUES = bytes(_SYMBOLS.index(byte) if byte in _SYMBOLS else _STRANGE for byte in range(256))
_PAIRS = [bytes((_SYMBOLS[n % 45], _SYMBOLS[n // 45])) for n in range(45 * 45)]
_LARGEST_BYTE = 0xFF


def encode(data: bytes) -> str:
    """Spell bytes in the alphanumeric alphabet of QR codes: three symbols for two bytes."""
    even = len(data) & ~1
    words = struct.unpack(f">{even // 2}H", data[:even])
    spelled = b"".join([_PAIRS[n % 2025] + _SYMBOLS[n // 2025 : n // 2025 + 1] for n in words])
    last = _PAIRS[data[even]] if len(data) & 1 else b""
    return (spelled + last).decode("ascii")


def decode(text: str) -> bytes:
    """Read a spelling; raise MalformedError for other symbols, a stray one, or groups too large."""
    try:
        values = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        values = bytes((_STRANGE,))
    rest = len(values) % 3
    if rest == 1 or _STRANGE in values:
        raise MalformedError("a code's text is not Base45", cause="base45")
    whole = len(values) - rest
    return _words(values[:whole]) + _last_byte(values[whole:])


def _words(values: bytes) -> bytes:
    # All groups at once, as one large number with a lane of three bytes for each. No sum of a lane
    # (91,124 at most) runs over into the next; what does not fit two bytes shows in the first.
    groups = len(values) // 3
    whole, lanes = int.from_bytes(values, "big"), _lanes(groups)
    total = (whole >> 16 & lanes) + 45 * (whole >> 8 & lanes) + 2025 * (whole & lanes)
    sums = total.to_bytes(3 * groups, "big")
    if sums[0::3] != bytes(groups):
        raise MalformedError("a group of a Base45 text is too large", cause="base45")
    data = bytearray(2 * groups)
    data[0::2], data[1::2] = sums[1::3], sums[2::3]
    return bytes(data)


@lru_cache(maxsize=1024)  # no code has more groups
def _lanes(groups: int) -> int:
    return int.from_bytes(b"\0\0\xff" * groups, "big")


def _last_byte(pair: bytes) -> bytes:
    if not pair:
        return b""
    value = pair[0] + 45 * pair[1]
    if value > _LARGEST_BYTE:
        raise MalformedError("the last group of a Base45 text is too large", cause="base45")
    return bytes((value,))
