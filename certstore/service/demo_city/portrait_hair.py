"""Hair of a drawn portrait: what falls behind the neck, and what frames the face.

The styles are data (`portrait_hair.toml`).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from certstore.service.demo_city.dice import Dice
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
    mirrored,
)
from certstore.service.demo_city.portrait_face import half_width
from certstore.service.demo_city.portrait_looks import Looks

_TOP = 14.0  # GA/T 461 wants 7 to 21 pixels above the hair
_PIGTAIL = [(88, 226), (112, 236), (128, 280), (122, 336), (104, 358), (92, 320), (86, 270)]
_OVER_EAR = [(1, -6, 106), (1, 7, 118), (1, 10, 156), (1, 5, 200), (1, -1, 196), (1, -5, 152)]
Spot = Sequence[float]  # times half the width of the face, pixels, height


@dataclass(frozen=True, slots=True, kw_only=True)
class HairStyle:
    """A style, as the file describes it."""

    line: Sequence[Spot]
    crown: Sequence[Spot] = ()
    down_to: float = 0
    fullness: float = 1
    top: float = _TOP
    mirrored: bool = False
    turns: bool = False
    short: bool = False
    over_ears: bool = False
    behind: Sequence[Sequence[float]] = ()
    locks: float = 0


@cache
def hair_styles() -> dict[str, HairStyle]:
    """Read `portrait_hair.toml`, once."""
    folder = resources.files("certstore.service.demo_city")
    tables = tomllib.loads(folder.joinpath("portrait_hair.toml").read_text("utf-8"))
    return {name: HairStyle(**table) for name, table in tables.items()}


def covers_ears(looks: Looks) -> bool:
    """Whether the hair lies over the ears."""
    style = hair_styles()[looks.style]
    return style.over_ears or style.locks > 0


def draw_hair_behind(canvas: Canvas, looks: Looks) -> None:
    """Draw what lies behind the neck; it is in shadow, so a little darker."""
    behind = hair_styles()[looks.style].behind
    if behind:
        canvas.fill(curve(both_sides([(x, y) for x, y in behind])), darker(looks.hair, 0.22))
    elif looks.style == "pigtails":
        tail = curve([(MIDDLE + x, y) for x, y in _PIGTAIL])
        canvas.fill(tail, looks.hair)
        canvas.fill(mirrored(tail), looks.hair)


def draw_hair(canvas: Canvas, looks: Looks, dice: Dice) -> None:
    """Draw the hair in front, with strands of light in it."""
    style = hair_styles()[looks.style]
    if not style.line:  # none on top: only over the ears
        over_ear = curve(_placed(_OVER_EAR, looks))
        canvas.fill(over_ear, looks.hair)
        canvas.fill(mirrored(over_ear), looks.hair)
        return
    shape = _front(looks, style)
    canvas.fill(shape, looks.hair)
    _strands(canvas, looks, shape, dice)
    if style.locks:
        _side_locks(canvas, looks, style.locks, dice)
    if looks.style == "pigtails":
        for side in (-1, 1):
            canvas.ellipse((MIDDLE + side * (half_width(looks) + 8), 230), (8, 8), _tie(looks))
    elif looks.style == "braids":
        _braids(canvas, looks)


def _placed(spots: Sequence[Spot], looks: Looks) -> Shape:
    half = half_width(looks)
    return [(MIDDLE + times * half + pixels, height) for times, pixels, height in spots]


def _front(looks: Looks, style: HairStyle) -> Shape:
    """The hair seen from in front: its outside from left to right, its hairline back again."""
    crown = _placed(style.crown, looks) if style.crown else _cap(looks, style)
    line = _placed(style.line, looks)
    if style.mirrored:
        onward = line[:-1] if line[-1][0] == MIDDLE else line
        line = [*line, *reversed(mirrored(onward))]
    if style.turns and looks.parting < 0:
        line = list(reversed(mirrored(line)))
        crown = list(reversed(mirrored(crown)))
    return [*curve(crown, closed=False), *curve(line, closed=False)]


def _cap(looks: Looks, style: HairStyle) -> list[Point]:
    half, full = half_width(looks), style.fullness
    out = half + 13 * full
    right = [
        (46, style.top + 9),
        (out * 0.82, 58),
        (out * 0.99, 110),
        (out, 160),
        (half + 6 * full, style.down_to),
    ]
    left = [(-x, y) for x, y in reversed(right)]
    return [(MIDDLE + x, y) for x, y in (*left, (0, style.top), *right)]


def _strands(canvas: Canvas, looks: Looks, shape: Shape, dice: Dice) -> None:
    """Lines of light and shade that follow the head, clipped to the hair."""
    strands = Canvas()
    short = hair_styles()[looks.style].short
    for n in range(26):
        lean = -78 + 6.2 * n + dice.part(-3, 3)
        light = lighter(looks.hair, dice.part(0.05, 0.16))
        tone = light if dice.chance(60) else darker(looks.hair, 0.3)
        root = (MIDDLE + looks.parting * 18 + lean * 0.25, _TOP - 6)
        middle = (MIDDLE + lean * 1.05, 70 + abs(lean) * 0.35)
        end = (MIDDLE + lean * 1.42, (130 if short else 190) + dice.part(-10, 30))
        strands.stroke(curve([root, middle, end], closed=False), tone, dice.part(0.8, 2.2))
    canvas.inside(shape, strands)
    if not short:
        gleam = (MIDDLE - looks.parting * 34, 58)
        canvas.glow(gleam, (46, 26), lighter(looks.hair, 0.35), 0.35)


def _side_locks(canvas: Canvas, looks: Looks, bottom: float, dice: Dice) -> None:
    """Hair that falls beside the face, in front of the ears and the shoulders."""
    half = half_width(looks)
    lock = [(-4, 150), (12, 156), (18, 230), (24, bottom - 30), (14, bottom), (2, bottom - 8)]
    inner = [(4, 280), (-1, 214)]
    right = curve([(MIDDLE + half + x, y) for x, y in (*lock, *inner)])
    for side, points in ((1, right), (-1, mirrored(right))):
        canvas.fill(points, looks.hair)
        strands = Canvas()
        for n in range(5):
            x = half + 2 + 4.4 * n
            line = [(x, 150), (x + 2, 240), (x + dice.part(0, 6), bottom)]
            tone = lighter(looks.hair, 0.1) if n % 2 else darker(looks.hair, 0.28)
            placed = [(MIDDLE + side * across, y) for across, y in line]
            strands.stroke(curve(placed, closed=False), tone, 1.3)
        canvas.inside(points, strands)


def _braids(canvas: Canvas, looks: Looks) -> None:
    """A braid over each shoulder."""
    for side in (-1, 1):
        start = half_width(looks) + 4
        for n in range(7):
            x, y = MIDDLE + side * (start + 2 * (n % 2) + n), 232 + 18 * n
            canvas.ellipse((x, y), (13 - n * 0.7, 12), looks.hair)
            canvas.stroke([(x - 7, y + 7), (x + 7, y + 3)], darker(looks.hair, 0.4), 1.4)
        canvas.ellipse((MIDDLE + side * (start + 8), 352), (7, 6), _tie(looks))


def _tie(looks: Looks) -> Colour:
    return (214, 84, 96) if looks.parting > 0 else (236, 178, 72)
