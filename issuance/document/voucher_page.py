"""Draws the page: what stands on every voucher of an issuer, and what is this person's."""

from dataclasses import dataclass
from datetime import date

from certstore.errors import MalformedError
from issuance.document import artwork
from issuance.document.colour import BRAND, INK, INK_2, LINE, SEAL, WHITE
from issuance.document.composer import Align, Composer, Style
from issuance.document.content import Row, VoucherContent, side_by_side
from issuance.document.fontset import Weight
from issuance.document.layout import Box, Layout
from issuance.document.pdf_objects import numbers

_LABEL = Style(size=10, colour=INK_2)
_LABEL_EN = Style(size=6.8, colour=INK_2)
# (size, at most so many lines): the first step that a value keeps to is taken.
_VALUE_STEPS = ((12.5, 2), (11.0, 3), (9.6, 4))
_NAME_STEPS = ((17.0, 1), (14.0, 1), (11.5, 2), (9.6, 3))
_LEADING = 1.36
_PITCH, _TIGHTEST = 46.0, 24.0
_SMALL = Style(size=7.6, colour=INK_2)
_SMALL_EN = Style(size=6.8, colour=INK_2)
_QUIET_ZONE = 4 / 65  # of the code's side, at its densest usual version
_GAP = 14.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One field with its value broken into lines: where its label and value begin, how large."""

    row: Row
    label_x: float
    value_x: float
    lines: tuple[str, ...]
    style: Style

    @property
    def height(self) -> float:
        """The height of the value's lines."""
        return len(self.lines) * self.style.size * _LEADING


def heading(composer: Composer, layout: Layout, content: VoucherContent) -> bytes:
    """Everything above the fields that is the same for every voucher of this issuer."""
    page, text = layout.page, layout.text
    middle = page.middle
    parts = [
        artwork.specimen_mark(composer.fonts, page) if content.specimen else b"",
        artwork.guilloche(page),
        artwork.emblem(text.x, page.top - 70, 20),
    ]
    zh = Style(size=11.5, weight=Weight.BOLD, tracking=1)
    x = text.x + 30
    parts += [
        composer.line("issuer_zh", content.issuer_zh, x, page.top - 58, zh),
        composer.line("issuer_en", content.issuer_en, x, page.top - 69.5, _SMALL_EN),
    ]
    title = Style(size=31, weight=Weight.BOLD, tracking=9, align=Align.CENTRE)
    title_en = Style(size=9.4, colour=BRAND, tracking=2.6, align=Align.CENTRE)
    parts += [
        composer.line("title", layout.title_zh, middle + 4.5, page.top - 126, title),
        composer.line("title", layout.title_en, middle + 1.3, page.top - 147, title_en),
        artwork.rule(middle - 21, page.top - 160, 42, BRAND, 1.6),
    ]
    if content.specimen:
        tag = Box(text.right - 92, page.top - 69.5, 92, 20)
        style = Style(size=9.6, weight=Weight.BOLD, colour=SEAL, tracking=0.6, align=Align.CENTRE)
        parts += [
            artwork.frame(tag, SEAL, 0.8),
            composer.line("specimen", artwork.SPECIMEN_TEXT, tag.middle, tag.y + 6.4, style),
        ]
    parts.append(artwork.rule(text.x, layout.rows.top, text.width, BRAND, 0.8))
    return b"".join(parts)


def closing(composer: Composer, layout: Layout, content: VoucherContent) -> bytes:
    """Everything below the fields that is the same for every voucher of this issuer."""
    text, code, url = layout.text, layout.code, layout.url_code
    statement_y = layout.rows.y - 28
    parts = [
        composer.line("statement", layout.statement_zh, text.x, statement_y, Style(size=10.5)),
        composer.line("statement", layout.statement_en, text.x, statement_y - 12, _SMALL_EN),
        _captions(composer, code, ("扫码核验真伪", "Scan to verify, also off line")),
        _captions(composer, url, ("手机相机查状态", "Live status by phone camera")),
    ]
    authority = Style(size=12.5, weight=Weight.BOLD, align=Align.CENTRE)
    small = Style(size=6.8, colour=INK_2, align=Align.CENTRE)
    x, y = layout.authority_x, layout.seal.y
    parts += [
        composer.line("issuer_zh", content.issuer_zh, x, y + 67, authority),
        composer.line("issuer_en", content.issuer_en, x, y + 56, small),
        artwork.rule(text.x, 106, text.width, LINE),
        composer.line("notice", layout.notice_zh, text.x, 92, Style(size=8)),
        composer.line("notice", layout.notice_en, text.x, 82, _SMALL_EN),
    ]
    return b"".join(parts)


def person(composer: Composer, layout: Layout, content: VoucherContent) -> bytes:
    """The part that is this person's: serial, fields, pictures, date, identifier.

    Raise MissingGlyphError or MalformedError, naming the field, if something cannot be set.
    """
    text = layout.text
    number_y = layout.rows.top + 9
    serial = Style(size=14, weight=Weight.BOLD, tracking=0.8)
    parts = [
        composer.line("serial", "证照编号 No.", text.x, number_y, _LABEL),
        composer.line("serial", content.serial, layout.value_x, number_y - 0.6, serial),
        draw_fields(composer, layout, content.rows),
        place_picture(b"Photo", layout.photo),
        artwork.frame(layout.photo, LINE, 0.5),
        place_code(b"Code", layout.code),
        place_code(b"Url", layout.url_code),
        _dates(composer, layout, content),
        _footer(composer, layout, content),
    ]
    return b"".join(parts)


def chinese_date(day: date) -> str:
    """A date as it is written on certificates."""
    return f"{day.year}年{day.month}月{day.day}日"


def draw_fields(composer: Composer, layout: Layout, rows: tuple[Row, ...]) -> bytes:
    """The fields in the layout's box; MalformedError, naming the field, if they do not fit."""
    lines = [_cells(composer, layout, group) for group in side_by_side(rows, layout.pairs)]
    heights = [max(cell.height for cell in cells) for cells in lines]
    needed = sum(max(height + 8, _TIGHTEST) for height in heights)
    if needed > layout.rows.height:
        raise MalformedError("the fields need more room than the page has", where="rows")
    spare = min((layout.rows.height - needed) / len(lines), _PITCH - _TIGHTEST)
    parts, top = [], layout.rows.top
    for cells, height in zip(lines, heights, strict=True):
        pitch = max(height + 8, _TIGHTEST) + spare
        parts += [_cell(composer, cell, top - pitch / 2) for cell in cells]
        top -= pitch
        beside = top > layout.photo.y - 6
        right = layout.photo.x - 22 if beside else layout.text.right
        parts.append(artwork.rule(layout.text.x, top, right - layout.text.x, LINE))
    return b"".join(parts)


def _cells(composer: Composer, layout: Layout, group: tuple[Row, ...]) -> list[Cell]:
    left, offset = layout.text.x, layout.value_x - layout.text.x
    right = layout.photo.x - 22
    if len(group) == 1:
        return [_fitted(composer, layout, group[0], (left, layout.value_x, right))]
    middle = layout.value_x + (right - layout.value_x) * 0.42
    return [
        _fitted(composer, layout, group[0], (left, layout.value_x, middle - _GAP)),
        _fitted(composer, layout, group[1], (middle, middle + offset * 0.72, right)),
    ]


def _fitted(
    composer: Composer, layout: Layout, row: Row, places: tuple[float, float, float]
) -> Cell:
    """The largest size at which the value keeps to its lines; raise MalformedError if none."""
    label_x, value_x, right = places
    named = row.key in layout.prominent
    weight = Weight.BOLD if named else Weight.REGULAR
    for size, limit in _NAME_STEPS if named else _VALUE_STEPS:
        style = Style(size=size, weight=weight)
        lines = composer.wrap(row.key, row.value, style, right - value_x)
        if len(lines) <= limit:
            return Cell(row, label_x, value_x, tuple(lines), style)
    raise MalformedError(
        "a value is too long for its place on the voucher",
        where=row.key,
        remedy="shorten it, for instance to its registered short form",
    )


def _cell(composer: Composer, cell: Cell, middle: float) -> bytes:
    row = cell.row
    parts = [
        composer.line(f"{row.key}.label_zh", row.label_zh, cell.label_x, middle + 0.8, _LABEL),
        composer.line(f"{row.key}.label_en", row.label_en, cell.label_x, middle - 8.8, _LABEL_EN),
    ]
    leading = cell.style.size * _LEADING
    y = middle - cell.style.size * 0.37 + (len(cell.lines) - 1) * leading / 2
    for line in cell.lines:
        parts.append(composer.line(row.key, line, cell.value_x, y, cell.style))
        y -= leading
    return b"".join(parts)


def _dates(composer: Composer, layout: Layout, content: VoucherContent) -> bytes:
    x, y = layout.authority_x, layout.seal.y
    style = Style(size=11, align=Align.CENTRE)
    issued = composer.line("issued_on", chinese_date(content.issued_on), x, y + 36, style)
    if any(row.key == layout.validity_row for row in content.rows):
        return issued
    until = "长期有效 No expiry date"
    if content.valid_to:
        until = f"有效期至 Valid until {chinese_date(content.valid_to)}"
    small = Style(size=7.6, colour=INK_2, align=Align.CENTRE)
    return issued + composer.line("valid_to", until, x, y + 12, small)


def _footer(composer: Composer, layout: Layout, content: VoucherContent) -> bytes:
    x = layout.text.x
    small = Style(size=7.2, colour=INK_2)
    strong = Style(size=7.2, colour=INK)
    return b"".join(
        [
            composer.line("identifier", "证照标识 Identifier", x, 66, small),
            composer.line("identifier", content.identifier, x + 80, 66, strong),
            composer.line("check_url", "核验网址 Verify at", x, 55, small),
            composer.line("check_url", content.check_url, x + 80, 55, strong),
        ]
    )


def _captions(composer: Composer, box: Box, words: tuple[str, str]) -> bytes:
    return composer.line("caption", words[0], box.x, box.y - 11, _SMALL) + composer.line(
        "caption", words[1], box.x, box.y - 20, Style(size=6.2, colour=INK_2)
    )


def place_code(name: bytes, box: Box) -> bytes:
    """The picture on its own white ground, so that nothing behind disturbs a reader."""
    quiet = box.width * _QUIET_ZONE
    ground = numbers(box.x - quiet, box.y - quiet, box.width + 2 * quiet, box.height + 2 * quiet)
    return b"".join([WHITE.fill, ground, b" re f\n", place_picture(name, box)])


def place_picture(name: bytes, box: Box) -> bytes:
    """The picture of this name in its box."""
    return b"q %s 0 0 %s %s cm /%s Do Q\n" % (
        numbers(box.width),
        numbers(box.height),
        numbers(box.x, box.y),
        name,
    )
