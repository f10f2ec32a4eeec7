"""Photographs of codes, simulated: what a telephone's camera makes of a print or a screen.

A flat original is seen at an angle (a homography), sampled by a sensor whose pixels integrate
(nine samples a pixel), and then suffers: focus, light, contrast, a screen's grid, noise, JPEG.
"""

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Grey = npt.NDArray[np.float32]  # 0 black to 255 white, rows first
Quad = npt.NDArray[np.float64]  # four corners as (x, y), clockwise from the symbol's own top left
_SAMPLES: Final = 3  # a side of each sensor pixel
_MARGIN: Final = 0.35  # of the symbol's side, on each side of it in the frame


@dataclass(frozen=True, slots=True)
class Original:
    """A flat picture with one symbol: its text, where it lies, how many modules a side has."""

    name: str
    picture: Image.Image
    corners: Quad
    modules: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """How a photograph is taken. Every default is a camera that does no harm.

    `module` is in pixels and counts at the symbol's shortest edge, the farthest one. `blur` is a
    radius in pixels, `contrast` what is left of it, `shadow` how much darker one side is, `noise`
    a standard deviation, `grid` the strength of a screen's interference, all of 1 or of 255.
    """

    module: float = 4.0
    angle: float = 0.0  # degrees in the plane
    tilt: float = 0.0  # degrees out of it
    towards: float = 0.0  # which way it is tilted, degrees
    blur: float = 0.0
    contrast: float = 1.0
    brightness: float = 0.5  # where the middle grey lies, of 1
    shadow: float = 0.0
    noise: float = 0.0
    grid: float = 0.0
    inverted: bool = False
    quality: int = 92


def photograph(original: Original, shot: Shot, chance: np.random.Generator) -> bytes:
    """Take the photograph; return a JPEG."""
    corners, size = _seen(original, shot)
    frame = _sampled(original, corners, size)
    frame = _lit(frame, shot, chance)
    picture = Image.fromarray(np.clip(frame, 0, 255).astype(np.uint8))
    if shot.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(shot.blur))
    if shot.noise:
        rough = np.asarray(picture, np.float32) + chance.normal(0, shot.noise, picture.size[::-1])
        picture = Image.fromarray(np.clip(rough, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=shot.quality)
    return out.getvalue()


def _seen(original: Original, shot: Shot) -> tuple[Quad, tuple[int, int]]:
    """Where the symbol's corners lie in the frame, and the frame's size in pixels."""
    flat = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
    turned = flat @ _turn(shot.angle).T @ _turn(-shot.towards).T
    depth = 1 + turned[:, 0] * math.sin(math.radians(shot.tilt)) / 4  # seen from four sides away
    turned[:, 0] *= math.cos(math.radians(shot.tilt))
    seen = (turned / depth[:, None]) @ _turn(shot.towards).T
    shortest = min(math.dist(seen[i], seen[i - 1]) for i in range(4))
    scale = shot.module * original.modules / shortest
    seen *= scale
    margin = _MARGIN * shot.module * original.modules
    low, high = seen.min(axis=0) - margin, seen.max(axis=0) + margin
    width, height = (int(side) for side in np.ceil(high - low))
    return seen - low, (width, height)


def _turn(degrees: float) -> Quad:
    a = math.radians(degrees)
    return np.array([(math.cos(a), -math.sin(a)), (math.sin(a), math.cos(a))])


def _sampled(original: Original, corners: Quad, size: tuple[int, int]) -> Grey:
    fine = (size[0] * _SAMPLES, size[1] * _SAMPLES)
    picture = original.picture.transform(
        fine,
        Image.Transform.PERSPECTIVE,
        _homography(corners * _SAMPLES, original.corners),
        Image.Resampling.BILINEAR,
        fillcolor=int(np.asarray(original.picture)[0, 0]),
    )
    pixels = np.asarray(picture, np.float32)
    samples: Grey = pixels.reshape(size[1], _SAMPLES, size[0], _SAMPLES)
    averaged: Grey = samples.mean(axis=(1, 3))
    return averaged


def _homography(seen: Quad, flat: Quad) -> list[float]:
    """The eight numbers that lead from a point of the frame to one of the original."""
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(n) for n in np.linalg.solve(np.array(rows), np.array(values))]


def _lit(frame: Grey, shot: Shot, chance: np.random.Generator) -> Grey:
    height, width = frame.shape
    if shot.inverted:
        frame = 255 - frame
    if shot.grid:
        frame = frame * _interference((height, width), shot.grid, chance)
    middle = 255 * shot.brightness
    frame = middle + (frame - 127.5) * shot.contrast
    across = np.linspace(1, 1 - shot.shadow, width, dtype=np.float32)
    return frame * across[None, :]


def _interference(size: tuple[int, int], strength: float, chance: np.random.Generator) -> Grey:
    """What two grids, a screen's and a sensor's, make of each other: waves in two directions."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    waves = np.zeros(size, np.float32)
    for _ in range(2):
        period, way = chance.uniform(4, 14), chance.uniform(0, math.pi)
        waves += np.sin((x * math.cos(way) + y * math.sin(way)) * (2 * math.pi / period))
    return 1 - strength / 2 + strength / 4 * waves


def _turned(module: float, chance: np.random.Generator) -> Shot:
    return Shot(module=module, angle=chance.uniform(0, 360))


def _all_a_little(module: float, chance: np.random.Generator) -> Shot:
    return Shot(
        module=module,
        angle=chance.uniform(0, 360),
        tilt=chance.uniform(0, 25),
        towards=chance.uniform(0, 360),
        blur=chance.uniform(0, 0.25 * module),
        contrast=chance.uniform(0.45, 1),
        brightness=chance.uniform(0.35, 0.65),
        shadow=chance.uniform(0, 0.4),
        noise=chance.uniform(0, 8),
        grid=chance.choice([0.0, 0.2]),
        quality=int(chance.integers(45, 93)),
    )


# Each kind of photograph, at so many pixels a module; all but the first are turned to any angle.
KINDS: Final[Mapping[str, Callable[[float, np.random.Generator], Shot]]] = {
    "as it is": lambda module, _: Shot(module=module),
    "turned": _turned,
    "tilted": lambda module, chance: replace(
        _turned(module, chance), tilt=chance.uniform(20, 40), towards=chance.uniform(0, 360)
    ),
    "out of focus": lambda module, chance: replace(
        _turned(module, chance), blur=chance.uniform(0.25, 0.4) * module
    ),
    "low contrast": lambda module, chance: replace(
        _turned(module, chance), contrast=chance.uniform(0.2, 0.35), noise=3
    ),
    "shadow": lambda module, chance: replace(
        _turned(module, chance), shadow=chance.uniform(0.4, 0.7)
    ),
    "noise": lambda module, chance: replace(_turned(module, chance), noise=chance.uniform(10, 20)),
    "JPEG": lambda module, chance: replace(
        _turned(module, chance), quality=int(chance.integers(15, 31))
    ),
    "screen grid": lambda module, chance: replace(
        _turned(module, chance), grid=chance.uniform(0.25, 0.4)
    ),
    "dark mode": lambda module, chance: replace(_turned(module, chance), inverted=True),
    "all a little": _all_a_little,
}
