"""The fine lines behind the heading and the specimen mark: drawn as paths, once a plate."""

import math

from issuance.document.colour import BRAND, BRAND_SOFT, SPECIMEN, Colour
from issuance.document.fontset import FontSet, Weight
from issuance.document.layout import Box
from issuance.document.outlines import glyph_path, turned
from issuance.document.pdf_objects import number, numbers

SPECIMEN_TEXT = "样张 SPECIMEN"


def guilloche(page: Box, scale: float = 1.0) -> bytes:
    """A band of interlaced waves along the head of the page and a rosette behind the title.

    `scale` is of what an A4 page has: lines, waves and rosette grow with it.
    """
    y, reach = page.top - 17.0 * scale, 9.5 * scale
    band = [_curve(_wave(page, phase * math.tau / 11, y, reach)) for phase in range(11)]
    middle, radius = page.top - 120 * scale, 62.0 * scale
    rosette = [
        _curve(_ring(page.middle, middle, turn * math.tau / 45, radius)) for turn in range(5)
    ]
    edge = numbers(0, page.top - 3 * scale, page.width, 3 * scale) + b" re f\n"
    return b"".join(
        [
            b"q ",
            BRAND.fill,
            edge,
            BRAND_SOFT.stroke,
            b"%s w\n" % number(0.4 * scale),
            *band,
            Colour(0xE4, 0xEE, 0xE9).stroke,
            *rosette,
            b"Q\n",
        ]
    )


def specimen_mark(fonts: FontSet, page: Box) -> bytes:
    """样张 SPECIMEN along the rising diagonal, in a tint that text stays readable on."""
    angle = math.atan2(page.height, page.width)
    sorts = [fonts.required("specimen", char, Weight.BOLD) for char in SPECIMEN_TEXT]
    em = sum(sort.width for sort in sorts) / 1000
    size = 0.8 * math.hypot(page.width, page.height) / em
    cos, sin = math.cos(angle), math.sin(angle)
    x = page.middle - em * size / 2 * cos + size * 0.36 * sin
    y = page.height / 2 - em * size / 2 * sin - size * 0.36 * cos
    marks = [b"q ", SPECIMEN.fill]
    for sort in sorts:
        marks.append(glyph_path(fonts, sort, turned(x, y, angle, size, size)))
        along = sort.width * size / 1000
        x, y = x + along * cos, y + along * sin
    return b"".join([*marks, b"f Q\n"])


def emblem(x: float, y: float, size: float) -> bytes:
    """The house's mark, the seal's roof and panes, in the brand colour; (x, y) is lower left."""
    unit = size / 28
    panes = b"".join(
        numbers(x + dx * unit, y + dy * unit, 7.2 * unit, 7.2 * unit) + b" re\n"
        for dx in (5.8, 15.0)
        for dy in (0.0, 9.2)
    )
    corners = ((0, 17.8), (14, 28), (28, 17.8), (28, 21.6), (14, 31.8), (0, 21.6))
    roof = b"".join(
        numbers(x + dx * unit, y + dy * unit) + (b" m\n" if index == 0 else b" l\n")
        for index, (dx, dy) in enumerate(corners)
    )
    return b"".join([b"q ", BRAND.fill, panes, roof, b"h f Q\n"])


def frame(box: Box, colour: Colour, thickness: float) -> bytes:
    """The outline of a rectangle."""
    return b"".join([colour.stroke, number(thickness), b" w ", numbers(*box), b" re S\n"])


def rule(x: float, y: float, width: float, colour: Colour, thickness: float = 0.5) -> bytes:
    """A horizontal line."""
    return (
        b"".join(
            [colour.stroke, number(thickness), b" w ", numbers(x, y), b" m ", numbers(x + width, y)]
        )
        + b" l S\n"
    )


def _wave(page: Box, phase: float, middle: float, most: float) -> list[tuple[float, float]]:
    points = []
    for step in range(46):
        along = step / 45
        reach = most * (0.55 + 0.45 * math.cos(along * math.tau * 3 + phase / 2))
        points.append((along * page.width, middle + reach * math.sin(along * math.tau * 5 + phase)))
    return points


def _ring(x: float, y: float, turn: float, radius: float) -> list[tuple[float, float]]:
    points = []
    for step in range(109):
        angle = step / 108 * math.tau
        reach = radius * (0.74 + 0.26 * math.cos(9 * (angle + turn)))
        points.append((x + 2.1 * reach * math.cos(angle), y + reach * math.sin(angle)))
    return points


def _curve(points: list[tuple[float, float]]) -> bytes:
    """A smooth line through the points (Catmull–Rom, written as cubic curves)."""
    path = [numbers(*points[0]) + b" m\n"]
    padded = [points[0], *points, points[-1]]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        path.append(
            numbers(
                start[0] + (end[0] - before[0]) / 6,
                start[1] + (end[1] - before[1]) / 6,
                end[0] - (after[0] - start[0]) / 6,
                end[1] - (after[1] - start[1]) / 6,
                *end,
            )
            + b" c\n"
        )
    return b"".join([*path, b"S\n"])
