"""Draws the permit's card: heading, fields beside and below the photo, codes on the right."""

from certstore.errors import MalformedError
from issuance.document import artwork
from issuance.document.colour import BRAND, INK, INK_2, LINE, SEAL
from issuance.document.composer import Align, Composer, Style
from issuance.document.content import Row, VoucherContent, side_by_side
from issuance.document.fontset import Weight
from issuance.document.layout import Box
from issuance.document.permit_layout import CardLayout
from issuance.document.voucher_page import place_code, place_picture

_LABEL = Style(size=4.2, colour=INK_2)
_TINY = Style(size=3.9, colour=INK_2)
_SIZES = (6.8, 6.4, 6.0, 5.4, 4.8, 4.0)  # the first at which all fields of a box fit is taken
_NAME_SIZES = (9.6, 9.0, 8.0, 7.0, 5.8, 4.6)  # at each of these steps, of the name
_LABEL_PITCH, _LEADING, _APART = 4.9, 1.2, 1.5
_ART = 0.42  # of an A4 page's


def heading(composer: Composer, layout: CardLayout, content: VoucherContent) -> bytes:
    """What is the same on every permit of this issuer, above the fields."""
    text, y = layout.text, layout.text.top - 11.5
    title = Style(size=14.5, weight=Weight.BOLD, tracking=2.4)
    issuer = Style(size=6.4, weight=Weight.BOLD, align=Align.RIGHT)
    parts = [
        artwork.specimen_mark(composer.fonts, layout.page) if content.specimen else b"",
        artwork.guilloche(layout.page, _ART),
        artwork.emblem(text.x, y - 1.4, 11.5),
        composer.line("title", layout.title_zh, text.x + 16.5, y, title),
        composer.line(
            "title", layout.title_en, text.x + 68, y + 0.6, Style(size=5.2, colour=BRAND)
        ),
        composer.line("issuer_zh", content.issuer_zh, text.right, y + 4.2, issuer),
        composer.line(
            "issuer_en",
            content.issuer_en,
            text.right,
            y - 1.8,
            Style(size=3.9, colour=INK_2, align=Align.RIGHT),
        ),
    ]
    if content.specimen:
        tag = Box(text.x + 68, y + 6.2, 42, 7)
        style = Style(size=4.6, weight=Weight.BOLD, colour=SEAL, align=Align.CENTRE)
        parts += [
            artwork.frame(tag, SEAL, 0.5),
            composer.line("specimen", artwork.SPECIMEN_TEXT, tag.middle, tag.y + 1.9, style),
        ]
    return b"".join(parts)


def closing(composer: Composer, layout: CardLayout, content: VoucherContent) -> bytes:  # noqa: ARG001 - the same for each
    """What is the same on every permit, below the fields."""
    code, url = layout.code, layout.url_code
    return b"".join(
        [
            composer.line("caption", "扫码核验", code.x, code.y - 6.4, _TINY),
            composer.line("caption", "相机查状态", url.x - 22, url.y + 19, _TINY),
            composer.line("caption", "Live status", url.x - 22, url.y + 14, _TINY),
        ]
    )


def person(composer: Composer, layout: CardLayout, content: VoucherContent) -> bytes:
    """The part that is this person's; MissingGlyphError or MalformedError, naming the field."""
    beside = tuple(row for row in content.rows if row.key in layout.short)
    below = tuple(row for row in content.rows if row.key not in layout.short)
    return b"".join(
        [
            place_picture(b"Photo", layout.photo),
            artwork.frame(layout.photo, LINE, 0.35),
            _fields(composer, layout, beside, layout.beside),
            _fields(composer, layout, below, layout.below),
            place_code(b"Code", layout.code),
            place_code(b"Url", layout.url_code),
            _footer(composer, layout, content),
        ]
    )


def _fields(composer: Composer, layout: CardLayout, rows: tuple[Row, ...], box: Box) -> bytes:
    """The fields of a box at the largest size at which all of them fit."""
    for step in range(len(_SIZES)):
        groups = [_set(composer, group, box, step) for group in side_by_side(rows, layout.pairs)]
        height = sum(height for height, _ in groups) - _APART
        if height <= box.height:
            spare = min((box.height - height) / max(1, len(groups) - 1), 4.0)
            return _drawn(composer, groups, box, spare)
    raise MalformedError(
        "the fields need more room than the card has",
        where="rows",
        remedy="shorten the longest, for instance to its registered short form",
    )


_Set = list[tuple[Row, float, list[str], Style]]


def _set(composer: Composer, group: tuple[Row, ...], box: Box, step: int) -> tuple[float, _Set]:
    """A line's fields with their values broken, and how high they are with their labels."""
    width = box.width / len(group)
    made: _Set = []
    for place, row in enumerate(group):
        named = row.key == "name"
        size = _NAME_SIZES[step] if named else _SIZES[step]
        style = Style(size=size, weight=Weight.BOLD if named else Weight.REGULAR)
        room = width - (4 if place + 1 < len(group) else 0)
        lines = composer.wrap(row.key, row.value, style, room)
        made.append((row, box.x + place * width, lines, style))
    tallest = max(len(lines) * style.size * _LEADING for _, _, lines, style in made)
    return _LABEL_PITCH + tallest + _APART, made


def _drawn(composer: Composer, groups: list[tuple[float, _Set]], box: Box, spare: float) -> bytes:
    parts, top = [], box.top
    for height, made in groups:
        for row, x, lines, style in made:
            label = f"{row.label_zh} {row.label_en}"
            parts.append(composer.line(f"{row.key}.label_zh", label, x, top - 3.9, _LABEL))
            y = top - _LABEL_PITCH - style.size * 0.9
            for line in lines:
                parts.append(composer.line(row.key, line, x, y, style))
                y -= style.size * _LEADING
        top -= height + spare
    return b"".join(parts)


def _footer(composer: Composer, layout: CardLayout, content: VoucherContent) -> bytes:
    x, strong = layout.text.x, Style(size=3.9, colour=INK)
    serial = Style(size=4.8, weight=Weight.BOLD, align=Align.RIGHT)
    return b"".join(
        [
            composer.line("serial", content.serial, layout.code.right, layout.code.y - 6.6, serial),
            composer.line("identifier", f"证照标识 {content.identifier}", x, 9.4, strong),
            composer.line("check_url", f"核验网址 {content.check_url}", x, 4.8, _TINY),
        ]
    )
