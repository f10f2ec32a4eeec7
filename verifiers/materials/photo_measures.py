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
_EDGE = 0.012  # of the height: the strip above the hair
_SIDE = 0.07  # of the width: left and right of the head
_ABOVE_SHOULDERS = 0.45  # of the height
_BURNT = 252
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
    return PhotoMeasures(
        white_share=_background_share(white),
        blur=_blur(luma),
        face_luma=float(face.mean()),
        burnt_share=float((face >= _BURNT).mean()),
        contrast=float(high - low),
        side_light=abs(left - right) / max((left + right) / 2, 1.0),
        colour=float(_middle(spread).mean()),
    )


def _extremes(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """The darkest and the lightest channel of each pixel (min and max over axis 2, only faster)."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return (
        np.minimum(np.minimum(red, green), blue),
        np.maximum(np.maximum(red, green), blue),
    )


def _background_share(white: NDArray[np.bool_]) -> float:
    """How much of the strips that must be background is white; the worst strip counts."""
    height, width = white.shape
    side, down = max(round(width * _SIDE), 1), max(round(height * _ABOVE_SHOULDERS), 1)
    strips = (white[: max(round(height * _EDGE), 1)], white[:down, :side], white[:down, -side:])
    return min(float(strip.mean()) for strip in strips)


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
