"""How well a picture of a paper can be read: sharpness, glare, darkness, edges of the frame.

The telephone measures the same way before anything is sent (certstore/web/static/legibility.js);
tests hold the two against each other. What is not measured: whether it is the right paper, the
whole of it, or anybody's.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifiers.materials.handed_in import Advice, Fault
from verifiers.materials.handed_in_profile import Sight

Values = NDArray[np.float32]
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_FRAME = 0.01  # of the longer side: how deep the frame is looked at
_MIDDLE = 0.14  # of each side is left out where sharpness and glare are looked for
_HALF = 128
_ENOUGH_TILES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Legibility:
    """The measures of one picture; shares from 0 to 1, luma from 0 to 255."""

    sharpness: float  # 0 where nothing is to be seen
    structured: float  # share of tiles that show something
    paper: float
    glare: float
    sides: tuple[float, float, float, float]  # share of paper along top, right, bottom, left
    ink: float
    longer_side: int  # of the picture as it came


def measure(rgb: Values, longer_side: int, sight: Sight) -> Legibility:
    """Measure a picture (height × width × 3, 0 to 255) of `sight.side` pixels.

    `longer_side` is how many pixels it had at first.
    """
    luma = rgb @ _LUMA
    sharpness, structured = _sharpness(_middle(luma), sight)
    paper = _paper(luma)
    sides, ink = _frame(rgb, luma, paper, sight)
    return Legibility(
        sharpness=sharpness,
        structured=structured,
        paper=paper,
        glare=_glare(_middle(luma), paper, sight),
        sides=sides,
        ink=ink,
        longer_side=longer_side,
    )


def judge_legibility(
    found: Legibility, sight: Sight
) -> tuple[tuple[Advice, ...], tuple[Fault, ...]]:
    """What could be better, and what makes it useless."""
    faults = []
    if found.longer_side < sight.coarse[1]:
        faults.append(Fault.SMALL)
    if found.paper < sight.dark[1]:
        faults.append(Fault.DARK)
    elif found.structured < sight.blank:
        faults.append(Fault.BLANK)
    elif found.sharpness < sight.sharp[1]:
        faults.append(Fault.UNREADABLE)
    signs = {
        Advice.BLURRED: found.sharpness < sight.sharp[0],
        Advice.GLARE: found.glare > sight.glare,
        Advice.DARK: found.paper < sight.dark[0],
        Advice.CUT: _is_cut(found, sight),
        Advice.COARSE: found.longer_side < sight.coarse[0],
    }
    return tuple(advice for advice, told in signs.items() if told), tuple(faults)


def _is_cut(found: Legibility, sight: Sight) -> bool:
    """Paper along one side and none along another, or ink that runs out of a filled frame."""
    most, least = max(found.sides), min(found.sides)
    if least < sight.side_free:
        return most > sight.side_cut
    return found.ink > sight.ink_cut


def _middle(luma: Values) -> Values:
    rows, columns = (round(n * _MIDDLE) for n in luma.shape)
    return luma[rows : luma.shape[0] - rows, columns : luma.shape[1] - columns]


def _paper(luma: Values) -> float:
    """The median of what is bright for this picture: paper, even where a part is burnt out."""
    middle = (float(luma.max()) + float(luma.min())) / 2
    return float(np.median(luma[luma >= min(middle, _HALF)]))


def _sharpness(luma: Values, sight: Sight) -> tuple[float, float]:
    """The Laplacian over the deviation, upper quartile of the tiles that show something.

    Over the deviation, so that a pale print counts as sharp as a black one; across and down
    apart and the smaller of the two, so that a shaken hand counts. Beside it the share of tiles
    that show something.
    """
    inner = luma[1:-1, 1:-1]
    tiles = _tiles(inner, sight.tile)
    deviation = tiles.std(axis=1) if tiles.size else np.zeros(0)
    shows = deviation >= sight.structured
    if int(shows.sum()) < _ENOUGH_TILES:
        return 0.0, 0.0
    across = 2 * inner - luma[1:-1, :-2] - luma[1:-1, 2:]
    down = 2 * inner - luma[:-2, 1:-1] - luma[2:, 1:-1]
    found = [
        float(np.percentile(_tiles(edges, sight.tile)[shows].std(axis=1) / deviation[shows], 75))
        for edges in (across, down)
    ]
    return min(found), float(shows.mean())


def _tiles(values: Values, tile: int) -> Values:
    """The values in squares: one row a tile, what does not fill a square left out."""
    down, across = values.shape[0] // tile, values.shape[1] // tile
    cut = values[: down * tile, : across * tile].reshape(down, tile, across, tile)
    return cut.transpose(0, 2, 1, 3).reshape(down * across, tile * tile)


def _glare(middle: Values, paper: float, sight: Sight) -> float:
    if paper >= sight.paper_white or not middle.size:
        return 0.0
    return float((middle >= sight.burnt).mean())


def _frame(
    rgb: Values, luma: Values, paper: float, sight: Sight
) -> tuple[tuple[float, float, float, float], float]:
    """How much of each side is paper, and how much of the frame is crossed by ink.

    Paper is as bright as the rest of it and has little colour, which wood and skin have.
    """
    pale = np.ptp(rgb, axis=2) <= sight.paper_colour
    deep = max(round(max(luma.shape) * _FRAME), 2)
    shares, crossed = [], []
    for lit, white in zip(_strips(luma, deep), _strips(pale, deep), strict=True):
        like = (lit.mean(axis=0) >= paper * sight.paper_share) & (white.mean(axis=0) >= 0.5)  # noqa: PLR2004 - most of the strip
        shares.append(float(like.mean()))
        steps = np.abs(np.diff(lit, axis=1)) > sight.ink_step
        crossed.append(float(steps.any(axis=0).mean()) if steps.size else 0.0)
    return (shares[0], shares[1], shares[2], shares[3]), max(crossed)


def _strips(values: NDArray[Any], deep: int) -> tuple[NDArray[Any], ...]:
    """The frame of a picture: top, right, bottom and left, each lying down."""
    return values[:deep], values[:, -deep:].T, values[-deep:], values[:, :deep].T
