"""Clothes of a drawn portrait: no uniform and nothing white, as GA/T 461 asks."""

from collections.abc import Callable

from certstore.service.demo_city.portrait_canvas import (
    MIDDLE,
    Canvas,
    Colour,
    Shape,
    both_sides,
    curve,
    darker,
    lighter,
    mixed,
)
from certstore.service.demo_city.portrait_looks import Looks

BOTTOM = 470.0  # below the picture's edge


def body_shape(looks: Looks) -> Shape:
    """Shoulders and chest, down to the edge of the picture."""
    wide = 0.82 if looks.child else (0.93 if looks.female else 1.06)
    right = [
        (0, 366),
        (36, 362),
        (66 * wide, 374),
        (118 * wide, 392),
        (160 * wide, 416),
        (182 * wide, BOTTOM),
        (0, BOTTOM),
    ]
    return curve(both_sides(right))


def draw_clothes(canvas: Canvas, looks: Looks) -> None:
    """Draw what the person wears."""
    canvas.fill(body_shape(looks), looks.cloth)
    _CUTS[looks.clothes](canvas, looks)
    _folds(canvas, looks)


def _opening(canvas: Canvas, looks: Looks, points: list[tuple[float, float]]) -> None:
    """Skin seen in a neckline."""
    canvas.fill(curve(both_sides(points)), darker(looks.skin, 0.08))


def _crew(canvas: Canvas, looks: Looks) -> None:
    half = 40 if looks.child or looks.female else 46
    _band(canvas, half + 7, 396, darker(looks.cloth, 0.25))
    _opening(canvas, looks, [(half, 350), (half * 0.9, 368), (half * 0.5, 384), (0, 389)])


def _band(canvas: Canvas, half: float, bottom: float, colour: Colour) -> None:
    right = [(half, 352), (half * 0.93, 370), (half * 0.55, bottom - 5), (0, bottom)]
    canvas.fill(curve(both_sides(right)), colour)


def _v_neck(canvas: Canvas, looks: Looks) -> None:
    trim = lighter(looks.cloth, 0.72)
    canvas.fill([(MIDDLE + x, y) for x, y in ((-50, 356), (50, 356), (0, 438))], trim)
    canvas.fill(
        [(MIDDLE + x, y) for x, y in ((-40, 352), (40, 352), (0, 422))], darker(looks.skin, 0.08)
    )


def _collar(canvas: Canvas, colour: Colour, *, reach: float = 62) -> None:
    for side in (-1, 1):
        leaf = [(12, 398), (34, 350), (46, 356), (reach, 388), (38, 414)]
        points = [(MIDDLE + side * x, y) for x, y in leaf]
        canvas.fill(points, colour)
        canvas.stroke([points[0], points[4], points[3]], darker(colour, 0.28), 1.6)


def _shirt(canvas: Canvas, looks: Looks) -> None:
    _opening(canvas, looks, [(38, 348), (30, 370), (14, 392), (0, 402)])
    _collar(canvas, lighter(looks.cloth, 0.2))
    canvas.stroke([(MIDDLE, 400), (MIDDLE, BOTTOM)], darker(looks.cloth, 0.25), 1.8)
    canvas.ellipse((MIDDLE + 5, 424), (3, 3), lighter(looks.cloth, 0.55))


def _polo(canvas: Canvas, looks: Looks) -> None:
    _opening(canvas, looks, [(38, 348), (30, 370), (15, 396), (0, 412)])
    _collar(canvas, darker(looks.cloth, 0.22), reach=58)


_LAPEL = ((36, 350), (58, 358), (72, 398), (56, 406), (60, 420), (22, BOTTOM), (14, BOTTOM))
_TIE = ((-8, 400), (8, 400), (6, 414), (12, BOTTOM), (-12, BOTTOM), (-6, 414))


def _jacket(canvas: Canvas, looks: Looks) -> None:
    inner, lapel = looks.inner, darker(looks.cloth, 0.2)
    front = ((-44, 352), (44, 352), (20, BOTTOM), (-20, BOTTOM))
    canvas.fill([(MIDDLE + x, y) for x, y in front], inner)
    _opening(canvas, looks, [(34, 348), (26, 368), (12, 386), (0, 394)])
    if looks.female:
        hem = curve([(MIDDLE - 34, 360), (MIDDLE, 398), (MIDDLE + 34, 360)], closed=False)
        canvas.stroke(hem, darker(inner, 0.16), 2)
    else:
        _collar(canvas, lighter(inner, 0.4), reach=48)
        tie = mixed(looks.cloth, (150, 40, 50), 0.6)
        canvas.fill([(MIDDLE + x, y) for x, y in _TIE], tie)
    for side in (-1, 1):
        points = [(MIDDLE + side * x, y) for x, y in _LAPEL]
        canvas.fill(points, lapel)
        canvas.stroke([points[0], points[-1]], darker(lapel, 0.3), 1.6)


def _hood(canvas: Canvas, looks: Looks) -> None:
    shade = darker(looks.cloth, 0.22)
    canvas.fill(curve(both_sides([(56, 344), (72, 366), (66, 392), (36, 408), (0, 414)])), shade)
    _opening(canvas, looks, [(40, 336), (38, 362), (22, 384), (0, 390)])
    for side in (-1, 1):
        cord = [(MIDDLE + side * 24, 402), (MIDDLE + side * 26, 424), (MIDDLE + side * 24, 440)]
        canvas.stroke(curve(cord, closed=False), lighter(looks.cloth, 0.65), 2.6)


def _stand_collar(canvas: Canvas, looks: Looks) -> None:
    edge = lighter(looks.cloth, 0.45)
    for side in (-1, 1):
        leaf = [
            (MIDDLE + side * x, y) for x, y in ((3, 388), (36, 346), (48, 352), (46, 378), (6, 402))
        ]
        canvas.fill(leaf, darker(looks.cloth, 0.12))
        canvas.stroke([leaf[0], leaf[1]], edge, 2.2)
    canvas.stroke(
        curve([(MIDDLE, 396), (MIDDLE + 22, 410), (MIDDLE + 66, 408)], closed=False), edge, 2.2
    )
    canvas.ellipse((MIDDLE + 2, 398), (3.6, 3.6), edge)


def _cardigan(canvas: Canvas, looks: Looks) -> None:
    canvas.fill(
        [(MIDDLE + x, y) for x, y in ((-50, 354), (50, 354), (26, BOTTOM), (-26, BOTTOM))],
        looks.inner,
    )
    _opening(canvas, looks, [(40, 348), (36, 368), (20, 384), (0, 389)])
    edge = darker(looks.cloth, 0.2)
    for side in (-1, 1):
        line = [(MIDDLE + side * x, y) for x, y in ((47, 352), (42, 396), (29, BOTTOM))]
        canvas.stroke(curve(line, closed=False), edge, 7)


def _roll_neck(canvas: Canvas, looks: Looks) -> None:
    half = 38 if looks.female or looks.child else 47
    canvas.fill(
        curve(both_sides([(half - 4, 334), (half, 356), (half + 10, 384), (0, 394)])),
        lighter(looks.cloth, 0.08),
    )
    fold = [(MIDDLE - half - 2, 366), (MIDDLE, 376), (MIDDLE + half + 2, 366)]
    canvas.stroke(curve(fold, closed=False), darker(looks.cloth, 0.26), 2)


def _striped(canvas: Canvas, looks: Looks) -> None:
    stripes = Canvas()
    tone = lighter(looks.cloth, 0.62)
    for n in range(6):
        y = 382 + 17 * n
        row = [(0, y + 16), (MIDDLE, y), (2 * MIDDLE, y + 16)]
        stripes.stroke(curve(row, closed=False), tone, 6)
    canvas.inside(body_shape(looks), stripes)
    _crew(canvas, looks)


def _dungarees(canvas: Canvas, looks: Looks) -> None:
    canvas.fill(body_shape(looks), mixed(looks.inner, looks.cloth, 0.25))
    _band(canvas, 47, 394, mixed(looks.inner, looks.cloth, 0.5))
    _opening(canvas, looks, [(40, 350), (36, 368), (20, 382), (0, 387)])
    for side in (-1, 1):
        strap = [
            (MIDDLE + side * x, y) for x, y in ((58, 372), (80, 378), (70, BOTTOM), (46, BOTTOM))
        ]
        canvas.fill(strap, looks.cloth)
        canvas.ellipse((MIDDLE + side * 61, 424), (5, 5), (226, 190, 96))
    canvas.fill(
        [(MIDDLE + x, y) for x, y in ((-66, 420), (66, 420), (80, BOTTOM), (-80, BOTTOM))],
        looks.cloth,
    )


_CUTS: dict[str, Callable[[Canvas, Looks], None]] = {
    "crew": _crew,
    "v_neck": _v_neck,
    "shirt": _shirt,
    "polo": _polo,
    "jacket": _jacket,
    "hood": _hood,
    "stand_collar": _stand_collar,
    "cardigan": _cardigan,
    "roll_neck": _roll_neck,
    "striped": _striped,
    "dungarees": _dungarees,
}


def _folds(canvas: Canvas, looks: Looks) -> None:
    """Where the sleeves begin."""
    wide = 0.82 if looks.child else (0.93 if looks.female else 1.06)
    for side in (-1, 1):
        seam = [
            (MIDDLE + side * 130 * wide, 404),
            (MIDDLE + side * 122 * wide, 424),
            (MIDDLE + side * 126 * wide, 446),
        ]
        canvas.stroke(curve(seam, closed=False), darker(looks.cloth, 0.24), 2)
