"""Face, ears, eyes, brows, nose, mouth, age and glasses of a drawn portrait."""

from certstore.service.demo_city.portrait_canvas import (
    MIDDLE,
    Canvas,
    Colour,
    Point,
    Shape,
    both_sides,
    curve,
    darker,
    lighter,
    mixed,
)
from certstore.service.demo_city.portrait_looks import GROWN, OLD, Looks

_INK: Colour = (44, 36, 38)


def eye_line(looks: Looks) -> float:
    """The height of the eyes; a child's lie lower in its face."""
    return 204 if looks.child else 190


def half_width(looks: Looks) -> float:
    """Half the width of the face at the cheeks."""
    return 89 * looks.width


def face_shape(looks: Looks) -> Shape:
    """The outline of the face; the forehead is covered by hair later."""
    half, jaw = half_width(looks), looks.jaw
    bottom = (306 if looks.child else 318) + looks.chin
    if looks.child:  # round cheeks, small chin
        side = [
            (half * 1.0, 206),
            (half * 0.97, 244),
            (half * 0.74 * jaw, 284),
            (half * 0.36, bottom - 4),
        ]
    else:
        side = [
            (half, 196),
            (half * 0.95, 240),
            (half * 0.72 * jaw, 287),
            (half * 0.34 * jaw, bottom - 5),
        ]
    if looks.style == "bald":  # elsewhere the hair covers the crown
        skull = [(0, 20), (half * 0.5, 30), (half * 0.84, 66), (half * 0.98, 122)]
    else:
        skull = [(0, 44), (half * 0.55, 54), (half * 0.9, 96), (half * 0.99, 150)]
    right = [*skull, *side, (0, bottom)]
    return curve(both_sides(right))


def draw_neck(canvas: Canvas, looks: Looks) -> None:
    """Draw the neck with the shadow of the chin."""
    half = 30 if looks.child else (34 if looks.female else 42)
    tone = darker(looks.skin, 0.10)
    right = [(half, 270), (half, 330), (half * 1.1, 360), (half * 1.5, 384), (0, 420)]
    canvas.fill([*curve(both_sides(right))], tone)
    shadow = Canvas()
    shadow.fill([(x, y + 17) for x, y in face_shape(looks)], darker(looks.skin, 0.21))
    canvas.inside(
        curve(both_sides([(half, 260), (half, 330), (half * 1.1, 352), (0, 356)])), shadow
    )


def draw_ears(canvas: Canvas, looks: Looks) -> None:
    """Draw both ears."""
    x, y = half_width(looks) + 5, eye_line(looks) + 10
    for side in (-1, 1):
        canvas.ellipse((MIDDLE + side * x, y), (13, 25), darker(looks.skin, 0.05))
        inner = [
            (MIDDLE + side * (x + 3), y - 13),
            (MIDDLE + side * (x + 6), y),
            (MIDDLE + side * (x + 1), y + 12),
        ]
        canvas.stroke(curve(inner, closed=False), darker(looks.skin, 0.22), 2.2)
        if looks.earrings:
            canvas.ellipse((MIDDLE + side * (x + 1), y + 27), (3.4, 3.4), (222, 196, 128))


def draw_face(canvas: Canvas, looks: Looks) -> None:
    """Draw the face and everything in it but glasses and hair."""
    canvas.fill(face_shape(looks), looks.skin)
    blush = mixed(looks.skin, (224, 110, 96), 0.55)
    strength = 0.55 if looks.child else (0.42 if looks.female else 0.22)
    for side in (-1, 1):
        canvas.glow((MIDDLE + side * 52, 246), (36, 28), blush, strength)
        canvas.glow(
            (MIDDLE + side * 38, eye_line(looks) + 2), (34, 22), darker(looks.skin, 0.12), 0.5
        )
    canvas.glow((MIDDLE, 218), (14, 52), lighter(looks.skin, 0.5), 0.5)
    canvas.glow((MIDDLE, 126), (84, 60), lighter(looks.skin, 0.25), 0.4)
    canvas.glow((MIDDLE, 312), (46, 26), darker(looks.skin, 0.10), 0.6)
    _age_lines(canvas, looks)
    _beard(canvas, looks)
    for ahead in (-1.0, 1.0):
        _eye(canvas, looks, ahead)
        _brow(canvas, looks, ahead)
    _nose(canvas, looks)
    _mouth(canvas, looks)
    if looks.mole:
        canvas.ellipse((MIDDLE + looks.mole[0], looks.mole[1]), (2.1, 2.1), darker(looks.skin, 0.6))


def _eye(canvas: Canvas, looks: Looks, side: float) -> None:
    grown: float = 1.12 if looks.child else (0.9 if looks.age >= OLD else 1.0)
    size = looks.eye_size * grown
    x, y = MIDDLE + side * (39 + looks.eye_gap), eye_line(looks)
    wide, high, tilt = 16.5 * size, (8.2 if looks.double_lid else 7.0) * size, looks.eye_tilt

    def at(across: float, down: float) -> Point:
        return x + side * across * wide, y + down * high - tilt * across

    lid = [at(-1, 0.35), at(-0.55, -0.7), at(0.05, -1.0), at(0.6, -0.62), at(1.02, 0.12)]
    under = [at(0.55, 0.72), at(0, 0.95), at(-0.6, 0.75)]
    opening = curve([*lid, *under])
    canvas.fill(opening, (250, 248, 246))
    canvas.inside(opening, _iris(looks, (x, y), (wide, high), size))
    canvas.ellipse((x + 2.4, y - 2.6), (1.9 * size, 1.9 * size), (255, 255, 255))
    canvas.stroke(curve(lid, closed=False), _INK, 3.4 if looks.female else 2.8)
    canvas.stroke(
        curve([at(0.9, 0.35), *under, at(-0.95, 0.5)], closed=False), darker(looks.skin, 0.3), 1.0
    )
    if looks.female and not looks.child:
        canvas.stroke([at(0.98, 0.0), at(1.22, -0.38)], _INK, 1.9)
    if looks.double_lid or looks.age >= GROWN:
        fold = [at(-0.85, -0.75), at(-0.2, -1.62), at(0.5, -1.4), at(1.0, -0.6)]
        canvas.stroke(curve(fold, closed=False), darker(looks.skin, 0.32), 1.3)


def _iris(looks: Looks, centre: Point, opening: Point, size: float) -> Canvas:
    """Iris, pupil and the shadow of the lid, to be clipped to the opening of the eye."""
    (x, y), (wide, high) = centre, opening
    iris = Canvas()
    tone = mixed((58, 38, 30), looks.hair, 0.25) if looks.age < OLD else (66, 48, 40)
    iris.ellipse((x, y), (8.6 * size, 8.8 * size), darker(tone, 0.35))
    iris.ellipse((x, y + 0.6), (7.2 * size, 7.4 * size), tone)
    iris.ellipse((x, y), (3.9 * size, 3.9 * size), (22, 16, 16))
    shade = y - high * 0.78
    iris.stroke([(x - wide, shade), (x + wide, shade)], (150, 140, 140), 1.0)
    return iris


def _brow(canvas: Canvas, looks: Looks, side: float) -> None:
    x, y = MIDDLE + side * (39 + looks.eye_gap), eye_line(looks) - 25 - looks.brow_lift
    thick = 4.6 * looks.brow * (0.75 if looks.child else 1)
    colour = mixed(looks.hair, looks.skin, 0.28 if looks.female else 0.16)
    upper = [(-19, 3.5), (-8, -2.5), (6, -4.5), (22, 2.5)]
    lower = [(6, -4.5 + thick), (-8, -2.0 + thick), (-19, 2.5 + thick)]
    points = [(x + side * across, y + down) for across, down in (*upper, *lower)]
    canvas.fill(curve(points), colour)


def _nose(canvas: Canvas, looks: Looks) -> None:
    wide, tip = 13 * looks.nose * (0.78 if looks.child else 1), 247 if not looks.child else 246
    shade = darker(looks.skin, 0.24)
    base = [(-wide, tip - 6), (-wide * 0.75, tip), (-wide * 0.3, tip - 1), (0, tip + 2.5)]
    whole = [*base, *[(-x, y) for x, y in reversed(base[:-1])]]
    canvas.stroke(curve([(MIDDLE + x, y) for x, y in whole], closed=False), shade, 2.1)
    for side in (-1, 1):
        canvas.ellipse(
            (MIDDLE + side * wide * 0.48, tip - 0.6), (2.6, 1.5), darker(looks.skin, 0.42)
        )
    bridge = [(MIDDLE - 7, eye_line(looks) + 6), (MIDDLE - 8, 216), (MIDDLE - 7, 230)]
    canvas.stroke(curve(bridge, closed=False), darker(looks.skin, 0.09), 2.0)


def _mouth(canvas: Canvas, looks: Looks) -> None:
    y = 274 if looks.child else 279
    wide, up = 25 * looks.mouth * (0.8 if looks.child else 1), looks.smile
    full = 1.0 if looks.female else 0.72
    full *= 0.75 if looks.age >= OLD else 1
    share = 0.15 if looks.female and not looks.child else 0.42
    lips = mixed(looks.lips, looks.skin, share)
    line = [
        (-wide, y - up),
        (-wide * 0.5, y + 0.6),
        (0, y + 1.4),
        (wide * 0.5, y + 0.6),
        (wide, y - up),
    ]
    upper = [
        (wide * 0.5, y - 5 * full),
        (5, y - 6.5 * full),
        (0, y - 5 * full),
        (-5, y - 6.5 * full),
        (-wide * 0.5, y - 5 * full),
    ]
    lower = [(wide * 0.55, y + 6.5 * full), (0, y + 9.5 * full), (-wide * 0.55, y + 6.5 * full)]
    canvas.fill([(MIDDLE + a, b) for a, b in curve([*line, *upper])], darker(lips, 0.08))
    canvas.fill([(MIDDLE + a, b) for a, b in curve([*line, *lower])], lips)
    canvas.glow((MIDDLE, y + 5 * full), (12, 4), lighter(lips, 0.5), 0.5)
    seam = curve([(MIDDLE + a, b) for a, b in line], closed=False)
    canvas.stroke(seam, darker(lips, 0.48), 1.8)
    canvas.glow((MIDDLE, y + 17 * full + 3), (24, 8), darker(looks.skin, 0.12), 0.5)


def _age_lines(canvas: Canvas, looks: Looks) -> None:
    if looks.age < GROWN - 8:
        return
    depth = 0.13 if looks.age < GROWN + 4 else (0.18 if looks.age < OLD + 4 else 0.24)
    tone = darker(looks.skin, depth)
    for side in (-1, 1):
        fold = [(MIDDLE + side * a, b) for a, b in ((21, 241), (30, 256), (34, 272))]
        canvas.stroke(curve(fold, closed=False), tone, 1.7)
        bag = [(MIDDLE + side * a, eye_line(looks) + b) for a, b in ((26, 13), (38, 17), (51, 12))]
        canvas.stroke(curve(bag, closed=False), tone, 1.4)
        if looks.age >= OLD:
            for spread in (-4, 2, 8):
                corner = (MIDDLE + side * 60, eye_line(looks) + spread * 0.4)
                canvas.stroke([corner, (MIDDLE + side * 69, eye_line(looks) + spread)], tone, 1.2)
    if looks.age >= OLD:
        for y in (116, 128, 140):
            row = [(MIDDLE - 36, y + 2), (MIDDLE, y - 1), (MIDDLE + 36, y + 2)]
            canvas.stroke(curve(row, closed=False), darker(looks.skin, 0.12), 1.4)


def _beard(canvas: Canvas, looks: Looks) -> None:
    tone = mixed(looks.skin, looks.hair, 0.34)
    if looks.beard == "stubble":
        canvas.glow((MIDDLE, 294), (80, 50), tone, 0.4)
        canvas.glow((MIDDLE, 265), (44, 16), tone, 0.28)
    elif looks.beard == "lip":
        half = [(0, 262), (14, 259), (28, 269), (20, 271), (0, 268)]
        canvas.fill(curve(both_sides(half)), mixed(looks.hair, looks.skin, 0.22))


def draw_glasses(canvas: Canvas, looks: Looks) -> None:
    """Draw the glasses, if any are worn."""
    if not looks.glasses:
        return
    y, half = eye_line(looks) + 3, half_width(looks)
    frame: Colour = {"round": (96, 70, 52), "square": (40, 40, 48), "half": (60, 60, 70)}.get(
        looks.glasses, (132, 124, 116)
    )
    wide, high = (27, 25) if looks.glasses == "round" else (31, 20)
    thick = 2.2 if looks.glasses in ("thin", "half") else 3.4
    for side in (-1, 1):
        x = MIDDLE + side * (40 + looks.eye_gap)
        rim = curve(_rim(x, y, wide, high, square=looks.glasses in ("square", "half")))
        top = len(rim) // 2
        canvas.stroke(
            [*rim, rim[0]] if looks.glasses != "half" else [*rim[:top], rim[top]], frame, thick
        )
        canvas.stroke([(x + side * wide, y - 5), (MIDDLE + side * (half + 3), y - 8)], frame, thick)
    bridge = [
        (MIDDLE - 40 + wide - looks.eye_gap, y - 4),
        (MIDDLE, y - 9),
        (MIDDLE + 40 - wide + looks.eye_gap, y - 4),
    ]
    canvas.stroke(curve(bridge, closed=False), frame, thick)


def _rim(x: float, y: float, wide: float, high: float, *, square: bool) -> Shape:
    corner = 0.88 if square else 0.72
    spots = ((-1, 0), (-corner, -corner), (0, -1), (corner, -corner))
    upper = [(x + across * wide, y + down * high) for across, down in spots]
    return [*upper, *[(2 * x - across, 2 * y - down) for across, down in upper]]
