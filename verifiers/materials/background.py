"""An even background made white, the person left as they are.

The ground is what continues the upper edges in colour, light falling off it included, and is
connected with them. Hair against a ground of its own colour is lost that way: whoever uses
this shows the result and asks.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.float32]
_EDGE, _SIDE, _DOWN = 0.03, 0.07, 0.45  # shares of height, width, height: where the ground shows
_LEAST_SEEN = 0.03  # of the picture: less ground than this tells nothing
_LIKE_GROUND = 30.0  # the largest difference of a channel from the ground's own light
_SHADOW, _NO_EDGE = 80.0, 9.0  # further off, and how little it may change over two pixels
_HUE = 0.09  # of the ground's light: how far the channels may differ in their share of it
_EVEN = 24.0  # a ground that strays further from its own light than this is not even
_MOST_STEPS = 900  # more than the longest way round a head in a picture of 358 × 441


def whitened(
    rgb: NDArray[np.uint8],
    outside: NDArray[np.bool_] | None = None,
    person: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8] | None:
    """The picture with its background white; None where the background is not even.

    `outside` marks what lies beyond the snapshot: white as well, and no witness of the ground.
    `person` marks what is never ground.
    """
    pixels = rgb.astype(np.float32)
    beyond = np.zeros(rgb.shape[:2], dtype=np.bool_) if outside is None else outside
    strips = _strips(rgb.shape[0], rgb.shape[1]) & ~beyond
    if strips.sum() < _LEAST_SEEN * strips.size:
        return None
    light = _light(pixels, strips)
    off = np.abs(pixels - light).max(axis=2)
    if float(np.percentile(off[strips], 90)) > _EVEN:
        return None
    like = _like_ground(rgb, light, off) | beyond
    if person is not None:
        like &= ~person
    ground = _connected(like, strips)
    share = _softened(ground)[..., None]
    return (pixels * (1 - share) + 255.0 * share).round().astype(np.uint8)


def _like_ground(rgb: NDArray[np.uint8], light: Pixels, off: Pixels) -> NDArray[np.bool_]:
    """What has the ground's colour, or is darker in all channels alike and without an edge.

    So are its shadows; skin differs from a wall in one channel more than in another.
    """
    share = rgb / np.maximum(light, 1.0)
    same_hue = share.max(axis=2) - share.min(axis=2) < _HUE
    smooth = np.asarray(Image.fromarray(rgb).filter(ImageFilter.BoxBlur(2)), dtype=np.float32)
    edge = np.zeros(off.shape, dtype=np.float32)
    edge[:, 1:-1] = np.abs(smooth[:, 2:] - smooth[:, :-2]).max(axis=2)
    edge[1:-1] = np.maximum(edge[1:-1], np.abs(smooth[2:] - smooth[:-2]).max(axis=2))
    shadow = (off < _SHADOW) & (edge < _NO_EDGE)
    like: NDArray[np.bool_] = same_hue & ((off < _LIKE_GROUND) | shadow)
    return like


def _strips(height: int, width: int) -> NDArray[np.bool_]:
    """The strip along the top and the upper sides."""
    strips = np.zeros((height, width), dtype=np.bool_)
    side, down = max(round(width * _SIDE), 1), round(height * _DOWN)
    strips[: max(round(height * _EDGE), 1)] = True
    strips[:down, :side] = strips[:down, -side:] = True
    return strips


def _light(pixels: Pixels, strips: NDArray[np.bool_]) -> Pixels:
    """The ground's colour at every place: a plane through each channel of the strips.

    A plane and no more: anything that bends runs away below the shoulders. Fitted twice, the
    second time without what is no ground, such as hair that reaches the edge.
    """
    height, width = strips.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    rows, columns = rows / height - 0.5, columns / width - 0.5
    terms = np.stack([np.ones_like(rows), rows, columns], axis=-1)
    known, seen = terms[strips], pixels[strips]
    fit = np.linalg.lstsq(known, seen, rcond=None)[0]
    off = np.abs(known @ fit - seen).max(axis=1)
    near = off <= max(float(np.percentile(off, 80)), 1.0)
    fit = np.linalg.lstsq(known[near], seen[near], rcond=None)[0]
    plane: Pixels = (terms @ fit).astype(np.float32)
    return plane


def _connected(like: NDArray[np.bool_], strips: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is like the ground and can be reached from the strips through what is."""
    found = like & strips
    count = int(found.sum())
    for _ in range(_MOST_STEPS):
        found[1:] |= found[:-1] & like[1:]
        found[:-1] |= found[1:] & like[:-1]
        found[:, 1:] |= found[:, :-1] & like[:, 1:]
        found[:, :-1] |= found[:, 1:] & like[:, :-1]
        if (now := int(found.sum())) == count:
            break
        count = now
    return found


def _softened(ground: NDArray[np.bool_]) -> Pixels:
    """How much of each pixel is ground, with an edge two pixels soft and holes of one closed."""
    mask = Image.fromarray(ground.astype(np.uint8) * 255)
    mask = mask.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.GaussianBlur(1.0))
    share: Pixels = np.asarray(mask, dtype=np.float32) / 255.0
    return share
