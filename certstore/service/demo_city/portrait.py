"""Drawn portraits of invented people, in the size, format and framing of GA/T 461.

Nobody is shown: each is put together from a seed. The light on them and their grain are
honest picture content, so the photo check measures them like any other picture.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.portrait_canvas import HEIGHT, MIDDLE, WIDTH, Canvas
from certstore.service.demo_city.portrait_clothes import draw_clothes
from certstore.service.demo_city.portrait_face import (
    draw_ears,
    draw_face,
    draw_glasses,
    draw_neck,
)
from certstore.service.demo_city.portrait_hair import covers_ears, draw_hair, draw_hair_behind
from certstore.service.demo_city.portrait_looks import Looks

_QUALITY = 80
_DOTS_PER_INCH = 350
_GRAIN = 1.5  # of 255


def portrait_jpeg(looks: Looks, dice: Dice) -> bytes:
    """Draw a portrait; the same looks and dice give the same bytes."""
    canvas = Canvas()
    draw_hair_behind(canvas, looks)
    draw_neck(canvas, looks)
    draw_clothes(canvas, looks)
    if not covers_ears(looks):
        draw_ears(canvas, looks)
    draw_face(canvas, looks)
    draw_hair(canvas, looks, dice)
    draw_glasses(canvas, looks)
    picture, drawn = canvas.finished()
    return _jpeg(_lit(picture, drawn, dice))


def _lit(picture: NDArray[np.float32], drawn: NDArray[np.float32], dice: Dice) -> NDArray[np.uint8]:
    """Soft light from above and a little from one side, fine grain; the ground stays white."""
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    columns = (np.arange(WIDTH, dtype=np.float32)[None, :] - MIDDLE) / MIDDLE
    side = np.float32(dice.part(-0.025, 0.025))
    light = 1.03 - 0.07 * rows - 0.06 * columns**2 + side * columns
    lit = picture * light[..., None] + _GRAIN * dice.grain(HEIGHT, WIDTH)[..., None]
    share = drawn[..., None]
    whole = np.clip(lit * share + 255.0 * (1 - share), 0, 255)
    return np.where(share > 0, whole, np.float32(255)).round().astype(np.uint8)


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels, "RGB").save(
        out, "JPEG", quality=_QUALITY, dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH), subsampling="4:2:0"
    )
    return out.getvalue()
