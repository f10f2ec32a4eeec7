"""Reads a TrueType font in place: mapped into memory, and only what is asked for is touched."""

import mmap
import struct
from bisect import bisect_right
from pathlib import Path

from certstore.errors import MalformedError

_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO, _INSTRUCTIONS = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100
_GROUP_BYTES = 12
_MAX_FONT_BYTES = 64 << 20


class Typeface:
    """One font file with TrueType outlines (ISO/IEC 14496-22); raise MalformedError if it has none.

    Lengths are in font units, `units_per_em` of them to the em.
    """

    def __init__(self, path: Path) -> None:
        """Map the file and read its small tables; glyphs are read when they are first used."""
        self.path = path
        with path.open("rb") as file:
            if path.stat().st_size > _MAX_FONT_BYTES:
                raise self._unusable("is larger than 64 MiB")
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._tables = self._read_directory()
        self.head = self._table("head")
        self.hhea = self._table("hhea")
        self.maxp = self._table("maxp")
        self.units_per_em: int = struct.unpack_from(">H", self.head, 18)[0]
        self.box: tuple[int, int, int, int] = struct.unpack_from(">4h", self.head, 36)
        self.ascent, self.descent = struct.unpack_from(">2h", self.hhea, 4)
        self.glyph_count: int = struct.unpack_from(">H", self.maxp, 4)[0]
        self._long_offsets = struct.unpack_from(">h", self.head, 50)[0] == 1
        self._metric_count: int = struct.unpack_from(">H", self.hhea, 34)[0]
        self.name = self._postscript_name()
        self._outlines: dict[int, bytes] = {}  # of the glyphs used so far; at most all of them
        self._starts, self._ends, self._firsts = self._read_character_map()

    def glyph_of(self, char: str) -> int:
        """The glyph that draws this character, 0 if the font has none."""
        code = ord(char)
        group = bisect_right(self._starts, code) - 1
        if group < 0 or code > self._ends[group]:
            return 0
        return self._firsts[group] + code - self._starts[group]

    def metric(self, glyph: int) -> tuple[int, int]:
        """Advance width and left side bearing of a glyph."""
        start, count = self._tables["hmtx"][0], self._metric_count
        if glyph < count:
            advance, bearing = struct.unpack_from(">Hh", self._data, start + 4 * glyph)
            return advance, bearing
        advance = struct.unpack_from(">H", self._data, start + 4 * (count - 1))[0]
        at = start + 4 * count + 2 * (glyph - count)
        return advance, struct.unpack_from(">h", self._data, at)[0]

    def outline(self, glyph: int) -> bytes:
        """A glyph's `glyf` entry without its hinting program, padded to four bytes.

        The programs call functions of tables that a subset leaves out, so they must go.
        """
        known = self._outlines.get(glyph)
        if known is None:
            known = self._outlines[glyph] = self._read_outline(glyph)
        return known

    def _read_outline(self, glyph: int) -> bytes:
        form, unit = (">2I", 1) if self._long_offsets else (">2H", 2)
        at = self._tables["loca"][0] + struct.calcsize(form) // 2 * glyph
        first, last = struct.unpack_from(form, self._data, at)
        glyf = self._tables["glyf"][0]
        entry = self._data[glyf + first * unit : glyf + last * unit]
        if not entry:
            return b""
        plain = _without_program(entry)
        return plain + bytes(-len(plain) % 4)

    def _read_directory(self) -> dict[str, tuple[int, int]]:
        version, count = struct.unpack_from(">IH", self._data, 0)
        if version not in (0x00010000, 0x74727565):
            raise self._unusable("does not hold TrueType outlines")
        tables = {}
        for index in range(count):
            tag, _, start, length = struct.unpack_from(">4s3I", self._data, 12 + 16 * index)
            if start + length > len(self._data):
                raise self._unusable("is cut short")
            tables[tag.decode("latin-1")] = (start, length)
        missing = {"head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap", "name"} - tables.keys()
        if missing:
            raise self._unusable(f"has no table {', '.join(sorted(missing))}")
        return tables

    def _read_character_map(self) -> tuple[list[int], list[int], list[int]]:
        cmap = self._tables["cmap"][0]
        for index in range(struct.unpack_from(">H", self._data, cmap + 2)[0]):
            platform, encoding, offset = struct.unpack_from(
                ">HHI", self._data, cmap + 4 + 8 * index
            )
            at = cmap + offset
            if (platform, encoding) in ((3, 10), (0, 4), (0, 6)) and self._data[at : at + 2] == (
                b"\0\x0c"
            ):
                count = struct.unpack_from(">I", self._data, at + 12)[0]
                groups = self._data[at + 16 : at + 16 + count * _GROUP_BYTES]
                numbers = struct.unpack(f">{3 * count}I", groups)
                return list(numbers[0::3]), list(numbers[1::3]), list(numbers[2::3])
        raise self._unusable("has no character map of format 12")

    def _postscript_name(self) -> str:
        start = self._tables["name"][0]
        count, strings = struct.unpack_from(">2H", self._data, start + 2)
        for index in range(count):
            platform, _, _, name_id, length, offset = struct.unpack_from(
                ">6H", self._data, start + 6 + 12 * index
            )
            if (platform, name_id) == (3, 6):
                at = start + strings + offset
                return self._data[at : at + length].decode("utf-16-be")
        raise self._unusable("has no PostScript name")

    def _table(self, tag: str) -> bytes:
        start, length = self._tables[tag]
        return self._data[start : start + length]

    def _unusable(self, why: str) -> MalformedError:
        return MalformedError(
            f"a font file {why}",
            where=self.path.name,
            remedy="use a .ttf with TrueType outlines and a format 12 character map",
        )


def components(entry: bytes) -> list[tuple[int, int, int, int]]:
    """The parts of a composite glyph: (offset of the part's flags, glyph, x, y); else empty."""
    if not entry or not entry[0] & 0x80:  # a number of contours below zero
        return []
    parts, at, flags = [], 10, _MORE
    while flags & _MORE:
        flags, glyph = struct.unpack_from(">2H", entry, at)
        x, y = struct.unpack_from(">2h" if flags & _WORDS else ">2b", entry, at + 4)
        parts.append((at, glyph, x, y))
        at += _component_size(flags)
    return parts


def _component_size(flags: int) -> int:
    size = 8 if flags & _WORDS else 6
    if flags & _SCALE:
        return size + 2
    if flags & _XY_SCALE:
        return size + 4
    return size + 8 if flags & _TWO_BY_TWO else size


def _without_program(entry: bytes) -> bytes:
    contours = struct.unpack_from(">h", entry, 0)[0]
    if contours >= 0:
        at = 10 + 2 * contours
        length = struct.unpack_from(">H", entry, at)[0]
        return entry[:at] + b"\0\0" + entry[at + 2 + length :] if length else entry
    plain, end = bytearray(entry), 10
    for at, _, _, _ in components(entry):
        flags = struct.unpack_from(">H", entry, at)[0]
        struct.pack_into(">H", plain, at, flags & ~_INSTRUCTIONS)
        end = at + _component_size(flags)
    return bytes(plain[:end])
