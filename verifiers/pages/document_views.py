"""What the page for files shows; what was changed comes from the file, and is shown as such.

No other word of a file is in a view unless its signature is good.
"""

from dataclasses import dataclass
from typing import Literal

from verifiers.pages.views import ScanResult

FindingWord = Literal["genuine", "changed", "signed_by_other", "not_ours", "not_verifiable"]
FileError = Literal["empty", "no_code", "too_large", "not_readable", "not_ours"]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One thing that was changed: a code of `file.change.<kind>`, and what the file says of it."""

    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PagePictures:
    """A page as it was signed and as it is now, as `data:` URLs; None where there is none."""

    number: int
    signed: str | None
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What a file is, and why; `scan` is the verdict with the certificate's live status."""

    finding: FindingWord
    obstacle: str | None = None
    changes: tuple[ChangeLine, ...] = ()
    signed_bytes: int = 0
    total_bytes: int = 0
    looks_same: bool | None = None
    signers: tuple[str, ...] = ()
    pages: tuple[PagePictures, ...] = ()
    scan: ScanResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """`verifiers/scan_file.html`, GET and POST /scan/file (`csrf`, `file`, multipart).

    `code` is the verdict on a picture's code, or on a code's text, where no document was judged.
    """

    result: FileResult | None = None
    code: ScanResult | None = None
    picture: bool = False  # the code was read from a picture, of which nothing else was judged
    error: FileError | None = None
