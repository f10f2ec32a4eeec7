"""What a document says, a voucher above all, and whether it can be printed at all."""

import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from certstore.codes.unshown import shows
from certstore.errors import MalformedError, TooLargeError
from issuance.document.portrait import judge_portrait

MAX_ROWS = 14
_MAX_TEXT = 400
_MAX_ATTACHMENT = 256 << 10
# Characters that change the order or the joining of others, or show nothing (UAX 9, UAX 44).
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the certificate: which field, its label in both languages, its value."""

    key: str
    label_zh: str
    label_en: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContent:
    """What every document of ours shows and carries; texts as they are to be read."""

    identifier: str
    serial: str
    rows: tuple[Row, ...]
    code_text: str
    url_code_text: str
    attachment: bytes  # certificate.json
    issuer_zh: str
    issuer_en: str
    seal_text_zh: str
    issued_at: datetime  # aware; the signature's time
    issued_on: date
    title: str
    check_url: str
    specimen: bool

    def texts(self) -> dict[str, str]:
        """Every text to be set, by the name of its field."""
        texts = {
            "identifier": self.identifier,
            "serial": self.serial,
            "issuer_zh": self.issuer_zh,
            "issuer_en": self.issuer_en,
            "seal_text_zh": self.seal_text_zh,
            "title": self.title,
            "check_url": self.check_url,
        }
        for row in self.rows:
            texts[row.key] = row.value
            texts[f"{row.key}.label_zh"] = row.label_zh
            texts[f"{row.key}.label_en"] = row.label_en
        return texts


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherContent(DocumentContent):
    """A voucher: the facts with a photo, and until when they hold."""

    photo_jpeg: bytes
    valid_to: date | None


def side_by_side(rows: Iterable[Row], pairs: Container[tuple[str, str]]) -> list[tuple[Row, ...]]:
    """The rows in lines of one, or of two whose fields are a pair."""
    lines: list[tuple[Row, ...]] = []
    for row in rows:
        if lines and len(lines[-1]) == 1 and (lines[-1][0].key, row.key) in pairs:
            lines[-1] = (lines[-1][0], row)
        else:
            lines.append((row,))
    return lines


def check_content(content: VoucherContent) -> None:
    """Raise MalformedError or TooLargeError if something cannot be printed; values are not shown.

    Fonts are not looked at here: a missing glyph is found when the text is set.
    """
    if not 0 < len(content.rows) <= MAX_ROWS:
        raise MalformedError(f"a voucher shows 1 to {MAX_ROWS} fields", where="rows")
    if content.issued_at.tzinfo is None:
        raise MalformedError("the time of issue has no time zone", where="issued_at")
    if len(content.attachment) > _MAX_ATTACHMENT:
        raise TooLargeError("the attached certificate.json exceeds 256 KiB", where="attachment")
    for field, text in content.texts().items():
        check_text(field, text)
    for field in ("code_text", "url_code_text"):
        if not getattr(content, field).isascii():
            raise MalformedError("a code holds ASCII characters only", where=field)
    judge_portrait(content.photo_jpeg)


def check_text(field: str, text: str) -> None:
    """Raise MalformedError for a text that is empty, too long or hides something."""
    if not text or len(text) > _MAX_TEXT:
        raise MalformedError(f"a text is empty or longer than {_MAX_TEXT} characters", where=field)
    if text.isascii() and text.isprintable():
        return
    for char in text:
        if "\u4e00" <= char <= "\u9fff":  # most characters by far
            continue
        if unicodedata.category(char) in _REFUSED_CATEGORIES or not shows(char):
            raise MalformedError(
                f"a text holds U+{ord(char):04X}, which is invisible or reorders others",
                where=field,
                remedy="remove the character and hand the value in again",
                code_point=f"U+{ord(char):04X}",
            )
