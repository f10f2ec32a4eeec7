"""Signs in a file that it may once have been one of ours, though nothing of it can be verified.

Only a reader process imports this module.
"""

import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

import pikepdf
import pypdfium2
import pypdfium2.raw

from verifiers.scanning.enclosure import NAME
from verifiers.scanning.printed_page import MAX_PAGES, find_page_codes
from verifiers.scanning.revisions import Marks
from verifiers.scanning.signers import signatures, signer_of

_MOST_SIGNATURES: Final = 4
_MOST_TEXT: Final = 20_000  # characters of a page
_MOST_AUTHORITIES: Final = 4
_IDENTIFIER: Final = re.compile(  # GB/T 36904: type, then the authority's credit code
    r"1\.2\.156\.3005\.2\.[0-9A-Z]{1,30}\.([0-9A-Z]{18})\."
)
_IMAGE: Final = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
_LEAST_TEXT: Final = 8  # characters; a scan has none, or a few that a scanner wrote


def look_for_marks(pdf: bytes) -> Marks:
    """What a file nobody could verify has of ours; what cannot be opened has nothing."""
    attached, encrypted, signers = _structure(pdf)
    seen = _sight(pdf)
    return Marks(
        ours=attached or seen.codes,
        authorities=seen.authorities,
        pictures_only=seen.pictures_only,
        encrypted=encrypted or seen.locked,
        signers=signers,
    )


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the pages show."""

    codes: bool = False
    authorities: tuple[str, ...] = ()
    pictures_only: bool = False
    locked: bool = False


def _structure(pdf: bytes) -> tuple[bool, bool, tuple[tuple[str, str], ...]]:
    try:
        with pikepdf.open(io.BytesIO(pdf), suppress_warnings=True) as document:
            signers = tuple(
                signer_of(bytes(found.get("/Contents", b"")))
                for found in islice(signatures(document), _MOST_SIGNATURES)
            )
            return NAME in document.attachments, document.is_encrypted, signers
    except pikepdf.PasswordError:
        return False, True, ()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with it, nothing of ours is seen in it
        return False, False, ()


def _sight(pdf: bytes) -> _Sight:
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        return _Sight(locked="password" in str(error).lower())
    try:
        pages = [document[number] for number in range(min(len(document), MAX_PAGES))]
        texts = (page.get_textpage().get_text_range()[:_MOST_TEXT] for page in pages)
        text = "".join("".join(texts).split())
        authorities = tuple(dict.fromkeys(_IDENTIFIER.findall(text)))[:_MOST_AUTHORITIES]
        drawn = any(True for page in pages for _ in page.get_objects([_IMAGE], max_depth=3))
        codes = any(find_page_codes(page) for page in pages)
        return _Sight(codes, authorities, drawn and len(text) < _LEAST_TEXT)
    except pypdfium2.PdfiumError:
        return _Sight()
    finally:
        document.close()
