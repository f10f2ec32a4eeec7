"""How often the same picture is found again, and how often another is taken for it.

On the invented city's portraits, which look alike far more than people do: what is no false
alarm among them is hardly one among photographs. Twins cannot be measured here.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import combinations

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from certstore.picture_fingerprint import difference, distance, fingerprint, small_picture
from certstore.pictures import ALIKE
from certstore.service.bench_photo_kinds import saved
from certstore.tables.pictures import NEAR

_EVERY = 8  # portrait is saved anew: forty of them tell as much as all
ANEW: Mapping[str, Callable[[Image.Image], bytes]] = {
    "saved anew": saved,
    "saved at quality 50": lambda image: saved(image, quality=50),
    "saved at quality 20": lambda image: saved(image, quality=20),
    "half the size": lambda image: saved(image.resize((179, 220))),
    "295 × 413": lambda image: saved(image.resize((295, 413))),
    "twice the size": lambda image: saved(image.resize((716, 882))),
    "darker by a fifth": lambda image: saved(ImageEnhance.Brightness(image).enhance(0.8)),
    "brighter by a tenth": lambda image: saved(ImageEnhance.Brightness(image).enhance(1.1)),
    "less contrast": lambda image: saved(ImageEnhance.Contrast(image).enhance(0.8)),
    "blurred, 2 px": lambda image: saved(image.filter(ImageFilter.GaussianBlur(2))),
    "grey": lambda image: saved(image.convert("L")),
    "cut by a hundredth": lambda image: saved(ImageOps.crop(image, 4)),
    "cut by a fortieth": lambda image: saved(ImageOps.crop(image, 10)),
    "turned by 2°": lambda image: saved(image.rotate(2, fillcolor="white")),
    "mirrored": lambda image: saved(ImageOps.mirror(image)),
}


@dataclass(frozen=True, slots=True)
class SamePicture:
    """The figures: pairs of different people, and of those near by hash and taken for the same."""

    pairs: int
    near: int
    alike: int
    nearest: float  # the smallest difference of two near ones: what ALIKE must stay below
    found: Mapping[str, tuple[int, int]]  # (found again, of)


def bench_same_picture() -> SamePicture:
    """Compare every portrait with every other, and some with themselves saved anew."""
    folder = resources.files("certstore.service.demo_city").joinpath("batches", "photos")
    files = sorted(folder.iterdir(), key=lambda entry: entry.name)
    jpegs = [entry.read_bytes() for entry in files]
    bits = [fingerprint(jpeg).bits or 0 for jpeg in jpegs]
    pairs = list(combinations(range(len(jpegs)), 2))
    near = [(a, b) for a, b in pairs if distance(bits[a], bits[b]) <= NEAR]
    away = [_apart(jpegs[a], jpegs[b]) for a, b in near]
    found = {name: _found(jpegs[::_EVERY], anew) for name, anew in ANEW.items()}
    alike = sum(apart <= ALIKE for apart in away)
    return SamePicture(len(pairs), len(near), alike, min(away, default=1.0), found)


def as_table(figures: SamePicture) -> str:
    """The figures in Markdown, as docs/photos.md has them."""
    pairs = (
        f"Pairs of different people: {figures.pairs}; near by hash (≤ {NEAR} of 64 bits): "
        f"{figures.near}; taken for the same picture: {figures.alike} "
        f"(smallest difference {figures.nearest:.3f}, bound {ALIKE})."
    )
    lines = [
        pairs,
        "",
        "| the same picture, under another name | found again |",
        "| --- | --- |",
        *(f"| {name} | {found}/{of} |" for name, (found, of) in figures.found.items()),
    ]
    return "\n".join(lines)


def _found(jpegs: list[bytes], anew: Callable[[Image.Image], bytes]) -> tuple[int, int]:
    found = 0
    for jpeg in jpegs:
        with Image.open(io.BytesIO(jpeg)) as image:
            other = anew(image.convert("RGB"))
        one, two = fingerprint(jpeg).bits, fingerprint(other).bits
        near = one is not None and two is not None and distance(one, two) <= NEAR
        found += near and _apart(jpeg, other) <= ALIKE
    return found, len(jpegs)


def _apart(one: bytes, other: bytes) -> float:
    first, second = small_picture(one), small_picture(other)
    return 1.0 if first is None or second is None else difference(first, second)
