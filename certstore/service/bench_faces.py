"""The portraits that `certstore bench photos` spoils: drawn ones, and one photograph.

Where the eyes are is known, so that glasses, masks and red eyes can be put where they belong.
"""

import io
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from certstore.errors import MalformedError
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.portrait import portrait_jpeg
from certstore.service.demo_city.portrait_canvas import MIDDLE
from certstore.service.demo_city.portrait_face import eye_line
from certstore.service.demo_city.portrait_looks import looks_of
from verifiers.materials.background import whitened
from verifiers.materials.photo_profile import PhotoProfile

# NASA, public domain; see bench_pictures/SOURCE.md.
PHOTOGRAPH = "collins.png"
PHOTOGRAPH_SHA256 = "b3f768b58dd5006e60a0d2f0a99d62667c87b3e5149a667aa7cdb35033154c59"
# Where the frame lies in it, found once with the face level: the bench is the same without.
_FRAME = (42.5, 7.3, 239.5, 250.1)
_EYES = ((141.0, 173.0), (218.0, 176.0))
_APART = 39  # pixels from the middle line to an eye of a drawn portrait
_AGES = (4, 9, 13, 17, 19, 23, 26, 28, 31, 34, 37, 41, 45, 48, 52, 57, 61, 66, 72, 81)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitter:
    """A sound portrait of 358 × 441 on white, and where its eyes are."""

    name: str
    drawn: bool
    pixels: NDArray[np.uint8]
    left_eye: tuple[float, float]
    right_eye: tuple[float, float]

    @property
    def picture(self) -> Image.Image:
        """The portrait."""
        return Image.fromarray(self.pixels)

    @property
    def ground(self) -> NDArray[np.bool_]:
        """Which pixels are white ground."""
        white: NDArray[np.bool_] = self.pixels.min(axis=2) >= 245  # noqa: PLR2004 - as the profile
        return white


def drawn_sitters(count: int) -> list[Sitter]:
    """Drawn portraits of both sexes and all ages, always the same ones."""
    found = []
    for number in range(count):
        dice = Dice(f"bench photos {number}")
        age = _AGES[number % len(_AGES)]
        looks = looks_of(female=number % 2 == 0, age=age, dice=dice)
        with Image.open(io.BytesIO(portrait_jpeg(looks, dice))) as image:
            pixels = np.asarray(image.convert("RGB"))
        apart, down = _APART + looks.eye_gap, eye_line(looks)
        left, right = (MIDDLE - apart, down), (MIDDLE + apart, down)
        name = f"drawn {number}"
        found.append(Sitter(name=name, drawn=True, pixels=pixels, left_eye=left, right_eye=right))
    return found


def photographed_sitter(profile: PhotoProfile) -> Sitter:
    """The one photograph, enlarged 1.8 times to the profile's size, its background whitened."""
    file = resources.files("certstore.service").joinpath("bench_pictures", PHOTOGRAPH)
    with Image.open(io.BytesIO(file.read_bytes())) as image:
        size = (profile.width, profile.height)
        method = Image.Transform.EXTENT
        framed = image.convert("RGB").transform(size, method, _FRAME, Image.Resampling.BICUBIC)
    pixels = whitened(np.asarray(framed))
    if pixels is None:
        raise MalformedError("the bench's photograph is another one", where=PHOTOGRAPH)
    left, right = _EYES
    return Sitter(name="photograph", drawn=False, pixels=pixels, left_eye=left, right_eye=right)
