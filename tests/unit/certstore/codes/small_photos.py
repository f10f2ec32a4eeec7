"""Small pictures as printed codes carry them, and some that they may not."""

import io

from PIL import Image


def webp(size=(72, 90), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#88aacc").save(out, "WEBP", **{"quality": 10, **options})
    return out.getvalue()


def animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


def other(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


SMALL = webp()
