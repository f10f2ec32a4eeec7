"""What was handed to the scanner: a document, a picture with a code in it, or a code's text."""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image

from verifiers.scanning.symbols import MAX_PIXELS, find_codes

_PICTURES: Final = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
_SCAN_MARKER: Final = b"\xff\xda"
_MOST_SCANS: Final = 32  # progressive pictures have about ten; each costs a whole decoding
_MAX_TEXT: Final = 8192
MAX_BYTES: Final = 10 << 20


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A PDF."""

    pdf: bytes


@dataclass(frozen=True, slots=True)
class ShownCode:
    """The text of a code."""

    text: str


@dataclass(frozen=True, slots=True)
class NothingShown:
    """Nothing that could be judged, and why (a code)."""

    reason: str


def read_file(data: bytes) -> ShownDocument | ShownCode | NothingShown:
    """Decide by its first bytes what a file is; of a picture's codes take the one of ours."""
    if len(data) > MAX_BYTES:
        return NothingShown("FILE_TOO_LARGE")
    if data.startswith(b"%PDF-"):
        return ShownDocument(data)
    for magic, name in _PICTURES.items():
        if data.startswith(magic):
            if data.count(_SCAN_MARKER) > _MOST_SCANS and name == "JPEG":
                return NothingShown("PICTURE_TOO_LARGE")
            return _read_picture(data, name)
    return _read_text(data)


def _read_picture(data: bytes, name: str) -> ShownCode | NothingShown:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[name]) as picture:
                if picture.width * picture.height > MAX_PIXELS:  # before a pixel is decoded
                    return NothingShown("PICTURE_TOO_LARGE")
                codes = find_codes(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return NothingShown("PICTURE_TOO_LARGE")
    except (OSError, ValueError, SyntaxError):  # what Pillow raises for broken files
        return NothingShown("FILE_UNREADABLE")
    if len(codes) != 1:
        return NothingShown("SEVERAL_CODES" if codes else "NO_CODE_FOUND")
    return ShownCode(codes[0])


def _read_text(data: bytes) -> ShownCode | NothingShown:
    if len(data) > _MAX_TEXT:
        return NothingShown("FILE_UNREADABLE")
    try:
        # Only the end of the line goes: space is a symbol of Base45.
        return ShownCode(data.decode("ascii").rstrip("\r\n"))
    except UnicodeDecodeError:
        return NothingShown("FILE_UNREADABLE")
