"""Embeds the glyphs a document shows: a small TrueType file and the PDF objects around it."""

import hashlib
import struct
import zlib
from dataclasses import dataclass, field

from issuance.document.fontset import FontSet, Sort
from issuance.document.pdf_objects import stream
from issuance.document.typeface import Typeface, components

_LETTERS = bytes.maketrans(b"0123456789abcdef", b"ABCDEFGHIJKLMNOP")
OBJECTS_PER_FONT = 5
_CMAP_HEAD = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def "
    b"/CMapName/Adobe-Identity-UCS def /CMapType 2 def "
    b"1 begincodespacerange<0000><FFFF>endcodespacerange\n"
)
_CMAP_TAIL = b"endcmap CMapName currentdict /CMap defineresource pop end end"
_CMAP_BLOCK = 100  # entries a block may hold (Adobe Technical Note 5014)


@dataclass(slots=True)
class GlyphCase:
    """The glyphs of one face that one document uses, numbered in the order they were first set."""

    face: int
    glyphs: list[int] = field(default_factory=lambda: [0])
    chars: list[str] = field(default_factory=lambda: [""])
    widths: list[int] = field(default_factory=lambda: [0])
    codes: dict[str, bytes] = field(default_factory=dict)

    def code(self, char: str, sort: Sort) -> bytes:
        """The four hexadecimal digits that set this character."""
        known = self.codes.get(char)
        if known is None:
            known = self.codes[char] = b"%04X" % len(self.glyphs)
            self.glyphs.append(sort.glyph)
            self.chars.append(char)
            self.widths.append(sort.width)
        return known


def embed(case: GlyphCase, fonts: FontSet, first: int, *, level: int) -> list[bytes]:
    """The five objects of an embedded font, numbered from `first`: see OBJECTS_PER_FONT.

    Type 0 with Identity-H, the descendant CIDFontType2, its descriptor, the font file, and
    ToUnicode (ISO 32000-1 §9.7–9.10). `level` is zlib's.
    """
    face = fonts.face(case.face)
    file = font_file(face, case.glyphs)
    name = b"%s+%s" % (_tag(case), face.name.encode("ascii"))
    widths = b" ".join(b"%d" % width for width in case.widths)
    return [
        b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]"
        b"/ToUnicode %d 0 R>>" % (name, first + 1, first + 4),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)"
        b"/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity"
        b"/DW 1000/W[0[%s]]>>" % (name, first + 2, widths),
        _descriptor(face, name, first + 3),
        stream(
            b"/Filter/FlateDecode/Length1 %d" % len(file),
            zlib.compress(file, level),
        ),
        stream(b"/Filter/FlateDecode", zlib.compress(_to_unicode(case.chars), level)),
    ]


def _descriptor(face: Typeface, name: bytes, file_number: int) -> bytes:
    per_mille = 1000 / face.units_per_em
    return (
        b"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%s]/ItalicAngle 0/Ascent %d"
        b"/Descent %d/CapHeight 733/StemV 80/FontFile2 %d 0 R>>"
    ) % (
        name,
        b" ".join(b"%d" % round(edge * per_mille) for edge in face.box),
        round(face.ascent * per_mille),
        round(face.descent * per_mille),
        file_number,
    )


def font_file(face: Typeface, wanted: list[int]) -> bytes:
    """A TrueType file with only these glyphs, renumbered from 0; parts of composites are added.

    Table checksums are left 0: a PDF reader does not look at them.
    """
    glyphs = list(wanted)
    entries, offsets, position = [], [0], 0
    for glyph in glyphs:  # grows while it is read, by the parts of composites
        entry = face.outline(glyph)
        if entry and entry[0] & 0x80:
            entry = _renumber(entry, glyphs)
        entries.append(entry)
        position += len(entry)
        offsets.append(position)
    count = len(glyphs)
    head, hhea, maxp = bytearray(face.head), bytearray(face.hhea), bytearray(face.maxp)
    struct.pack_into(">I", head, 8, 0)
    struct.pack_into(">h", head, 50, 1)
    struct.pack_into(">H", hhea, 34, count)
    struct.pack_into(">H", maxp, 4, count)
    metrics = [number for glyph in glyphs for number in face.metric(glyph)]
    return _sfnt(
        {
            b"glyf": b"".join(entries),
            b"head": bytes(head),
            b"hhea": bytes(hhea),
            b"hmtx": struct.pack(">" + "Hh" * count, *metrics),
            b"loca": struct.pack(f">{count + 1}I", *offsets),
            b"maxp": bytes(maxp),
        }
    )


def _renumber(entry: bytes, glyphs: list[int]) -> bytes:
    changed = bytearray(entry)
    for at, glyph, _, _ in components(entry):
        if glyph not in glyphs:
            glyphs.append(glyph)
        struct.pack_into(">H", changed, at + 2, glyphs.index(glyph))
    return bytes(changed)


def _sfnt(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    directory = [struct.pack(">I4H", 0x00010000, count, 64, 2, 16 * count - 64)]
    bodies, offset = [], 12 + 16 * count
    for tag, table in tables.items():
        directory.append(struct.pack(">4s3I", tag, 0, offset, len(table)))
        padded = table + bytes(-len(table) % 4)
        bodies.append(padded)
        offset += len(padded)
    return b"".join(directory + bodies)


def _tag(case: GlyphCase) -> bytes:
    """Six letters that name this subset (ISO 32000-1 §9.6.4)."""
    digest = hashlib.sha256("".join(case.chars).encode()).hexdigest()
    return digest[:6].encode("ascii").translate(_LETTERS)


def _to_unicode(chars: list[str]) -> bytes:
    entries = [
        b"<%04X><%s>" % (code, char.encode("utf-16-be").hex().encode("ascii"))
        for code, char in enumerate(chars)
        if char
    ]
    parts = [_CMAP_HEAD]
    for start in range(0, len(entries), _CMAP_BLOCK):
        block = entries[start : start + _CMAP_BLOCK]
        parts.append(b"%d beginbfchar\n%s\nendbfchar\n" % (len(block), b"\n".join(block)))
    return b"".join([*parts, _CMAP_TAIL])
