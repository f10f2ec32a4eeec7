"""What can be measured in the pixels of an ID photo without knowing what a face is.

The places follow from GA/T 461: the head is centred and takes two thirds of the picture, so
the upper sides show background only and the middle shows the face. A picture that is not
framed so is measured in the wrong places: that is what the face level is for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verifiers.materials.photo_profile import PhotoProfile

Pixels = NDArray[np.float32]
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_SIDE = 0.07  # of the width: left and right of the head
_ABOVE_SHOULDERS = 0.45  # of the height
_BURNT = 252
_THIRD = 3
_SHADE_FROM, _SHADE_TINT = 95, 24  # darkest channel and spread of what may be ground in shadow
_NO_EDGE = 16  # of 255, over three pixels
_NOISE = 6
_FLAT = 12  # of 255: where steps are larger the picture itself has an edge
_EVEN = 1.0  # of 255: what a picture without any steps is given
_NEIGHBOURS = (
    (np.s_[1:], np.s_[:-1]),
    (np.s_[:-1], np.s_[1:]),
    (np.s_[:, 1:], np.s_[:, :-1]),
    (np.s_[:, :-1], np.s_[:, 1:]),
)
_SPECK = 0.03  # of the width: fewer dark pixels in a row are no head
_BLUR_WINDOW = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoMeasures:
    """Measures of one picture; shares from 0 to 1, luma from 0 to 255."""

    white_share: float
    blur: float
    face_luma: float
    burnt_share: float
    contrast: float
    side_light: float
    colour: float
    shadow_share: float  # of the ground: what goes over from white without an edge
    blocks: float  # steps at the edges of JPEG's blocks, over those beside them
    head_top: int | None  # rows of background above the hair
    head_off_centre: float | None  # columns, to either side; None: no silhouette to be seen


def measure(rgb: NDArray[np.uint8], profile: PhotoProfile) -> PhotoMeasures:
    """Measure a picture given as height × width × 3 bytes."""
    pixels = rgb.astype(np.float32)
    luma = pixels @ _LUMA
    darkest, lightest = _extremes(pixels)
    spread = lightest - darkest
    white = (darkest >= profile.white_from) & (spread <= profile.tint_most)
    face, person = _middle(luma), luma[~white]
    left, right = _cheeks(luma)
    low, high = np.percentile(person, (5, 95)) if person.size else (0.0, 0.0)
    white_share = _background_share(white)
    seen = white_share >= profile.white_share.tolerable
    top, off_centre = _silhouette(~white) if seen else (None, None)
    return PhotoMeasures(
        white_share=white_share,
        blur=_blur(luma),
        face_luma=float(face.mean()),
        burnt_share=float((face >= _BURNT).mean()),
        contrast=float(high - low),
        side_light=abs(left - right) / max((left + right) / 2, 1.0),
        colour=float(_middle(spread).mean()),
        shadow_share=_shadow_share(pixels, profile),
        blocks=_blocks(luma),
        head_top=top,
        head_off_centre=off_centre,
    )


def _extremes(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """The darkest and the lightest channel of each pixel (min and max over axis 2, only faster)."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return (
        np.minimum(np.minimum(red, green), blue),
        np.maximum(np.maximum(red, green), blue),
    )


def _background_share(white: NDArray[np.bool_]) -> float:
    """How much of the strips left and right of the head is white; the worse one counts.

    The strip above it is no witness: what is not white there may be hair, which is told apart.
    """
    height, width = white.shape
    side, down = max(round(width * _SIDE), 1), max(round(height * _ABOVE_SHOULDERS), 1)
    return min(float(strip.mean()) for strip in (white[:down, :side], white[:down, -side:]))


def _silhouette(person: NDArray[np.bool_]) -> tuple[int | None, float | None]:
    """Where the head begins, and how far from the middle it stands; None where nobody is.

    The head is what stands in the rows from the hair down to a third of the height below it:
    hair that falls to one side moves its middle, so the bounds must leave room for that.
    """
    height, width = person.shape
    rows = np.flatnonzero(person.sum(axis=1) >= width * _SPECK)
    if not rows.size:
        return None, None
    top = int(rows[0])
    columns = np.flatnonzero(person[top : top + height // 3].any(axis=0))
    return top, abs(float(columns[0] + columns[-1] + 1 - width) / 2)


def _shadow_share(pixels: Pixels, profile: PhotoProfile) -> float:
    """How much of the ground is not white, reached from the upper edges without crossing an edge.

    At a third of the size. Hair and skin are too dark or too coloured to be taken for ground.
    """
    small = pixels[1::_THIRD, 1::_THIRD]
    darkest, lightest = _extremes(small)
    step = np.zeros(darkest.shape, dtype=np.float32)
    step[:, 1:] = np.abs(np.diff(darkest, axis=1))
    step[1:] = np.maximum(step[1:], np.abs(np.diff(darkest, axis=0)))
    like = (darkest >= _SHADE_FROM) & (lightest - darkest <= _SHADE_TINT) & (step <= _NO_EDGE)
    found = np.zeros_like(like)
    found[0], found[: like.shape[0] // 2, [0, -1]] = True, True
    found &= like
    count = 0
    while (now := int(found.sum())) > count:
        count = now
        for there, here in _NEIGHBOURS:
            found[there] |= found[here] & like[there]
    shaded = found & (darkest < profile.white_from - _NOISE)
    return float(shaded.sum()) / max(count, 1)


def _blocks(luma: Pixels) -> float:
    """How much larger steps are at every eighth row and column than beside them."""
    return max(_blocks_along(luma), _blocks_along(luma.T))


def _blocks_along(luma: Pixels) -> float:
    steps = np.abs(np.diff(luma, axis=1))
    count = max((steps.shape[1] - 1) // 8, 0)
    before, edges, behind = (steps[:, start::8][:, :count] for start in (6, 7, 8))
    beside = np.maximum(before, behind)
    plain = (beside < _FLAT) & (beside > 0)  # not at edges of the picture, nor on even ground
    if not plain.any():
        return 1.0
    return (float(edges[plain].mean()) + _EVEN) / (
        float((before + behind)[plain].mean()) / 2 + _EVEN
    )


def _middle(picture: Pixels) -> Pixels:
    """The part in which eyes, nose, cheeks and mouth lie."""
    height, width = picture.shape[:2]
    rows = slice(round(height * 0.36), round(height * 0.66))
    return picture[rows, round(width * 0.32) : round(width * 0.68)]


def _cheeks(luma: Pixels) -> tuple[float, float]:
    """The median luma of the left and of the right cheek: a median passes over a mole."""
    height, width = luma.shape
    rows = luma[round(height * 0.50) : round(height * 0.62)]
    left = rows[:, round(width * 0.31) : round(width * 0.42)]
    right = rows[:, round(width * 0.58) : round(width * 0.69)]
    return float(np.median(left)), float(np.median(right))


def _blur(luma: Pixels) -> float:
    """How little a picture loses when it is blurred once more, from 0 (sharp) to 1 (Crete 2007).

    A sharp picture loses much of the difference between neighbours; a blurred one has little
    left to lose. It does not depend on contrast.
    """
    return max(_blur_along(luma), _blur_along(luma.T))


def _blur_along(luma: Pixels) -> float:
    blurred = _running_mean(luma, _BLUR_WINDOW)
    before = np.abs(np.diff(luma, axis=1))
    lost = np.maximum(before - np.abs(np.diff(blurred, axis=1)), 0)
    total = float(before.sum())
    return 1.0 if total == 0 else (total - float(lost.sum())) / total


def _running_mean(luma: Pixels, window: int) -> Pixels:
    half = window // 2
    padded = np.pad(luma.astype(np.float64), ((0, 0), (half + 1, half)), mode="edge")
    sums = padded.cumsum(axis=1)
    mean: Pixels = ((sums[:, window:] - sums[:, :-window]) / window).astype(np.float32)
    return mean
