"""Opens files with the libraries that can, in this very process: see reading_room.py for why.

A hostile file makes these libraries take minutes and gigabytes, or worse. In a service only a
reader process imports this module.
"""

import io
import warnings
from typing import Final

import pikepdf
from PIL import Image

from verifiers.scanning.drawn_pages import draw_both
from verifiers.scanning.enclosure import MAX_BYTES, NAME
from verifiers.scanning.marks import look_for_marks
from verifiers.scanning.opened import (
    FILE_TOO_COSTLY,
    NothingShown,
    OpenedDocument,
    OpenedPicture,
    PrintedPages,
)
from verifiers.scanning.printed_page import read_pages
from verifiers.scanning.revision_comparison import compare_revisions
from verifiers.scanning.revisions import Compared, Drawn, Marks
from verifiers.scanning.symbols import LARGEST_SIDE, MAX_PIXELS, find_codes

_TAKEN: Final = ["PNG", "JPEG"]


class OpenedHere:
    """An Opener and an Examiner without any protection."""

    def open_document(self, pdf: bytes) -> OpenedDocument | NothingShown:
        """See Opener."""
        try:
            return OpenedDocument(_attachment(pdf), _pages(pdf))
        except MemoryError:
            return NothingShown(FILE_TOO_COSTLY)

    def open_picture(self, data: bytes) -> OpenedPicture | NothingShown:
        """See Opener."""
        try:
            return _open_picture(data)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            return NothingShown("PICTURE_TOO_LARGE")
        except MemoryError:
            return NothingShown(FILE_TOO_COSTLY)
        except Exception:  # noqa: BLE001 - a hostile picture makes the decoders raise what there is
            return NothingShown("FILE_UNREADABLE")

    def compare(self, pdf: bytes, signed: int) -> Compared | NothingShown:
        """See Examiner."""
        return compare_revisions(pdf, signed)

    def draw(self, pdf: bytes, signed: int) -> Drawn | NothingShown:
        """See Examiner."""
        return draw_both(pdf, signed)

    def look(self, pdf: bytes) -> Marks | NothingShown:
        """See Examiner."""
        return look_for_marks(pdf)


def _open_picture(data: bytes) -> OpenedPicture | NothingShown:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=_TAKEN) as picture:
            if picture.width * picture.height > MAX_PIXELS:  # before a pixel is decoded
                return NothingShown("PICTURE_TOO_LARGE")
            # A JPEG can be decoded grey and smaller, for a fraction of the work.
            picture.draft("L", (LARGEST_SIDE, LARGEST_SIDE))
            return OpenedPicture(find_codes(picture))


def _attachment(pdf: bytes) -> bytes | None:
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if list(document.attachments) != [NAME]:
                return None
            file = document.attachments[NAME].get_file()
            return None if file.size > MAX_BYTES else file.read_bytes()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with it, there is no attachment
        return None


def _pages(pdf: bytes) -> PrintedPages | None:
    try:
        return read_pages(pdf)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with it, there is no page to read
        return None
