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
    words = [
        low + 45 * middle + 2025 * high
        for low, middle, high in zip(
            values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True
        )
    ]
    try:
        data = struct.pack(f">{len(words)}H", *words)
    except struct.error as error:
        raise MalformedError("a group of a Base45 text is too large", cause="base45") from error
    return data + _last_byte(values[whole:])


def _last_byte(pair: bytes) -> bytes:
    if not pair:
        return b""
    value = pair[0] + 45 * pair[1]
    if value > _LARGEST_BYTE:
        raise MalformedError("the last group of a Base45 text is too large", cause="base45")
    return bytes((value,))
