"""What is put on or beside a face for `certstore bench photos`: glasses, masks, hats, others."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from certstore.service.bench_faces import Sitter

Point = tuple[float, float]
_BELOW = 0.55  # where skin is sampled: so far below an eye, over their distance


def sunglasses(sitter: Sitter, darkness: float) -> Image.Image:
    """Glasses with lenses so dark."""
    picture, (across, down, apart) = sitter.picture, _eyes(sitter)
    lenses = Image.new("L", picture.size, 0)
    brush = ImageDraw.Draw(lenses)
    for side in (-1, 1):
        x = across + side * apart / 2
        wide, high = apart * 0.42, apart * 0.32
        box = (x - wide, down - high * 0.8, x + wide, down + high * 1.2)
        brush.rounded_rectangle(box, radius=high * 0.6, fill=round(255 * darkness))
    brush.line((across - apart * 0.2, down, across + apart * 0.2, down), fill=255, width=5)
    return _painted(picture, lenses, (18, 18, 22))


def masked(sitter: Sitter, lightness: float) -> Image.Image:
    """A mask over nose, mouth and chin, from black to white."""
    picture, (across, down, apart) = sitter.picture, _eyes(sitter)
    grey = round(30 + 205 * lightness)
    outline = [(-1.0, 0.45), (0.0, 0.28), (1.0, 0.45), (0.92, 1.15), (0.5, 1.62), (0.0, 1.75)]
    outline += [(-0.5, 1.62), (-0.92, 1.15)]
    shape = [(across + x * apart, down + y * apart) for x, y in outline]
    return _painted(
        picture, _mask(picture, shape), (grey, min(grey + 12, 255), min(grey + 20, 255))
    )


def hat(sitter: Sitter, _: float) -> Image.Image:
    """A cap down to the brows."""
    picture, (across, down, apart) = sitter.picture, _eyes(sitter)
    outline = [(-1.45, -0.5), (-1.35, -1.3), (-0.7, -1.95), (0.7, -1.95), (1.35, -1.3)]
    outline += [(1.45, -0.5), (0.0, -0.62)]
    shape = [(across + x * apart, max(down + y * apart, 8)) for x, y in outline]
    return _painted(picture, _mask(picture, shape), (44, 62, 96))


def eyes_shut(sitter: Sitter, _: float) -> Image.Image:
    """Both eyes closed."""
    picture, (_across, _down, apart) = sitter.picture, _eyes(sitter)
    brush = ImageDraw.Draw(picture)
    skin = _skin(sitter)
    for x, y in (sitter.left_eye, sitter.right_eye):
        wide, high = apart * 0.28, apart * 0.15
        brush.ellipse((x - wide, y - high, x + wide, y + high), fill=skin)
        dark = tuple(c // 3 for c in skin)
        brush.arc((x - wide, y - high, x + wide, y + high), 20, 160, fill=dark, width=3)
    return picture


def red_eyes(sitter: Sitter, _: float) -> Image.Image:
    """A flash that shone back."""
    picture, (_across, _down, apart) = sitter.picture, _eyes(sitter)
    pupils = Image.new("L", picture.size, 0)
    brush = ImageDraw.Draw(pupils)
    for x, y in (sitter.left_eye, sitter.right_eye):
        size = apart * 0.06
        brush.ellipse((x - size, y - size, x + size, y + size), fill=230)
    return _painted(picture, pupils, (214, 30, 24))


def hair_over_eye(sitter: Sitter, _: float) -> Image.Image:
    """A strand over one eye."""
    picture, (across, down, apart) = sitter.picture, _eyes(sitter)
    outline = [(-0.95, -1.1), (-0.1, -1.1), (-0.2, -0.2), (-0.42, 0.5), (-0.85, 0.75)]
    shape = [(across + x * apart, down + y * apart) for x, y in outline]
    return _painted(picture, _mask(picture, shape), (40, 34, 36))


def two_faces(sitter: Sitter, size: float) -> Image.Image:
    """Somebody else looks over the shoulder, at so much of the size."""
    picture = sitter.picture
    other = picture.crop((60, 0, 298, 340)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    other = other.resize((round(238 * size), round(340 * size)), Image.Resampling.LANCZOS)
    ground = np.asarray(other).min(axis=2) >= 245  # noqa: PLR2004 - white
    picture.paste(other, (358 - other.width, 0), Image.fromarray((~ground).astype(np.uint8) * 255))
    return picture


def no_face(sitter: Sitter, kind: float) -> Image.Image:
    """The face painted over (0), or a vase instead of a person (1)."""
    picture, (across, down, apart) = sitter.picture, _eyes(sitter)
    if not kind:
        brush = ImageDraw.Draw(picture)
        box = (across - apart, down - apart * 0.6, across + apart, down + apart * 1.7)
        brush.ellipse(box, fill=_skin(sitter))
        return picture
    picture = Image.new("RGB", picture.size, (255, 255, 255))
    brush = ImageDraw.Draw(picture)
    brush.ellipse((90, 120, 268, 400), fill=(196, 150, 120))
    brush.rectangle((140, 20, 218, 180), fill=(176, 130, 104))
    brush.rectangle((60, 380, 298, 441), fill=(90, 70, 60))
    return picture.filter(ImageFilter.GaussianBlur(0.6))


def framed(sitter: Sitter, pixels: float) -> Image.Image:
    """A dark frame around the picture."""
    picture = sitter.picture
    brush = ImageDraw.Draw(picture)
    for n in range(int(pixels)):
        brush.rectangle((n, n, picture.width - 1 - n, picture.height - 1 - n), outline=(40, 40, 40))
    return picture


def _eyes(sitter: Sitter) -> tuple[float, float, float]:
    """The middle between the eyes, and how far apart they are."""
    (ax, ay), (bx, by) = sitter.left_eye, sitter.right_eye
    return (ax + bx) / 2, (ay + by) / 2, bx - ax


def _skin(sitter: Sitter) -> tuple[int, int, int]:
    across, down, apart = _eyes(sitter)
    x, y = round(across + apart * 0.5), round(down + apart * _BELOW)
    spot = sitter.pixels[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3)
    red, green, blue = (int(v) for v in np.median(spot, axis=0))
    return red, green, blue


def _mask(picture: Image.Image, shape: Sequence[Point]) -> Image.Image:
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).polygon(list(shape), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(1.2))


def _painted(picture: Image.Image, mask: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    picture.paste(Image.new("RGB", picture.size, colour), mask=mask)
    return picture
