"""What opening a file brings to light, and who opens files: facts, of which nothing is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

FILE_TOO_COSTLY: Final = "FILE_TOO_COSTLY"  # it took more time or memory than any honest file


@dataclass(frozen=True, slots=True)
class NothingShown:
    """Nothing that could be judged, and why (a code)."""

    reason: str


@dataclass(frozen=True, slots=True)
class PrintedPages:
    """All texts of the pages with every white space left out, and the codes found on them."""

    text: str
    codes: Sequence[str]

    def says(self, text: str, *, besides: str = "") -> bool:
        """Whether the text stands on the pages, and not only as a part of `besides`."""
        rest = self.text.replace(besides, "\n") if besides else self.text
        return "".join(text.split()) in rest


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document's certificate.json and pages; None for what is not there or cannot be read."""

    attachment: bytes | None
    pages: PrintedPages | None


@dataclass(frozen=True, slots=True)
class OpenedPicture:
    """The texts of the codes of ours in a picture, each once."""

    codes: Sequence[str]


class Opener(Protocol):
    """Opens files that anybody may have made; answers whatever they hold, and never raises for it.

    Raises UnavailableError while it has no place for one more.
    """

    def open_document(self, pdf: bytes) -> OpenedDocument | NothingShown:
        """Take the attachment out of a PDF and read its pages."""
        ...

    def open_picture(self, data: bytes) -> OpenedPicture | NothingShown:
        """Find the codes in a PNG or JPEG."""
        ...


def spellings(day: str) -> tuple[str, ...]:
    """How a date may be printed; what is none stands as it is."""
    parts = day.split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):  # noqa: PLR2004 - y-m-d
        return (day,)
    year, month, day_of_month = (int(part) for part in parts)
    return (day, f"{year}年{month}月{day_of_month}日", f"{year}.{month}.{day_of_month}")
