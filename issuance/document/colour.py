"""The colours of the house, and the sRGB profile that says what their numbers mean."""

import struct
from dataclasses import dataclass
from functools import cached_property

_S15_16 = 65536
_D50 = (0.9642, 1.0, 0.8249)
# sRGB's primaries, adapted to D50 (IEC 61966-2-1 with the Bradford matrix).
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)  # the sRGB transfer function


@dataclass(frozen=True)
class Colour:
    """Red, green and blue from 0 to 255."""

    red: int
    green: int
    blue: int

    @cached_property
    def fill(self) -> bytes:
        """The operator that fills with this colour."""
        return b"%s rg\n" % self._parts()

    @cached_property
    def stroke(self) -> bytes:
        """The operator that strokes with this colour."""
        return b"%s RG\n" % self._parts()

    def _parts(self) -> bytes:
        return b"%.3g %.3g %.3g" % (self.red / 255, self.green / 255, self.blue / 255)


INK = Colour(0x17, 0x21, 0x2B)
INK_2 = Colour(0x49, 0x55, 0x62)
LINE = Colour(0xDC, 0xD9, 0xCF)
BRAND = Colour(0x12, 0x5A, 0x43)  # celadon: the voucher's colour, as on its card in the pages
BRAND_SOFT = Colour(0xD3, 0xE4, 0xDB)
SEAL = Colour(0xC4, 0x20, 0x1A)  # cinnabar
SPECIMEN = Colour(0xF8, 0xEE, 0xEC)
WHITE = Colour(255, 255, 255)


def srgb_profile() -> bytes:
    """An ICC.1:2010 display profile for sRGB, with parametric curves: about 500 bytes."""
    tags = {
        b"desc": _text("sRGB IEC61966-2.1"),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _xyz(_D50),
        b"chad": b"sf32\0\0\0\0" + _fixed(*_CHROMATIC_ADAPTATION),
        **{tag: _xyz(value) for tag, value in _PRIMARIES.items()},
        b"rTRC": b"para\0\0\0\0\0\3\0\0" + _fixed(*_CURVE),
    }
    table, bodies, offset = [], [], 128 + 4 + 12 * (len(tags) + 2)
    for tag, body in tags.items():
        table.append(struct.pack(">4s2I", tag, offset, len(body)))
        bodies.append(body + bytes(-len(body) % 4))
        offset += len(bodies[-1])
    red_curve = table[-1][4:]
    table += [b"gTRC" + red_curve, b"bTRC" + red_curve]  # the three share one curve
    return _header(offset) + struct.pack(">I", len(table)) + b"".join(table + bodies)


_CHROMATIC_ADAPTATION = (
    *(1.04788, 0.02292, -0.05022),
    *(0.02959, 0.99048, -0.01707),
    *(-0.00925, 0.01508, 0.75168),
)


def _header(size: int) -> bytes:
    return struct.pack(
        ">I4sI4s4s4s6H4s4sIIIQI3i4s16s28x",
        *(size, b"\0\0\0\0", 0x04300000, b"mntr", b"RGB ", b"XYZ "),
        *(2026, 1, 1, 0, 0, 0),
        *(b"acsp", b"\0\0\0\0", 0, 0, 0, 0, 0),
        *(round(part * _S15_16) for part in _D50),
        *(b"\0\0\0\0", bytes(16)),
    )


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * _S15_16) for value in values))


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*value)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return struct.pack(">4s3I4s2I", b"mluc", 0, 1, 12, b"enUS", len(encoded), 28) + encoded
