"""Whether what a code says makes sense: texts that show as they are, dates in order, a small photo.

The same rules bind the sealer and the scanner, so that nothing is signed that would be refused.
"""

import unicodedata
from operator import attrgetter
from typing import Final

from certstore.codes.claims import MAX_PHOTO_BYTES, TEXTS, CodeData
from certstore.codes.unshown import shows

_SEXES: Final = frozenset({0, 1, 2, 9})  # GB/T 2261.1
MAX_PHOTO_WIDTH: Final = 96
MAX_PHOTO_HEIGHT: Final = 120
_HEADER: Final = 30
_texts_of: Final = attrgetter(*TEXTS)


def faults(data: CodeData) -> tuple[str, ...]:
    """Every reason (codes) why the data has no good meaning; empty if it has."""
    texts = filter(None, _texts_of(data))
    found = [reason for text in texts for reason in text_faults(text)]
    if data.sex is not None and data.sex not in _SEXES:
        found.append("SEX_UNKNOWN")
    days = [day for day in (data.birth_date, data.issued_on, data.valid_to) if day is not None]
    if days != sorted(days):
        found.append("DATES_OUT_OF_ORDER")
    return tuple(dict.fromkeys(found))


def photo_fault(photo: bytes) -> str | None:
    """Why a photo must not be decoded (a code), judged by its first bytes; None if it may be.

    Taken is one bare WebP frame (`VP8 ` or `VP8L`) of at most 800 bytes and 96×120 pixels: no
    extended header, hence no animation, profile or metadata.
    """
    size = int.from_bytes(photo[4:8], "little")
    if len(photo) > MAX_PHOTO_BYTES or len(photo) < _HEADER:
        return "PHOTO_TOO_LARGE" if len(photo) > MAX_PHOTO_BYTES else "PHOTO_NOT_WEBP"
    chunk = int.from_bytes(photo[16:20], "little")
    whole = size + 8 == len(photo) == chunk + (chunk & 1) + 20
    if photo[:4] != b"RIFF" or photo[8:12] != b"WEBP" or not whole:
        return "PHOTO_NOT_WEBP"
    dimensions = _dimensions(photo)
    if dimensions is None:
        return "PHOTO_NOT_WEBP"
    width, height = dimensions
    if not 0 < width <= MAX_PHOTO_WIDTH or not 0 < height <= MAX_PHOTO_HEIGHT:
        return "PHOTO_TOO_LARGE"
    return None


def text_faults(text: str) -> list[str]:
    """Every reason (codes) why a text would not show as it is."""
    found: list[str] = []
    if text.isalnum() and text.isascii():
        return found  # as numbers are: nothing of what follows can be wrong with it
    if not shows(text):
        found.append("TEXT_UNSHOWABLE")  # how it composes, tables of different ages disagree
    elif not text.isascii() and not unicodedata.is_normalized("NFC", text):
        found.append("TEXT_NOT_NFC")
    if text != text.strip():
        found.append("TEXT_BLANK_EDGE")
    return found


def _dimensions(photo: bytes) -> tuple[int, int] | None:
    kind = photo[12:16]
    if kind == b"VP8 " and photo[23:26] == b"\x9d\x01\x2a" and not photo[20] & 1:  # a key frame
        width, height = (int.from_bytes(photo[at : at + 2], "little") for at in (26, 28))
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and photo[20] == 0x2F:  # noqa: PLR2004 - its signature byte
        bits = int.from_bytes(photo[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
