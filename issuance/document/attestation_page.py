"""Draws an attestation: the sentence, the facts, who issued it and who sealed it for them."""

from certstore.errors import MalformedError
from issuance.document.attestation_content import AttestationContent
from issuance.document.colour import INK_2
from issuance.document.composer import Align, Composer, Style
from issuance.document.fontset import Weight
from issuance.document.layout import Box
from issuance.document.letter_layout import LetterLayout
from issuance.document.letter_page import facts_of, footer
from issuance.document.voucher_page import chinese_date, place_code

_LABEL = Style(size=9.4, colour=INK_2)
_SIZES = (15.0, 13.6, 12.4, 11.2, 10.0)  # the first at which the whole sentence fits is taken
_FACT_SIZES = (11.5, 10.4, 9.4, 8.4, 7.4)
_LEADING = 1.75
_INDENT = 2.0  # em
_ENGLISH = Style(size=8.4, colour=INK_2)
_ENGLISH_LEADING = 11.5


def own(composer: Composer, layout: LetterLayout, content: AttestationContent) -> bytes:
    """What only this attestation says.

    Raise MissingGlyphError or MalformedError, naming the field, if something cannot be set.
    """
    x, y = layout.authority_x, layout.seal.y
    dated = Style(size=11, align=Align.CENTRE)
    number_y = layout.body.top + 13
    serial = Style(size=12, weight=Weight.BOLD, tracking=0.7)
    return b"".join(
        [
            composer.line("serial", "证照编号 No.", layout.text.x, number_y, _LABEL),
            composer.line("serial", content.serial, layout.text.x + 66, number_y - 0.4, serial),
            _sentence(composer, layout.body, content),
            facts_of(composer, layout, content.rows, _FACT_SIZES),
            place_code(b"Code", layout.code),
            place_code(b"Url", layout.url_code),
            composer.line("issued_on", chinese_date(content.issued_on), x, y + 36, dated),
            _validity(composer, (x, y + 12), content),
            _sealed_by(composer, layout, content),
            footer(composer, layout.text.x, content),
        ]
    )


def _sentence(composer: Composer, box: Box, content: AttestationContent) -> bytes:
    english = composer.wrap("sentence_en", content.sentence_en, _ENGLISH, box.width)
    room = box.height - 26 - len(english) * _ENGLISH_LEADING
    for size in _SIZES:
        style = Style(size=size)
        lines = _indented(composer, content.sentence_zh, style, box.width)
        if len(lines) * size * _LEADING <= room:
            break
    else:
        raise MalformedError(
            "the sentence needs more room than its page has",
            where="sentence_zh",
            remedy="write long values in their registered short form",
        )
    parts, y = [], box.top - size * 2.1
    for at, line in enumerate(lines):
        indent = _INDENT * size if at == 0 else 0.0
        parts.append(composer.line("sentence_zh", line, box.x + indent, y, style))
        y -= size * _LEADING
    y -= 4
    for line in english:
        parts.append(composer.line("sentence_en", line, box.x, y, _ENGLISH))
        y -= _ENGLISH_LEADING
    return b"".join(parts)


def _indented(composer: Composer, text: str, style: Style, width: float) -> list[str]:
    first = composer.wrap("sentence_zh", text, style, width - _INDENT * style.size)[0]
    rest = text[len(first) :].strip()
    return [first, *(composer.wrap("sentence_zh", rest, style, width) if rest else ())]


def _validity(composer: Composer, place: tuple[float, float], content: AttestationContent) -> bytes:
    if any(row.key == "valid_until" for row in content.rows):
        return b""
    until = "长期有效 No expiry date"
    if content.valid_to is not None:
        until = f"有效期至 Valid until {chinese_date(content.valid_to)}"
    small = Style(size=7.6, colour=INK_2, align=Align.CENTRE)
    return composer.line("valid_to", until, *place, small)


def _sealed_by(composer: Composer, layout: LetterLayout, content: AttestationContent) -> bytes:
    """Whose machine sealed it: said where that is not the issuer itself."""
    if not content.sealed_by_zh:
        return b""
    style = Style(size=7.2, colour=INK_2, align=Align.RIGHT)
    words = f"受托签章 Sealed for the issuer by {content.sealed_by_zh}"
    return composer.line("sealed_by_zh", words, layout.text.right, 55, style)
