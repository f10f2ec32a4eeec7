"""Draws glyphs as paths, for marks that are pictures and not text: the seal and the specimen."""

import math
import struct

from issuance.document.fontset import FontSet, Sort
from issuance.document.pdf_objects import numbers
from issuance.document.typeface import Typeface, components

_ON_CURVE, _SHORT_X, _SHORT_Y, _REPEAT, _SAME_X, _SAME_Y = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20

Point = tuple[float, float, bool]  # x, y, and whether it lies on the curve
Matrix = tuple[float, float, float, float, float, float]


def glyph_path(fonts: FontSet, sort: Sort, matrix: Matrix) -> bytes:
    """Path operators of one character, its em square put through the matrix; nothing is painted."""
    face = fonts.face(sort.face)
    parts = [
        _contour_path(contour, matrix, 1 / face.units_per_em)
        for contour in _contours(face, sort.glyph)
    ]
    return b"".join(parts)


def turned(x: float, y: float, angle: float, width: float, height: float) -> Matrix:
    """A matrix that puts the em square's origin at (x, y), turned by `angle` radians."""
    cos, sin = math.cos(angle), math.sin(angle)
    return (width * cos, width * sin, -height * sin, height * cos, x, y)


def circle(x: float, y: float, radius: float) -> bytes:
    """A circle as four curves; nothing is painted."""
    k = radius * 0.5522847498
    path = [numbers(x + radius, y) + b" m\n"]
    for sx, sy, ex, ey in ((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)):
        path.append(
            numbers(
                x + sx * radius + ex * k,
                y + sy * radius + ey * k,
                x + ex * radius + sx * k,
                y + ey * radius + sy * k,
                x + ex * radius,
                y + ey * radius,
            )
            + b" c\n"
        )
    return b"".join([*path, b"h\n"])


def _contours(face: Typeface, glyph: int) -> list[list[Point]]:
    entry = face.outline(glyph)
    if not entry:
        return []
    parts = components(entry)
    if parts:
        return [
            [(x + dx, y + dy, on) for x, y, on in contour]
            for _, part, dx, dy in parts
            for contour in _contours(face, part)
        ]
    return _simple_contours(entry)


def _simple_contours(entry: bytes) -> list[list[Point]]:
    """ISO/IEC 14496-22 `glyf`, simple glyph description."""
    count = struct.unpack_from(">h", entry, 0)[0]
    ends = struct.unpack_from(f">{count}H", entry, 10)
    at = 12 + 2 * count  # the hinting program is gone, its length is zero
    flags: list[int] = []
    while len(flags) <= ends[-1]:
        flag = entry[at]
        at += 1
        flags.append(flag)
        if flag & _REPEAT:
            flags += [flag] * entry[at]
            at += 1
    xs, at = _coordinates(entry, at, flags, _SHORT_X, _SAME_X)
    ys, _ = _coordinates(entry, at, flags, _SHORT_Y, _SAME_Y)
    points: list[Point] = [
        (x, y, bool(f & _ON_CURVE)) for x, y, f in zip(xs, ys, flags, strict=True)
    ]
    starts = (0, *(end + 1 for end in ends[:-1]))
    return [points[start : end + 1] for start, end in zip(starts, ends, strict=True)]


def _coordinates(
    entry: bytes, at: int, flags: list[int], short: int, same: int
) -> tuple[list[int], int]:
    values, value = [], 0
    for flag in flags:
        if flag & short:
            value += entry[at] if flag & same else -entry[at]
            at += 1
        elif not flag & same:
            value += struct.unpack_from(">h", entry, at)[0]
            at += 2
        values.append(value)
    return values, at


def _contour_path(contour: list[Point], matrix: Matrix, scale: float) -> bytes:
    """Quadratic curves with implied points, written as PDF's cubic ones."""
    a, b, c, d, e, f = matrix
    placed = [
        ((a * x + c * y) * scale + e, (b * x + d * y) * scale + f, on) for x, y, on in contour
    ]
    full: list[Point] = []
    for index, point in enumerate(placed):
        before = placed[index - 1]
        if not point[2] and not before[2]:
            full.append(((point[0] + before[0]) / 2, (point[1] + before[1]) / 2, True))
        full.append(point)
    start = next(index for index, point in enumerate(full) if point[2])
    full = [*full[start:], *full[: start + 1]]
    path, current, control = [numbers(*full[0][:2]) + b" m\n"], full[0], None
    for point in full[1:]:
        if not point[2]:
            control = point
            continue
        path.append(_segment(current, control, point))
        current, control = point, None
    return b"".join([*path, b"h\n"])


def _segment(start: Point, control: Point | None, end: Point) -> bytes:
    if control is None:
        return numbers(*end[:2]) + b" l\n"
    first = [s + (c - s) * 2 / 3 for s, c in zip(start[:2], control[:2], strict=True)]
    second = [e + (c - e) * 2 / 3 for e, c in zip(end[:2], control[:2], strict=True)]
    return numbers(*first, *second, *end[:2]) + b" c\n"
