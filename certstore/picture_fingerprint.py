"""A fingerprint of a picture, to find the same picture again: exact, and after being saved anew.

The perceptual hash has 64 bits: the signs, against their median, of the lowest frequencies of
the middle of the picture (a discrete cosine transform). It survives saving anew, scaling,
and a change of light or contrast; it does not survive cutting, turning or moving by more than
a hundredth. It knows nothing of faces: two pictures of one person differ.
"""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

Small = NDArray[np.float32]
BITS, BANDS = 64, 4
_BAND_BITS = BITS // BANDS
_LARGEST = 8_000_000  # bytes
_MOST_PIXELS = 4_000_000
_MIDDLE = (0.15, 0.10, 0.85, 0.80)  # left, top, right, bottom, as shares: head without ground
_SIDE = 32  # of the square whose frequencies are taken
_LOWEST = slice(1, 9)
_SMALL = (36, 44)  # width and height of the picture that likeness is measured on
_FREQUENCIES = np.cos(
    np.pi * np.arange(_SIDE)[:, None] * (2 * np.arange(_SIDE)[None, :] + 1) / (2 * _SIDE)
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The SHA-256 of the bytes, and the perceptual hash; None where they are no picture."""

    sha256: str
    bits: int | None  # 0 to 2**64 - 1


def fingerprint(jpeg: bytes) -> Fingerprint:
    """The fingerprint of a JPEG; never raises, whatever the bytes are."""
    picture = _grey(jpeg)
    return Fingerprint(
        hashlib.sha256(jpeg).hexdigest(), None if picture is None else _hash(picture)
    )


def small_picture(jpeg: bytes) -> Small | None:
    """The picture in grey, 44 × 36, without its light and contrast; None if it is no picture."""
    picture = _grey(jpeg)
    if picture is None:
        return None
    small = np.asarray(picture.resize(_SMALL, Image.Resampling.BOX), dtype=np.float32)
    spread = float(small.std())
    even: Small = (small - small.mean()) / (spread or 1.0)
    return even


def difference(one: Small, other: Small) -> float:
    """How far two small pictures differ, as a mean over pixels: 0 the same, about 1 unrelated."""
    return float(np.abs(one - other).mean())


def distance(one: int, other: int) -> int:
    """How many of 64 bits differ (Hamming)."""
    return (one ^ other).bit_count()


def bands(bits: int) -> tuple[int, int, int, int]:
    """Four numbers of 16 bits; each takes every fourth bit, so that each has fine and coarse."""
    return tuple(  # type: ignore[return-value]  # BANDS is 4
        sum(((bits >> (BANDS * n + band)) & 1) << n for n in range(_BAND_BITS))
        for band in range(BANDS)
    )


def from_bands(four: tuple[int, int, int, int]) -> int:
    """The hash that these bands are of."""
    return sum(
        ((four[band] >> n) & 1) << (BANDS * n + band)
        for band in range(BANDS)
        for n in range(_BAND_BITS)
    )


def near_bands(band: int) -> tuple[int, ...]:
    """A band and those that differ from it in one bit.

    Hashes at most 7 bits apart share, in at least one of four bands, all bits or all but one.
    """
    return (band, *(band ^ (1 << n) for n in range(_BAND_BITS)))


def _grey(jpeg: bytes) -> Image.Image | None:
    """The picture in grey, decoded no larger than is needed."""
    if len(jpeg) > _LARGEST:
        return None
    try:
        # Not Image.open: it also looks for further pictures in the file, and warns of its own.
        with JpegImageFile(io.BytesIO(jpeg)) as image:
            if image.size[0] * image.size[1] > _MOST_PIXELS:
                return None
            image.draft("L", (256, 256))
            return image.convert("L")
    except (OSError, ValueError, SyntaxError, Warning):  # tests turn warnings into errors
        return None


def _hash(picture: Image.Image) -> int:
    width, height = picture.size
    left, top, right, bottom = _MIDDLE
    box = (width * left, height * top, width * right, height * bottom)
    square = picture.resize((_SIDE, _SIDE), Image.Resampling.BOX, box=box)
    pixels = np.asarray(square, dtype=np.float64)
    lowest = (_FREQUENCIES @ pixels @ _FREQUENCIES.T)[_LOWEST, _LOWEST].ravel()
    return sum(1 << n for n, above in enumerate(lowest > np.median(lowest)) if above)
