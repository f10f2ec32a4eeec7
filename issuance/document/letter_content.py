"""What a commitment letter says on paper, and whether it can be printed at all."""

from dataclasses import dataclass

from certstore.errors import MalformedError, TooLargeError
from issuance.document.content import DocumentContent, check_text

MAX_LINES = 40
_MAX_ROWS = 12
_MAX_ATTACHMENT = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent(DocumentContent):
    """A letter: `text` is the letter word for word, line by line; `rows` say how it was signed.

    Its first line is the title, its last two are the signature and the date.
    """

    text: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The letter's lines; long ones are broken when they are set."""
        return tuple(self.text.split("\n"))

    def texts(self) -> dict[str, str]:
        """Every text to be set, by the name of its field."""
        lines = {f"letter_text.{at}": line for at, line in enumerate(self.lines, start=1)}
        return DocumentContent.texts(self) | lines


def check_letter_content(content: LetterContent, title: str) -> None:
    """Raise MalformedError or TooLargeError if something cannot be printed; values are not shown.

    `title` is what stands above every letter of the layout, and hence is the first line of each.

    Fonts are not looked at here: a missing glyph is found when the text is set.
    """
    if not 0 < len(content.rows) <= _MAX_ROWS:
        raise MalformedError(f"a letter shows 1 to {_MAX_ROWS} facts", where="rows")
    if not 4 <= len(content.lines) <= MAX_LINES or content.lines[0] != title:  # noqa: PLR2004 - title, one sentence, signature, date
        raise MalformedError(
            f"a letter has its title, at most {MAX_LINES} lines, a signature and a date",
            where="letter_text",
        )
    if content.issued_at.tzinfo is None:
        raise MalformedError("the time of issue has no time zone", where="issued_at")
    if len(content.attachment) > _MAX_ATTACHMENT:
        raise TooLargeError("the attached certificate.json exceeds 64 KiB", where="attachment")
    for field, text in content.texts().items():
        check_text(field, text)
    for field in ("code_text", "url_code_text"):
        if not getattr(content, field).isascii():
            raise MalformedError("a code holds ASCII characters only", where=field)
