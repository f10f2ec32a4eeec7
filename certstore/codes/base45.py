"""Base45 (RFC 9285), read strictly: nothing is stripped, for space is one of its symbols."""

import struct

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
    # All groups at once: each third of the values becomes one large number with a lane of four
    # bytes for a group, and no sum of a lane (91,124 at most) runs over into the next.
    low, middle, high = (_lanes(values[place::3]) for place in range(3))
    sums = (low + 45 * middle + 2025 * high).to_bytes(len(values) // 3 * 4, "big")
    if any(sums[1::4]):
        raise MalformedError("a group of a Base45 text is too large", cause="base45")
    data = bytearray(len(values) // 3 * 2)
    data[0::2], data[1::2] = sums[2::4], sums[3::4]
    return bytes(data)


def _lanes(values: bytes) -> int:
    spread = bytearray(4 * len(values))
    spread[3::4] = values
    return int.from_bytes(spread, "big")


def _last_byte(pair: bytes) -> bytes:
    if not pair:
        return b""
    value = pair[0] + 45 * pair[1]
    if value > _LARGEST_BYTE:
        raise MalformedError("the last group of a Base45 text is too large", cause="base45")
    return bytes((value,))
