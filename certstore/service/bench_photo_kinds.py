"""The list of what `certstore bench photos` does to portraits: kinds, strengths, files."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from certstore.service import bench_props as props
from certstore.service import bench_spoilers as spoil
from certstore.service.bench_faces import Sitter

_DOTS = (350, 350)
_QUALITY = 90
_ORIENTATION = 0x0112


def saved(picture: Image.Image, *, quality: int = _QUALITY, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    """A picture as a JPEG of 350 dots per inch, if nothing else is said."""
    out = io.BytesIO()
    picture.save(out, "JPEG", **{"quality": quality, "dpi": _DOTS, **options})
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of spoiling: the file it makes of a sitter, and at which strengths."""

    name: str
    spoil: Callable[[Sitter, float], bytes]
    strengths: tuple[float, ...]
    unit: str = "{:g}"


def _seen(name: str, spoiler: spoil.Spoiler, strengths: tuple[float, ...], unit: str) -> Kind:
    """A kind that changes pixels; the file around them is sound."""
    return Kind(name, lambda sitter, s: saved(spoiler(sitter, s)), strengths, unit)


def _resized(sitter: Sitter, width: float) -> bytes:
    height = {295: 413, 480: 640, 716: 882}[int(width)]
    return saved(sitter.picture.resize((int(width), height), Image.Resampling.LANCZOS))


def _with_dots(sitter: Sitter, dots: float) -> bytes:
    return saved(sitter.picture, dpi=(int(dots), int(dots)))


def _one_channel(sitter: Sitter, _: float) -> bytes:
    return saved(sitter.picture.convert("L"))


def _lying(sitter: Sitter, _: float) -> bytes:
    """Pixels lying on their side, and a note that says how to turn them."""
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    lying = sitter.picture.transpose(Image.Transpose.ROTATE_90)
    return saved(lying, exif=exif.tobytes())


def _noted(sitter: Sitter, _: float) -> bytes:
    """Upright, with a note of the camera."""
    exif = Image.Exif()
    exif[0x010F] = "camera"
    return saved(sitter.picture, exif=exif.tobytes())


def _truncated(sitter: Sitter, share: float) -> bytes:
    jpeg = saved(sitter.picture)
    return jpeg[: round(len(jpeg) * (1 - share))]


def _with_tail(sitter: Sitter, length: float) -> bytes:
    return saved(sitter.picture) + b"PK\x03\x04" + bytes(int(length))


def _compressed(sitter: Sitter, quality: float) -> bytes:
    return saved(sitter.picture, quality=int(quality))


def _twice_compressed(sitter: Sitter, quality: float) -> bytes:
    """Compressed hard, then saved well again, as messengers do."""
    with Image.open(io.BytesIO(_compressed(sitter, quality))) as poor:
        return saved(poor.convert("RGB"))


KINDS: tuple[Kind, ...] = (
    _seen("out of focus", spoil.blurred, (1, 2, 4), "{:g} px"),
    _seen("camera shaken", spoil.shaken, (4, 10, 20), "{:g} px"),
    _seen("under-exposed", spoil.exposed, (0.8, 0.5, 0.25), "× {:g}"),
    _seen("over-exposed", spoil.exposed, (1.2, 1.6, 2.2), "× {:g}"),
    _seen("person dark, ground white", spoil.person_exposed, (0.6, 0.35, 0.2), "× {:g}"),
    _seen("little contrast", spoil.flat, (0.5, 0.25, 0.1), "{:g} left"),
    _seen("light from one side", spoil.side_lit, (0.3, 0.5, 0.75), "{:g} darker"),
    _seen("yellow light", spoil.tinted, (0.08, 0.2, 0.4), "{:g}"),
    _seen("coloured background", spoil.before_colour, (12, 40, 120), "{:g} of 255"),
    _seen("shadow on the wall", spoil.with_shadow, (0.08, 0.2, 0.45), "{:g} darker"),
    _seen("head small", spoil.zoomed, (0.9, 0.8, 0.6), "× {:g}"),
    _seen("head large", spoil.zoomed, (1.1, 1.25, 1.5), "× {:g}"),
    _seen("off centre", spoil.moved_aside, (15, 35, 60), "{:g} px"),
    _seen("hair cut off", spoil.moved_up, (10, 30, 60), "{:g} px up"),
    _seen("head too low", spoil.moved_down, (15, 40, 80), "{:g} px down"),
    _seen("head leaning", spoil.rolled, (5, 10, 15, 25), "{:g}°"),
    _seen("head turned", spoil.turned, (0.1, 0.2, 0.3), "{:g}"),
    _seen("mirrored", spoil.mirrored, (0,), ""),
    _seen("sunglasses", props.sunglasses, (0.5, 0.8, 1.0), "{:g} dark"),
    _seen("mask", props.masked, (0.0, 0.5, 1.0), "{:g} light"),
    _seen("cap", props.hat, (0,), ""),
    _seen("hair over an eye", props.hair_over_eye, (0,), ""),
    _seen("eyes shut", props.eyes_shut, (0,), ""),
    _seen("red eyes", props.red_eyes, (0,), ""),
    _seen("two faces", props.two_faces, (0.35, 0.6), "× {:g}"),
    _seen("no face", props.no_face, (0, 1), "{:g}"),
    _seen("a frame around it", props.framed, (2, 8), "{:g} px"),
    _seen("taken from a screen", spoil.moire, (0.04, 0.1, 0.25), "{:g}"),
    _seen("retouched", spoil.retouched, (5, 9), "{:g} px"),
    _seen("grey, kept as colour", spoil.greyed, (0,), ""),
    Kind("grey, one channel", _one_channel, (0,), ""),
    Kind("wrong size", _resized, (295, 480, 716), "{:g} wide"),
    Kind("wrong density", _with_dots, (72, 300), "{:g} dpi"),
    Kind("lying, turned by EXIF", _lying, (0,), ""),
    Kind("EXIF of a camera", _noted, (0,), ""),
    Kind("cut short", _truncated, (0.02, 0.4), "{:g}"),
    Kind("data behind the end", _with_tail, (10, 5000), "{:g} bytes"),
    Kind("compressed hard", _compressed, (30, 12, 5), "quality {:g}"),
    Kind("compressed, saved again", _twice_compressed, (30, 12, 5), "quality {:g}"),
)
