"""The round red seal as vector paths: the authority's name around a plain geometric mark.

Paths and not text, so that reading the document aloud or copying from it is not disturbed.
The mark is a roof over a grid of streets: the city is invented, and the star and the national
emblem of real state seals are left to them.
"""

import math
import zlib

from certstore.errors import MalformedError
from issuance.document.colour import SEAL
from issuance.document.fontset import FontSet, Weight
from issuance.document.outlines import circle, glyph_path, turned
from issuance.document.pdf_objects import numbers, stream

SIZE = 100.0  # the drawing's own units a side; the page scales it
_CENTRE = SIZE / 2
_MAX_CHARS = 24
_FIELD = "seal_text_zh"
_RING_RADIUS, _RING_WIDTH, _INNER_RADIUS = 47.6, 2.6, 44.2
_TEXT_RADIUS = 42.4  # where the tops of the characters of the ring stand
_FULL_SPAN, _WIDEST_STEP = math.radians(290), math.radians(30)
_ASCENT = 0.88  # of a Chinese character's em, above the baseline


def seal_form(fonts: FontSet, text: str) -> bytes:
    """A form XObject of SIZE × SIZE, in Multiply so that the text under it stays readable.

    What follows a space in the text stands in a straight line at the foot, as 专用章 does.
    Raise MalformedError if the text is too long. The form is no transparency group: its paths
    blend with the page itself.
    """
    ring, _, foot = text.partition(" ")
    if not ring or len(text) > _MAX_CHARS:
        raise MalformedError(f"a seal carries 1 to {_MAX_CHARS} characters", where=_FIELD)
    body = b"".join(
        [
            b"/M gs\n",
            SEAL.stroke,
            SEAL.fill,
            numbers(_RING_WIDTH) + b" w\n" + circle(_CENTRE, _CENTRE, _RING_RADIUS) + b"S\n",
            numbers(0.45) + b" w\n" + circle(_CENTRE, _CENTRE, _INNER_RADIUS) + b"S\n",
            _ring_text(fonts, ring, full=not foot),
            _foot_text(fonts, foot),
            _mark(1.0, 2.1) if foot else _mark(1.4, -1.0),
        ]
    )
    return stream(
        b"/Type/XObject/Subtype/Form/BBox[0 0 %s]/Resources<</ExtGState<</M<</Type/ExtGState"
        b"/BM/Multiply/ca .9/CA .9>>>>>>/Filter/FlateDecode" % numbers(SIZE, SIZE),
        zlib.compress(body, 9),
    )


def _ring_text(fonts: FontSet, text: str, *, full: bool) -> bytes:
    span = _FULL_SPAN if full else math.radians(236)
    step = min(span / len(text), _WIDEST_STEP)
    height = min(13.2, 30 * step * 1.02)
    width, radius = height * 0.84, _TEXT_RADIUS - _ASCENT * height
    path = []
    for index, char in enumerate(text):
        angle = math.pi / 2 - (index - (len(text) - 1) / 2) * step
        turn = angle - math.pi / 2
        x = _CENTRE + radius * math.cos(angle) - width / 2 * math.cos(turn)
        y = _CENTRE + radius * math.sin(angle) - width / 2 * math.sin(turn)
        path.append(
            glyph_path(
                fonts, fonts.required(_FIELD, char, Weight.BOLD), turned(x, y, turn, width, height)
            )
        )
    return b"".join([*path, b"f\n"])


def _foot_text(fonts: FontSet, text: str) -> bytes:
    if not text:
        return b""
    height = min(7.8, 52 / len(text))
    left, y = _CENTRE - len(text) * height / 2, _CENTRE - 26.5
    path = [
        glyph_path(
            fonts,
            fonts.required(_FIELD, char, Weight.BOLD),
            turned(left + index * height, y, 0, height, height),
        )
        for index, char in enumerate(text)
    ]
    return b"".join([*path, b"f\n"])


def _mark(size: float, lift: float) -> bytes:
    """A roof over four panes, 22 units wide at size 1, raised by `lift` above the centre."""
    middle = _CENTRE + lift
    panes = b"".join(
        numbers(_CENTRE + dx * size, middle + dy * size, 5.6 * size, 5.6 * size) + b" re\n"
        for dx in (-6.4, 0.8)
        for dy in (-12.7, -5.5)
    )
    corners = ((-11, 1.5), (0, 9.5), (11, 1.5), (11, 4.8), (0, 12.8), (-11, 4.8))
    roof = b"".join(
        numbers(_CENTRE + dx * size, middle + dy * size) + (b" l\n" if index else b" m\n")
        for index, (dx, dy) in enumerate(corners)
    )
    return b"".join([panes, roof, b"h f\n"])
