"""What an annotated copy says on paper, and whether it can be printed at all."""

from dataclasses import dataclass

from certstore.annotations import Annotation, spelled
from certstore.errors import MalformedError, TooLargeError
from issuance.document.content import MAX_ROWS, DocumentContent, check_text
from issuance.document.portrait import judge_portrait

_MAX_ATTACHMENT = 256 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyContent(DocumentContent):
    """A copy of a certificate for one purpose: `rows` are what may be read for it, and no more.

    It bears no code of the original's: that would tell name and number whatever the purpose.
    """

    annotation: Annotation
    title_en: str
    photo_jpeg: bytes | None

    @property
    def remarks(self) -> dict[str, str]:
        """The four annotations as they are printed."""
        return {
            "cause": self.annotation.cause,
            "made_by": self.annotation.made_by,
            "made_at": spelled(self.annotation.made_at),
            "good_until": spelled(self.annotation.good_until),
        }

    def texts(self) -> dict[str, str]:
        """Every text to be set, by the name of its field."""
        return DocumentContent.texts(self) | self.remarks | {"title_en": self.title_en}


def check_copy(content: CopyContent) -> None:
    """Raise MalformedError or TooLargeError if something cannot be printed; values are not shown.

    Fonts are not looked at here: a missing glyph is found when the text is set.
    """
    if not 0 < len(content.rows) <= MAX_ROWS:
        raise MalformedError(f"a copy shows 1 to {MAX_ROWS} fields", where="rows")
    if content.issued_at.tzinfo is None:
        raise MalformedError("the time of making has no time zone", where="issued_at")
    if len(content.attachment) > _MAX_ATTACHMENT:
        raise TooLargeError("the attached certificate.json exceeds 256 KiB", where="attachment")
    for field, text in content.texts().items():
        check_text(field, text)
    if not content.url_code_text.isascii():
        raise MalformedError("a code holds ASCII characters only", where="url_code_text")
    if content.photo_jpeg is not None:
        judge_portrait(content.photo_jpeg)
