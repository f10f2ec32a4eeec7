"""Ways to spoil a portrait for `certstore bench photos`: what light, lens and framing do to it.

Each takes a sitter and a strength and gives pixels; the same give the same.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from certstore.service.bench_faces import Sitter

Spoiler = Callable[[Sitter, float], Image.Image]
_WHITE = (255, 255, 255)
_GREY = (168, 150, 140)


def blurred(sitter: Sitter, pixels: float) -> Image.Image:
    """Out of focus."""
    return sitter.picture.filter(ImageFilter.GaussianBlur(pixels))


def shaken(sitter: Sitter, pixels: float) -> Image.Image:
    """The camera moved sideways while it took the picture."""
    light = sitter.pixels.astype(np.float32)
    steps = range(-int(pixels) // 2, int(pixels) // 2 + 1)
    moved = [np.roll(light, step, axis=1) for step in steps]
    return _picture(np.mean(moved, axis=0))


def exposed(sitter: Sitter, factor: float) -> Image.Image:
    """Darker or brighter, the background with it."""
    return ImageEnhance.Brightness(sitter.picture).enhance(factor)


def person_exposed(sitter: Sitter, factor: float) -> Image.Image:
    """The person darker or brighter before a background that stays white."""
    return _on_white(sitter, exposed(sitter, factor))


def flat(sitter: Sitter, share: float) -> Image.Image:
    """The person with so much of the contrast left."""
    grey = Image.new("RGB", sitter.picture.size, _GREY)
    return _on_white(sitter, Image.blend(grey, sitter.picture, share))


def side_lit(sitter: Sitter, share: float) -> Image.Image:
    """One side of the person in shadow."""
    fall = np.linspace(1.0, 1.0 - share, sitter.pixels.shape[1], dtype=np.float32)
    return _on_white(sitter, _picture(sitter.pixels * fall[None, :, None]))


def before_colour(sitter: Sitter, depth: float) -> Image.Image:
    """Before a wall of light blue, so much deeper than white."""
    pixels = sitter.pixels.copy()
    pixels[sitter.ground] = [round(255 - depth * part) for part in (1.0, 0.55, 0.1)]
    return Image.fromarray(pixels)


def with_shadow(sitter: Sitter, depth: float) -> Image.Image:
    """The person's shadow on the wall behind, to one side and soft."""
    ground = sitter.ground
    person = Image.fromarray((~ground).astype(np.uint8) * 255)
    cast = Image.new("L", person.size, 0)
    cast.paste(person, (34, 8))
    soft = np.asarray(cast.filter(ImageFilter.GaussianBlur(9)), dtype=np.float32) / 255.0
    shade = 1.0 - depth * soft
    return _picture(np.where(ground[..., None], 255.0 * shade[..., None], sitter.pixels))


def zoomed(sitter: Sitter, factor: float) -> Image.Image:
    """The head larger or smaller, its middle where it was."""
    x, y = _middle(sitter)
    return _placed(sitter, (1 / factor, 0.0, x - x / factor, 0.0, 1 / factor, y - y / factor))


def moved_aside(sitter: Sitter, pixels: float) -> Image.Image:
    """Off centre."""
    return _placed(sitter, (1.0, 0.0, -pixels, 0.0, 1.0, 0.0))


def moved_up(sitter: Sitter, pixels: float) -> Image.Image:
    """The hair cut off by the upper edge; below, the clothes go on."""
    moved = sitter.pixels.copy()
    step = int(pixels)
    moved[:-step] = sitter.pixels[step:]
    moved[-step:] = sitter.pixels[-1:]
    return Image.fromarray(moved)


def moved_down(sitter: Sitter, pixels: float) -> Image.Image:
    """The head too low."""
    return _placed(sitter, (1.0, 0.0, 0.0, 0.0, 1.0, -pixels))


def rolled(sitter: Sitter, degrees: float) -> Image.Image:
    """The head leaning to one side."""
    bicubic = Image.Resampling.BICUBIC
    return sitter.picture.rotate(degrees, bicubic, center=_middle(sitter), fillcolor=_WHITE)


def turned(sitter: Sitter, share: float) -> Image.Image:
    """As if the head were turned: the far side of the face narrower, the near one wider."""
    width = sitter.pixels.shape[1]
    at = np.arange(width, dtype=np.float32) / (width - 1) * 2 - 1
    from_where = at + share * (1 - at**2)
    columns = np.clip(((from_where + 1) / 2 * (width - 1)).round(), 0, width - 1).astype(np.intp)
    return Image.fromarray(sitter.pixels[:, columns])


def mirrored(sitter: Sitter, _: float) -> Image.Image:
    """Left and right exchanged, as some front cameras keep it."""
    return sitter.picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def retouched(sitter: Sitter, strength: float) -> Image.Image:
    """The skin smoothed as beauty filters do."""
    size = int(strength)
    smooth = sitter.picture.filter(ImageFilter.MedianFilter(size))
    sharp = np.asarray(sitter.picture, dtype=np.float32)
    edges = np.abs(sharp - np.asarray(smooth, dtype=np.float32)).max(axis=2, keepdims=True)
    return _picture(np.where(edges < 40, np.asarray(smooth, dtype=np.float32), sharp))  # noqa: PLR2004 - of 255


def moire(sitter: Sitter, depth: float) -> Image.Image:
    """Taken from a screen: its rows and columns beat with the camera's."""
    rows, columns = np.mgrid[0 : sitter.pixels.shape[0], 0 : sitter.pixels.shape[1]]
    beat = np.sin(rows * math.tau / 3.1 + columns * 0.02) + np.sin(columns * math.tau / 2.9)
    colour = np.stack([np.sin(columns * 0.11), np.sin(columns * 0.11 + 2), -beat * 0.5], axis=-1)
    light = sitter.pixels * (1 + depth * (beat[..., None] + 0.6 * colour) / 2)
    return _picture(light)


def greyed(sitter: Sitter, _: float) -> Image.Image:
    """Without colour, though kept as RGB."""
    return sitter.picture.convert("L").convert("RGB")


def tinted(sitter: Sitter, depth: float) -> Image.Image:
    """In the yellow light of a lamp."""
    cast = np.array([1.0, 1.0 - depth * 0.35, 1.0 - depth], dtype=np.float32)
    return _picture(sitter.pixels * cast)


def _middle(sitter: Sitter) -> tuple[float, float]:
    (ax, ay), (bx, by) = sitter.left_eye, sitter.right_eye
    return (ax + bx) / 2, (ay + by) / 2


def _placed(sitter: Sitter, places: tuple[float, ...]) -> Image.Image:
    size, method = sitter.picture.size, Image.Transform.AFFINE
    bicubic = Image.Resampling.BICUBIC
    return sitter.picture.transform(size, method, places, bicubic, fillcolor=_WHITE)


def _on_white(sitter: Sitter, image: Image.Image) -> Image.Image:
    pixels = np.asarray(image).copy()
    pixels[sitter.ground] = 255
    return Image.fromarray(pixels)


def _picture(light: NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))
