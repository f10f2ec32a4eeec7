"""What a person hands in as a file: judged by its content, cleaned, or refused with every reason.

The words and values only; what is done with pictures stands in handed_in_picture.py, with
documents in handed_in_pdf.py, and the one way in, meant for a process with limits, in
handed_in_work.py.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of file that are taken."""

    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"


class Fault(StrEnum):
    """Why a file is not taken; each has a sentence in the texts (`upload.refused.<code>`)."""

    EMPTY = "FILE_EMPTY"
    TOO_LARGE = "FILE_TOO_LARGE"
    CHANGED = "FILE_CHANGED"  # other bytes than the sender announced
    HEIC = "FILE_HEIC"
    AVIF = "FILE_AVIF"
    WEBP = "FILE_WEBP"
    GIF = "FILE_GIF"
    TIFF = "FILE_TIFF"
    BMP = "FILE_BMP"
    SVG = "FILE_SVG"
    OFFICE = "FILE_OFFICE"  # a text document, a table, an archive
    UNKNOWN = "FILE_UNKNOWN"
    POLYGLOT = "FILE_TWO_IN_ONE"
    TRAILING = "FILE_TRAILING"
    TRUNCATED = "FILE_TRUNCATED"
    DAMAGED = "FILE_DAMAGED"
    COSTLY = "FILE_COSTLY"  # took more time or memory than any ordinary file
    PIXELS = "PICTURE_TOO_LARGE"
    SMALL = "PICTURE_TOO_SMALL"
    ANIMATED = "PICTURE_ANIMATED"
    DEEP = "PICTURE_16_BIT"
    CMYK = "PICTURE_CMYK"
    CODING = "PICTURE_CODING"
    SCANS = "PICTURE_SCANS"
    DARK = "PICTURE_DARK"
    BLANK = "PICTURE_BLANK"
    UNREADABLE = "PICTURE_UNREADABLE"
    ENCRYPTED = "PDF_ENCRYPTED"
    SCRIPT = "PDF_SCRIPT"
    OPENING = "PDF_OPEN_ACTION"
    TRIGGER = "PDF_TRIGGER"
    LAUNCH = "PDF_LAUNCH"
    SENDS = "PDF_SENDS"
    FILES = "PDF_FILES"
    XFA = "PDF_XFA"
    FORM = "PDF_FORM"
    EXTERNAL = "PDF_EXTERNAL"
    MEDIA = "PDF_MEDIA"
    NO_PAGES = "PDF_NO_PAGES"
    PAGES = "PDF_TOO_MANY_PAGES"
    PAGE_SIZE = "PDF_PAGE_SIZE"
    COMPLEX = "PDF_TOO_COMPLEX"


class Advice(StrEnum):
    """What could be better; the person may hand it in as it is, and the officer sees it."""

    BLURRED = "BLURRED"
    GLARE = "GLARE"
    DARK = "DARK"
    CUT = "EDGE_CUT"
    COARSE = "COARSE"
    BLANK_PAGE = "BLANK_PAGE"
    SIGNATURE = "SIGNATURE_NOT_CHECKED"  # told the officer alone: nothing to do about it


@dataclass(frozen=True, slots=True)
class Page:
    """One page to be looked at: two JPEGs without metadata, and what could be better about it."""

    picture: bytes
    thumbnail: bytes
    width: int
    height: int
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that is taken: its pages, and for a PDF the document rewritten without the rest."""

    kind: Kind
    pages: tuple[Page, ...]
    document: bytes = b""
    signed: bool = False  # the PDF bore a signature field, which the rewriting ends

    @property
    def advice(self) -> tuple[Advice, ...]:
        """What could be better about any page, none twice."""
        found = [a for page in self.pages for a in page.advice]
        if self.signed:
            found.append(Advice.SIGNATURE)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not taken, for each of these reasons."""

    faults: tuple[Fault, ...]


Judged = Cleaned | Refused
