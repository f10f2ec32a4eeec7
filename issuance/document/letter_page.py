"""Draws a commitment letter: the letter word for word, how it was signed, who received it."""

from typing import NamedTuple

from certstore.errors import MalformedError
from issuance.document import artwork
from issuance.document.colour import BRAND, INK, INK_2, LINE, SEAL
from issuance.document.composer import Align, Composer, Style
from issuance.document.content import DocumentContent, Row, side_by_side
from issuance.document.fontset import Weight
from issuance.document.layout import Box
from issuance.document.letter_content import LetterContent
from issuance.document.letter_layout import LetterLayout
from issuance.document.voucher_page import chinese_date, place_code

_SMALL_EN = Style(size=6.8, colour=INK_2)
_LABEL = Style(size=8.4, colour=INK_2)
_LABEL_EN = Style(size=6.2, colour=INK_2)
_SIZES = (12.0, 11.2, 10.4, 9.6, 8.8)  # the first at which the whole letter fits is taken
_FACT_SIZES = (9.4, 8.6, 7.8, 7.0)
_LEADING = 1.72
_INDENT = 2.0  # em, at the beginning of a paragraph
_VALUE_OFFSET = 84.0
_SIGNED_LINES = 2  # signature and date, at the right


class _Line(NamedTuple):
    """A line of the letter, ready to be set: its number in the letter, its text, how it stands."""

    where: str
    text: str
    indent: float
    align: Align


def heading(composer: Composer, layout: LetterLayout, content: DocumentContent) -> bytes:
    """Everything above the letter that is the same for every one of this issuer."""
    page, text = layout.page, layout.text
    name = Style(size=11.5, weight=Weight.BOLD, tracking=1)
    title = Style(size=27, weight=Weight.BOLD, tracking=7, align=Align.CENTRE)
    title_en = Style(size=9, colour=BRAND, tracking=2.4, align=Align.CENTRE)
    parts = [
        artwork.specimen_mark(composer.fonts, page) if content.specimen else b"",
        artwork.guilloche(page),
        artwork.emblem(text.x, page.top - 70, 20),
        composer.line("issuer_zh", content.issuer_zh, text.x + 30, page.top - 58, name),
        composer.line("issuer_en", content.issuer_en, text.x + 30, page.top - 69.5, _SMALL_EN),
        composer.line("title", layout.title_zh, page.middle + 3.5, page.top - 122, title),
        composer.line("title", layout.title_en, page.middle + 1.2, page.top - 140, title_en),
        artwork.rule(text.x, layout.body.top + 6, text.width, BRAND, 0.8),
    ]
    if content.specimen:
        tag = Box(text.right - 92, page.top - 69.5, 92, 20)
        style = Style(size=9.6, weight=Weight.BOLD, colour=SEAL, tracking=0.6, align=Align.CENTRE)
        parts += [
            artwork.frame(tag, SEAL, 0.8),
            composer.line("specimen", artwork.SPECIMEN_TEXT, tag.middle, tag.y + 6.4, style),
        ]
    return b"".join(parts)


def closing(composer: Composer, layout: LetterLayout, content: DocumentContent) -> bytes:
    """Everything below the letter that is the same for every one of this issuer."""
    text, facts = layout.text, layout.facts
    authority = Style(size=12.5, weight=Weight.BOLD, align=Align.CENTRE)
    small = Style(size=6.8, colour=INK_2, align=Align.CENTRE)
    x, y = layout.authority_x, layout.seal.y
    return b"".join(
        [
            artwork.rule(text.x, facts.top, text.width, BRAND, 0.8),
            composer.line("statement", layout.statement_zh, text.x, facts.y - 18, Style(size=9.6)),
            composer.line("statement", layout.statement_en, text.x, facts.y - 29, _SMALL_EN),
            _captions(composer, layout.code, ("扫码核验真伪", "Scan to verify, also off line")),
            _captions(composer, layout.url_code, ("手机相机查状态", "Live status by phone camera")),
            composer.line("issuer_zh", content.issuer_zh, x, y + 67, authority),
            composer.line("issuer_en", content.issuer_en, x, y + 56, small),
            artwork.rule(text.x, 106, text.width, LINE),
            composer.line("notice", layout.notice_zh, text.x, 92, Style(size=8)),
            composer.line("notice", layout.notice_en, text.x, 82, _SMALL_EN),
        ]
    )


def letter(composer: Composer, layout: LetterLayout, content: LetterContent) -> bytes:
    """The letter itself, how it was signed, its codes, number and date.

    Raise MissingGlyphError or MalformedError, naming the field, if something cannot be set.
    """
    x, y = layout.authority_x, layout.seal.y
    received = Style(size=11, align=Align.CENTRE)
    number_y = layout.body.top + 13
    serial = Style(size=11, weight=Weight.BOLD, tracking=0.6)
    return b"".join(
        [
            composer.line("serial", "承诺书编号 No.", layout.text.x, number_y, _LABEL),
            composer.line("serial", content.serial, layout.text.x + 84, number_y - 0.4, serial),
            _body(composer, layout.body, content),
            _facts(composer, layout, content.rows),
            place_code(b"Code", layout.code),
            place_code(b"Url", layout.url_code),
            composer.line("issued_on", chinese_date(content.issued_on), x, y + 36, received),
            footer(composer, layout.text.x, content),
        ]
    )


def _body(composer: Composer, box: Box, content: LetterContent) -> bytes:
    for size in _SIZES:
        lines = _broken(composer, box, content, size)
        if len(lines) * size * _LEADING <= box.height:
            break
    else:
        raise MalformedError(
            "the letter needs more room than its page has",
            where="letter_text",
            remedy="write the address in its registered short form",
        )
    parts, y = [], box.top - size * 1.5
    for line in lines:
        style = Style(size=size, align=line.align)
        x = box.right if line.align is Align.RIGHT else box.x + line.indent * size
        parts.append(composer.line(line.where, line.text, x, y, style))
        y -= size * _LEADING
    return b"".join(parts)


def _broken(composer: Composer, box: Box, content: LetterContent, size: float) -> list[_Line]:
    """The letter's lines broken to the width; the title, set large above, is left out."""
    style = Style(size=size)
    paragraphs = list(enumerate(content.lines, start=1))[1:]
    text, signed = paragraphs[:-_SIGNED_LINES], paragraphs[-_SIGNED_LINES:]
    found: list[_Line] = []
    for number, paragraph in text:
        where = f"letter_text.{number}"
        first, rest = _first_line(composer, where, paragraph, style, box.width)
        found.append(_Line(where, first, _INDENT, Align.LEFT))
        wrapped = composer.wrap(where, rest, style, box.width) if rest else []
        found += [_Line(where, line, 0.0, Align.LEFT) for line in wrapped]
    for number, line in signed:
        found.append(_Line(f"letter_text.{number}", line, 0.0, Align.RIGHT))
    return found


def _first_line(
    composer: Composer, where: str, paragraph: str, style: Style, width: float
) -> tuple[str, str]:
    """What fits into the indented first line, and what is left."""
    first = composer.wrap(where, paragraph, style, width - _INDENT * style.size)[0]
    return first, paragraph[len(first) :].strip()


def _facts(composer: Composer, layout: LetterLayout, rows: tuple[Row, ...]) -> bytes:
    return facts_of(composer, layout, rows, _FACT_SIZES)


def facts_of(
    composer: Composer, layout: LetterLayout, rows: tuple[Row, ...], sizes: tuple[float, ...]
) -> bytes:
    """The facts in lines, short ones side by side; each as large as its room allows."""
    box = layout.facts
    title = Style(size=9.6, weight=Weight.BOLD)
    parts = [
        composer.line("facts", layout.facts_zh, box.x, box.top - 14, title),
        composer.line("facts", layout.facts_en, box.x + 46, box.top - 14, _SMALL_EN),
    ]
    groups = side_by_side(rows, layout.pairs)
    pitch = (box.height - 20) / len(groups)
    top = box.top - 20
    for group in groups:
        middle = top - pitch / 2
        half = box.width / 2
        for place, row in enumerate(group):
            width = (half if len(group) > 1 else box.width) - _VALUE_OFFSET - 8
            at = (box.x + place * half, middle)
            parts.append(_fact(composer, row, at, width, sizes))
        top -= pitch
        parts.append(artwork.rule(box.x, top, box.width, LINE))
    return b"".join(parts)


def _fact(
    composer: Composer,
    row: Row,
    place: tuple[float, float],
    width: float,
    sizes: tuple[float, ...],
) -> bytes:
    """One fact, its value as large as its room allows; MalformedError if at no size."""
    x, middle = place
    parts = [
        composer.line(f"{row.key}.label_zh", row.label_zh, x, middle + 0.8, _LABEL),
        composer.line(f"{row.key}.label_en", row.label_en, x, middle - 6.4, _LABEL_EN),
    ]
    for size in sizes:
        style = Style(size=size, colour=INK)
        lines = composer.wrap(row.key, row.value, style, width)
        if len(lines) == 1 or (len(lines) == 2 and size == sizes[-1]):  # noqa: PLR2004 - two small lines fit a row
            y = middle - size * 0.37 + (len(lines) - 1) * size * 0.6
            for line in lines:
                parts.append(composer.line(row.key, line, x + _VALUE_OFFSET, y, style))
                y -= size * 1.2
            return b"".join(parts)
    raise MalformedError("a value is too long for its place on the page", where=row.key)


def footer(composer: Composer, x: float, content: DocumentContent) -> bytes:
    """The identifier, and where the document is verified."""
    small, strong = Style(size=7.2, colour=INK_2), Style(size=7.2, colour=INK)
    return b"".join(
        [
            composer.line("identifier", "证照标识 Identifier", x, 66, small),
            composer.line("identifier", content.identifier, x + 80, 66, strong),
            composer.line("check_url", "核验网址 Verify at", x, 55, small),
            composer.line("check_url", content.check_url, x + 80, 55, strong),
        ]
    )


def _captions(composer: Composer, box: Box, words: tuple[str, str]) -> bytes:
    zh, en = Style(size=7.6, colour=INK_2), Style(size=6.2, colour=INK_2)
    return composer.line("caption", words[0], box.x, box.y - 11, zh) + composer.line(
        "caption", words[1], box.x, box.y - 20, en
    )
