"""Pictures for the photo check: one drawn portrait, and the ways it can be spoilt."""

import io
import struct
from functools import cache

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.portrait import portrait_jpeg
from certstore.service.demo_city.portrait_looks import looks_of

DOTS = (350, 350)


@cache
def portrait() -> bytes:
    """A portrait that passes."""
    dice = Dice("photo check")
    return portrait_jpeg(looks_of(female=True, age=28, dice=dice), dice)


def picture() -> Image.Image:
    """The portrait as pixels."""
    return Image.open(io.BytesIO(portrait())).convert("RGB")


def saved(image: Image.Image, *, quality: int = 80, **options: object) -> bytes:
    """A picture as a JPEG of 350 dots per inch, if nothing else is said."""
    out = io.BytesIO()
    image.save(out, "JPEG", **({"quality": quality, "dpi": DOTS} | options))  # type: ignore[arg-type]
    return out.getvalue()


def blurred(radius: float) -> bytes:
    """Out of focus."""
    return saved(picture().filter(ImageFilter.GaussianBlur(radius)))


def exposed(factor: float) -> bytes:
    """Darker or brighter; the ground is put back to white, as a studio's is."""
    return saved(_on_white(ImageEnhance.Brightness(picture()).enhance(factor)))


def flat(factor: float) -> bytes:
    """With little contrast in the person."""
    grey = Image.new("RGB", picture().size, (170, 150, 140))
    return saved(_on_white(Image.blend(grey, picture(), factor)))


def lit_from_the_side(share: float) -> bytes:
    """One side in shadow."""
    pixels = np.asarray(picture(), dtype=np.float32)
    fall = np.linspace(1.0, 1.0 - share, pixels.shape[1], dtype=np.float32)[None, :, None]
    shaded = Image.fromarray((pixels * fall).astype(np.uint8))
    return saved(_on_white(shaded))


def grainy() -> bytes:
    """With so much grain that the file becomes large."""
    pixels = np.asarray(picture(), dtype=np.float32)
    noise = 14 * Dice("grain").grain(*pixels.shape[:2])[..., None]
    noise[pixels.min(axis=2) >= 250] = 0
    return saved(Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)), quality=98)


def before_a_wall(colour: tuple[int, int, int]) -> bytes:
    """Before a background of a colour."""
    pixels = np.asarray(picture()).copy()
    pixels[pixels.min(axis=2) >= 250] = colour
    return saved(Image.fromarray(pixels))


def with_a_border() -> bytes:
    """With a dark frame of three pixels."""
    pixels = np.asarray(picture()).copy()
    for edge in (pixels[:3], pixels[-3:], pixels[:, :3], pixels[:, -3:]):
        edge[...] = 40
    return saved(Image.fromarray(pixels))


def claiming_size(width: int, height: int) -> bytes:
    """The same bytes whose frame header claims another size."""
    data = bytearray(portrait())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def with_two_frames() -> bytes:
    """A second frame header behind the first: which one a reader believes differs."""
    data = portrait()
    at = data.index(b"\xff\xc0")
    length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    huge = bytearray(data[at : at + length])
    huge[5:9] = struct.pack(">HH", 30000, 30000)
    return data[:at] + bytes(huge) + data[at:]


def _on_white(image: Image.Image) -> Image.Image:
    pixels = np.asarray(image).copy()
    pixels[np.asarray(picture()).min(axis=2) >= 250] = 255
    return Image.fromarray(pixels)
