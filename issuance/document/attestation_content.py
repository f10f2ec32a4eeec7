"""What an attestation says on paper, and whether it can be printed at all."""

from dataclasses import dataclass
from datetime import date

from certstore.errors import MalformedError, TooLargeError
from issuance.document.content import DocumentContent, check_text

_MAX_ROWS = 12
_MAX_ATTACHMENT = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationContent(DocumentContent):
    """One sentence that is attested, the facts it rests on, until when it holds.

    `sealed_by_zh` is who runs the service that sealed it, where that is not the issuer.
    """

    sentence_zh: str
    sentence_en: str
    valid_to: date | None
    sealed_by_zh: str = ""

    def texts(self) -> dict[str, str]:
        """Every text to be set, by the name of its field."""
        said = {"sentence_zh": self.sentence_zh, "sentence_en": self.sentence_en}
        if self.sealed_by_zh:
            said["sealed_by_zh"] = self.sealed_by_zh
        return DocumentContent.texts(self) | said


def check_attestation_content(content: AttestationContent) -> None:
    """Raise MalformedError or TooLargeError if something cannot be printed; values are not shown.

    Fonts are not looked at here: a missing glyph is found when the text is set.
    """
    if not 0 < len(content.rows) <= _MAX_ROWS:
        raise MalformedError(f"an attestation shows 1 to {_MAX_ROWS} facts", where="rows")
    if content.issued_at.tzinfo is None:
        raise MalformedError("the time of issue has no time zone", where="issued_at")
    if len(content.attachment) > _MAX_ATTACHMENT:
        raise TooLargeError("the attached certificate.json exceeds 64 KiB", where="attachment")
    for field, text in content.texts().items():
        check_text(field, text)
    for field in ("code_text", "url_code_text"):
        if not getattr(content, field).isascii():
            raise MalformedError("a code holds ASCII characters only", where=field)
