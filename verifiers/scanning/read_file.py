"""What was handed to the scanner: a document, a picture with a code in it, or a code's text."""

from dataclasses import dataclass
from typing import Final

from verifiers.scanning.opened import NothingShown, Opener
from verifiers.scanning.signed_revision import HEADER, header_at

_JPEG: Final = b"\xff\xd8\xff"
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", _JPEG)
_SCAN_MARKER: Final = b"\xff\xda"
_MOST_SCANS: Final = 32  # progressive pictures have about ten; each costs a whole decoding
_IN_DOCUMENTS: Final = b"endobj"
_MAX_TEXT: Final = 8192
MAX_BYTES: Final = 10 << 20


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A PDF, not opened yet."""

    pdf: bytes


@dataclass(frozen=True, slots=True)
class ShownCode:
    """The text of a code."""

    text: str


def is_picture(data: bytes) -> bool:
    """Whether a file begins as a PNG or JPEG."""
    return data.startswith(_PICTURES)


def read_file(data: bytes, opener: Opener) -> ShownDocument | ShownCode | NothingShown:
    """Decide by its first bytes what a file is; of a picture's codes take the one of ours.

    Raises UnavailableError as the opener does.
    """
    if len(data) > MAX_BYTES:
        return NothingShown("FILE_TOO_LARGE")
    if data.startswith(HEADER):
        return ShownDocument(data)
    if is_picture(data):
        return _read_picture(data, opener)
    # Something may stand in front of a document. In a code's text these words may stand, but no
    # small letter.
    if header_at(data) >= 0 and _IN_DOCUMENTS in data:
        return ShownDocument(data)
    return _read_text(data)


def _read_picture(data: bytes, opener: Opener) -> ShownCode | NothingShown:
    if data.startswith(_JPEG) and data.count(_SCAN_MARKER) > _MOST_SCANS:
        return NothingShown("PICTURE_TOO_LARGE")
    opened = opener.open_picture(data)
    if isinstance(opened, NothingShown):
        return opened
    if len(opened.codes) != 1:
        return NothingShown("SEVERAL_CODES" if opened.codes else "NO_CODE_FOUND")
    return ShownCode(opened.codes[0])


def _read_text(data: bytes) -> ShownCode | NothingShown:
    if len(data) > _MAX_TEXT:
        return NothingShown("FILE_UNREADABLE")
    try:
        # Only the end of the line goes: space is a symbol of Base45.
        return ShownCode(data.decode("ascii").rstrip("\r\n"))
    except UnicodeDecodeError:
        return NothingShown("FILE_UNREADABLE")
