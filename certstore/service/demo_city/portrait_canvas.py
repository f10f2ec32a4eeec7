"""A canvas for drawn portraits: smooth shapes, drawn large and reduced, on pure white."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 358, 441  # GA/T 461
MIDDLE = WIDTH / 2
_SCALE = 3  # drawn three times as large, so that edges come out smooth
_STEPS = 10
Colour = tuple[int, int, int]
Point = tuple[float, float]
Shape = list[Point]


def curve(points: Sequence[Point], *, closed: bool = True) -> Shape:
    """A smooth line through the points (Catmull-Rom)."""
    found: Shape = []
    count = len(points)
    for n in range(count if closed else count - 1):
        before, here, there, after = (_at(points, n + k, closed=closed) for k in (-1, 0, 1, 2))
        for step in range(_STEPS):
            found.append(_between(before, here, there, after, step / _STEPS))
    return found if closed else [*found, points[-1]]


def _at(points: Sequence[Point], index: int, *, closed: bool) -> Point:
    if closed:
        return points[index % len(points)]
    return points[min(max(index, 0), len(points) - 1)]


def _between(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    def along(p: float, q: float, r: float, s: float) -> float:
        return 0.5 * (
            2 * q
            + (r - p) * t
            + (2 * p - 5 * q + 4 * r - s) * t**2
            + (3 * q - p - 3 * r + s) * t**3
        )

    return along(a[0], b[0], c[0], d[0]), along(a[1], b[1], c[1], d[1])


def both_sides(right: Iterable[Point]) -> Shape:
    """A shape given by its right half, from top to bottom as offsets from the middle line."""
    half = list(right)
    left = [(MIDDLE - x, y) for x, y in reversed(half) if x > 0]
    return [(MIDDLE + x, y) for x, y in half] + left


def mirrored(points: Iterable[Point]) -> Shape:
    """The same shape on the other side."""
    return [(2 * MIDDLE - x, y) for x, y in points]


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two: `share` of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float) -> Colour:
    """A deeper tone of a colour, a little warmer, as shadows on skin and cloth are."""
    return mixed(colour, (38, 16, 18), share)


def lighter(colour: Colour, share: float) -> Colour:
    """A lighter tone of a colour."""
    return mixed(colour, (255, 250, 244), share)


class Canvas:
    """Draws filled shapes and strokes; coordinates are pixels of the finished picture."""

    def __init__(self) -> None:
        """Begin with an empty picture."""
        size = (WIDTH * _SCALE, HEIGHT * _SCALE)
        self.picture = Image.new("RGB", size, (255, 255, 255))
        self.drawn = Image.new("L", size, 0)
        self._brush = ImageDraw.Draw(self.picture)
        self._mark = ImageDraw.Draw(self.drawn)

    def fill(self, shape: Sequence[Point], colour: Colour) -> None:
        """Fill a shape."""
        points = _scaled(shape)
        self._brush.polygon(points, fill=colour)
        self._mark.polygon(points, fill=255)

    def ellipse(self, centre: Point, radii: Point, colour: Colour) -> None:
        """Fill an ellipse."""
        (x, y), (across, down) = centre, radii
        box = _scaled([(x - across, y - down), (x + across, y + down)])
        self._brush.ellipse(box, fill=colour)
        self._mark.ellipse(box, fill=255)

    def stroke(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line with round ends."""
        scaled = _scaled(points)
        thick = max(round(width * _SCALE), 1)
        self._brush.line(scaled, fill=colour, width=thick, joint="curve")
        self._mark.line(scaled, fill=255, width=thick, joint="curve")
        for x, y in (points[0], points[-1]):
            self.ellipse((x, y), (width / 2, width / 2), colour)

    def inside(self, shape: Sequence[Point], other: "Canvas") -> None:
        """Take over what was drawn on another canvas, as far as it lies inside a shape."""
        mask = Image.new("L", self.picture.size, 0)
        ImageDraw.Draw(mask).polygon(_scaled(shape), fill=255)
        mask = Image.composite(other.drawn, Image.new("L", mask.size, 0), mask)
        self.picture.paste(other.picture, mask=mask)

    def glow(self, centre: Point, radii: Point, colour: Colour, share: float) -> None:
        """Tint a soft spot, such as a cheek, leaving its edge invisible."""
        (x, y), (across, down) = centre, radii
        box = _scaled([(x - across, y - down), (x + across, y + down)])
        left, top, right, bottom = (round(v) for v in (*box[0], *box[1]))
        size = (right - left, bottom - top)
        mask = Image.new("L", size, 0)
        inner = (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4)
        ImageDraw.Draw(mask).ellipse(inner, fill=round(255 * share))
        mask = mask.filter(ImageFilter.GaussianBlur(min(size) / 8))
        self.picture.paste(Image.new("RGB", size, colour), (left, top), mask)

    def finished(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The picture reduced to its size, and how much of each pixel is drawn (0 to 1)."""
        small = self.picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        drawn = self.drawn.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        return (
            np.asarray(small, dtype=np.float32),
            np.asarray(drawn, dtype=np.float32) / 255.0,
        )


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]
