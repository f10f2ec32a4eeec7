"""A PNG file walked chunk by chunk (ISO/IEC 15948), before any decoder touches it."""

import zlib
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_LARGEST_CHUNK = 1 << 31
_MOST_CHUNKS = 10_000
_HEAD = 13
_COLOURS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}


@dataclass(frozen=True, slots=True, kw_only=True)
class PngFile:
    """What the chunks say; `plain` is the file with only what its pixels need."""

    whole: bool = False
    sound: bool = False  # every check sum and the order of chunks
    width: int = 0
    height: int = 0
    bits: int = 0
    animated: bool = False
    end: int = 0
    plain: bytes = b""


def walk(data: bytes) -> PngFile:
    """Read the chunks of a PNG; never raises, whatever the bytes are."""
    at, names, kept = len(_SIGNATURE), list[bytes](), [_SIGNATURE]
    width = height = bits = colour = 0
    sound = data.startswith(_SIGNATURE)
    while at + 12 <= len(data) and len(names) < _MOST_CHUNKS and names[-1:] != [b"IEND"]:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if length >= _LARGEST_CHUNK or end > len(data):
            break
        content = data[at + 8 : end - 4]
        sound &= zlib.crc32(data[at + 4 : end - 4]) == int.from_bytes(data[end - 4 : end], "big")
        if name == b"IHDR" and length == _HEAD and not names:
            width, height = int.from_bytes(content[:4], "big"), int.from_bytes(content[4:8], "big")
            bits, colour = content[8], content[9]
        if name in _KEPT:
            kept.append(data[at:end])
        names.append(name)
        at = end
    sound &= bits in _COLOURS.get(colour, ()) and _in_order(names)
    return PngFile(
        whole=names[-1:] == [b"IEND"],
        sound=sound,
        width=width,
        height=height,
        bits=bits,
        animated=b"acTL" in names,
        end=at,
        plain=b"".join(kept),
    )


def _in_order(names: list[bytes]) -> bool:
    """IHDR first and once, picture data in one run, nothing critical that is unknown."""
    if names[:1] != [b"IHDR"] or names.count(b"IHDR") != 1 or b"IDAT" not in names:
        return False
    first, count = names.index(b"IDAT"), names.count(b"IDAT")
    unknown = any(n not in _KEPT and not n[0] & 0x20 for n in names)
    return names[first : first + count] == [b"IDAT"] * count and not unknown
