"""Draws an annotated copy: what it is for and until when, then the fields that may be seen."""

import math

from issuance.document import artwork
from issuance.document.colour import BRAND, INK_2, LINE, SEAL, WHITE, Colour
from issuance.document.composer import Align, Composer, Style
from issuance.document.copy_content import CopyContent
from issuance.document.copy_layout import PANEL, PANEL_TITLE_EN, PANEL_TITLE_ZH
from issuance.document.fontset import FontSet, Weight
from issuance.document.layout import Box, Layout
from issuance.document.outlines import glyph_path, turned
from issuance.document.pdf_objects import numbers
from issuance.document.voucher_page import chinese_date, draw_fields, place_code, place_picture

_SMALL_EN = Style(size=6.8, colour=INK_2)
_LABEL = Style(size=9.2, colour=INK_2)
_LABEL_EN = Style(size=6.2, colour=INK_2)
_PANEL_GROUND = Colour(0xF1, 0xF6, 0xF3)
_MARK = Colour(0xE9, 0xF0, 0xEC)  # text on it keeps a contrast of 14:1
_REMARK_SIZES = ((11.5, 1), (10.0, 1), (9.0, 2), (7.6, 2), (6.4, 3))
_VALUE_OFFSET = 74.0
_MARKS = (0.26, 0.5, 0.74)  # of the page's height
_LONGEST_MARK = 24  # characters of the purpose in the mark; the panel has it whole


def heading(composer: Composer, layout: Layout, content: CopyContent) -> bytes:
    """Everything above that is the same for every copy of this issuer."""
    page, text = layout.page, layout.text
    name = Style(size=11.5, weight=Weight.BOLD, tracking=1)
    parts = [
        artwork.specimen_mark(composer.fonts, page) if content.specimen else b"",
        artwork.guilloche(page),
        artwork.emblem(text.x, page.top - 70, 20),
        composer.line("issuer_zh", content.issuer_zh, text.x + 30, page.top - 58, name),
        composer.line("issuer_en", content.issuer_en, text.x + 30, page.top - 69.5, _SMALL_EN),
    ]
    if content.specimen:
        tag = Box(text.right - 92, page.top - 69.5, 92, 20)
        style = Style(size=9.6, weight=Weight.BOLD, colour=SEAL, tracking=0.6, align=Align.CENTRE)
        parts += [
            artwork.frame(tag, SEAL, 0.8),
            composer.line("specimen", artwork.SPECIMEN_TEXT, tag.middle, tag.y + 6.4, style),
        ]
    return b"".join(parts)


def closing(composer: Composer, layout: Layout, content: CopyContent) -> bytes:
    """Everything below that is the same for every copy of this issuer."""
    text, url = layout.text, layout.url_code
    authority = Style(size=12.5, weight=Weight.BOLD, align=Align.CENTRE)
    small = Style(size=6.8, colour=INK_2, align=Align.CENTRE)
    x, y, under = layout.authority_x, layout.seal.y, layout.rows.y
    return b"".join(
        [
            composer.line("statement", layout.statement_zh, text.x, under - 16, Style(size=9.4)),
            composer.line("statement", layout.statement_en, text.x, under - 26, _SMALL_EN),
            composer.line("caption", "手机相机查原件状态", url.x, url.y - 11, Style(size=7.6)),
            composer.line("caption", "Is the original in force?", url.x, url.y - 20, _LABEL_EN),
            composer.line("issuer_zh", content.issuer_zh, x, y + 67, authority),
            composer.line("issuer_en", content.issuer_en, x, y + 56, small),
            artwork.rule(text.x, 106, text.width, LINE),
            composer.line("notice", layout.notice_zh, text.x, 92, Style(size=8)),
            composer.line("notice", layout.notice_en, text.x, 82, _SMALL_EN),
        ]
    )


def copy(composer: Composer, layout: Layout, content: CopyContent) -> bytes:
    """What only this copy says; MissingGlyphError or MalformedError, naming the field."""
    x, y = layout.authority_x, layout.seal.y
    dated = Style(size=11, align=Align.CENTRE)
    made_on = chinese_date(content.issued_on)
    photo = [place_picture(b"Photo", layout.photo), artwork.frame(layout.photo, LINE, 0.5)]
    return b"".join(
        [
            _marks(composer.fonts, layout.page, content),
            _title(composer, layout, content),
            _panel(composer, content),
            _serial(composer, layout, content),
            draw_fields(composer, layout, content.rows),
            *(photo if content.photo_jpeg is not None else ()),
            place_code(b"Url", layout.url_code),
            composer.line("issued_on", made_on, x, y + 36, dated),
            _footer(composer, layout, content),
        ]
    )


def _title(composer: Composer, layout: Layout, content: CopyContent) -> bytes:
    page = layout.page
    title = Style(size=25, weight=Weight.BOLD, tracking=6, align=Align.CENTRE)
    title_en = Style(size=8.6, colour=BRAND, tracking=1.6, align=Align.CENTRE)
    tag = Box(page.middle - 78, page.top - 176, 156, 19)
    word = Style(size=10.4, weight=Weight.BOLD, colour=WHITE, tracking=1.2, align=Align.CENTRE)
    said = f"{PANEL_TITLE_ZH} {PANEL_TITLE_EN}"
    return b"".join(
        [
            composer.line("title", content.title, page.middle + 3, page.top - 122, title),
            composer.line(
                "title_en", content.title_en.upper(), page.middle, page.top - 140, title_en
            ),
            _filled(tag, BRAND),
            composer.line("copy", said, tag.middle, tag.y + 5.8, word),
        ]
    )


def _panel(composer: Composer, content: CopyContent) -> bytes:
    remarks, half = content.remarks, PANEL.width / 2
    places = (  # where each stands: line from the top, how far right, how wide
        ("cause", "用途", "Purpose", 0, 0.0, PANEL.width),
        ("made_by", "制作者", "Made by", 1, 0.0, PANEL.width),
        ("made_at", "制作时间", "Made at", 2, 0.0, half),
        ("good_until", "有效期截止", "Good until", 2, half, half),
    )
    pitch = (PANEL.height - 8) / 3
    parts = [_filled(PANEL, _PANEL_GROUND), _filled(PANEL._replace(width=3), BRAND)]
    for key, zh, en, line, right, width in places:
        x, middle = PANEL.x + 14 + right, PANEL.top - 4 - pitch * (line + 0.5)
        parts += [
            composer.line(f"{key}.label_zh", zh, x, middle + 0.8, _LABEL),
            composer.line(f"{key}.label_en", en, x, middle - 7.2, _LABEL_EN),
            _remark(composer, key, remarks[key], (x + _VALUE_OFFSET, middle), width),
        ]
    return b"".join(parts)


def _remark(
    composer: Composer, key: str, text: str, place: tuple[float, float], width: float
) -> bytes:
    """One annotation, as large as its room allows."""
    x, middle = place
    style, lines = Style(size=0), [""]
    for size, limit in _REMARK_SIZES:
        style = Style(size=size, weight=Weight.BOLD)
        lines = composer.wrap(key, text, style, width - _VALUE_OFFSET - 22)
        if len(lines) <= limit:
            break
    leading = style.size * 1.2
    y = middle - style.size * 0.37 + (len(lines) - 1) * leading / 2
    return b"".join(
        composer.line(key, line, x, y - at * leading, style) for at, line in enumerate(lines)
    )


def _serial(composer: Composer, layout: Layout, content: CopyContent) -> bytes:
    y = layout.rows.top + 9
    style = Style(size=12, weight=Weight.BOLD, tracking=0.6)
    return b"".join(
        [
            composer.line("serial", "原件编号 No.", layout.text.x, y, _LABEL),
            composer.line("serial", content.serial, layout.value_x, y - 0.4, style),
            artwork.rule(layout.text.x, layout.rows.top, layout.text.width, BRAND, 0.8),
        ]
    )


def _marks(fonts: FontSet, page: Box, content: CopyContent) -> bytes:
    """Purpose and expiry three times along the rising diagonal, in a tint under everything."""
    cause, until = content.annotation.cause.split("（")[0], content.remarks["good_until"].split()[0]
    said = cause if len(cause) <= _LONGEST_MARK else cause[: _LONGEST_MARK - 1] + "…"
    text = f"仅用于{said} 至{until}止"
    sorts = [fonts.required("cause", char, Weight.BOLD) for char in text]
    em = sum(sort.width for sort in sorts) / 1000
    angle = math.radians(24)
    size = min(30.0, 0.9 * page.width / math.cos(angle) / em)
    parts = [b"q ", _MARK.fill]
    for height in _MARKS:
        x = page.middle - em * size / 2 * math.cos(angle)
        y = page.height * height - em * size / 2 * math.sin(angle)
        for sort in sorts:
            parts.append(glyph_path(fonts, sort, turned(x, y, angle, size, size)))
            along = sort.width * size / 1000
            x, y = x + along * math.cos(angle), y + along * math.sin(angle)
    return b"".join([*parts, b"f Q\n"])


def _footer(composer: Composer, layout: Layout, content: CopyContent) -> bytes:
    x = layout.text.x
    small, strong = Style(size=7.2, colour=INK_2), Style(size=7.2)
    return b"".join(
        [
            composer.line("identifier", "原件标识 Identifier", x, 66, small),
            composer.line("identifier", content.identifier, x + 80, 66, strong),
            composer.line("check_url", "核验网址 Verify at", x, 55, small),
            composer.line("check_url", content.check_url, x + 80, 55, strong),
        ]
    )


def _filled(box: Box, colour: Colour) -> bytes:
    return b"".join([colour.fill, numbers(*box), b" re f\n"])
