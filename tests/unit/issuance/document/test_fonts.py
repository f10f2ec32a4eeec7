import struct
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.ttProgram import Program

from certstore.errors import MalformedError
from issuance.document.fontset import FontSet, Weight
from issuance.document.subset import font_file
from issuance.document.typeface import Typeface

SAMPLE = "居住登记凭证𬭎䶮㛃·AZaz09（）：，"
EXT_B = "\U00020000"  # a character that Noto Sans SC lacks


def build_font(path: Path, *, empty: bool = False) -> Path:
    """A font with one composite glyph for EXT_B, whose parts carry hinting programs."""
    pen = TTGlyphPen(None)
    if not empty:
        pen.moveTo((100, 0))
        pen.lineTo((100, 700))
        pen.lineTo((500, 700))
        pen.closePath()
    part = pen.glyph()
    if not empty:
        part.program = Program()
        part.program.fromBytecode(b"\xb0\x01\x21")
    pen = TTGlyphPen({"part": part})
    pen.addComponent("part", (1, 0, 0, 1, 0, 0))
    pen.addComponent("part", (1, 0, 0, 1, 300, 40))
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "whole", "part"])
    builder.setupCharacterMap({ord(EXT_B): "whole"})
    whole = TTGlyphPen(None).glyph() if empty else pen.glyph()
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "whole": whole, "part": part})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "whole": (1000, 100), "part": (600, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Rare", "styleName": "Regular", "psName": "Rare-Regular"})
    builder.setupPost()
    builder.setupOS2()
    builder.save(path)
    return path


@pytest.mark.parametrize("number", [0, 1])
def test_glyphs_and_metrics_are_those_fonttools_reads(number: int) -> None:
    face = FontSet.bundled().face(number)
    with TTFont(face.path, lazy=True) as judge:
        order, metrics = judge.getReverseGlyphMap(), judge["hmtx"].metrics
        for char in SAMPLE:
            name = judge.getBestCmap()[ord(char)]
            assert face.glyph_of(char) == order[name]
            assert face.metric(order[name]) == metrics[name]
        assert face.name == judge["name"].getDebugName(6)
    assert face.glyph_of(EXT_B) == 0


def test_a_subset_holds_the_same_outlines_under_new_numbers() -> None:
    face = FontSet.bundled().face(0)
    glyphs = [0, *(face.glyph_of(char) for char in SAMPLE)]
    subset = TTFont(BytesIO(font_file(face, glyphs)))
    assert subset["maxp"].numGlyphs == len(glyphs)
    with TTFont(face.path, lazy=True) as whole:
        for number, glyph in enumerate(glyphs):
            ours = subset["glyf"][subset.getGlyphName(number)]
            theirs = whole["glyf"][whole.getGlyphName(glyph)]
            assert ours.getCoordinates(subset["glyf"]) == theirs.getCoordinates(whole["glyf"])


def test_parts_of_a_composite_glyph_come_along_and_programs_go(tmp_path: Path) -> None:
    face = Typeface(build_font(tmp_path / "rare.ttf"))
    subset = TTFont(BytesIO(font_file(face, [0, face.glyph_of(EXT_B)])))
    whole = subset["glyf"][subset.getGlyphName(1)]
    assert subset["maxp"].numGlyphs == 3
    assert [part.glyphName for part in whole.components] == [subset.getGlyphName(2)] * 2
    assert not subset["glyf"][subset.getGlyphName(2)].program.getBytecode()


def test_a_fallback_draws_what_the_first_font_lacks(tmp_path: Path) -> None:
    fonts = FontSet.bundled([build_font(tmp_path / "rare.ttf")])
    sort = fonts.sort(EXT_B, Weight.BOLD)
    assert sort is not None
    assert (sort.face, sort.width) == (2, 1000)
    assert fonts.sort("居", Weight.BOLD).face == 1


def test_a_blank_outline_does_not_count_as_drawing_the_character(tmp_path: Path) -> None:
    fonts = FontSet.bundled([build_font(tmp_path / "blank.ttf", empty=True)])
    assert fonts.sort(EXT_B, Weight.REGULAR) is None
    assert fonts.sort(" ", Weight.REGULAR) is not None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda data: b"OTTO" + data[4:], "TrueType outlines"),
        (lambda data: data[:2000], "cut short"),
        (lambda data: data.replace(b"glyf", b"gone", 1), "no table glyf"),
        (lambda data: data.replace(b"name", b"nome", 1), "no table name"),
    ],
)
def test_an_unusable_font_file_is_refused(tmp_path: Path, change, complaint: str) -> None:
    path = build_font(tmp_path / "rare.ttf")
    path.write_bytes(change(FontSet.bundled().regular.read_bytes()))
    with pytest.raises(MalformedError, match=complaint):
        Typeface(path)


def test_a_font_without_a_full_character_map_is_refused(tmp_path: Path) -> None:
    path = build_font(tmp_path / "rare.ttf")
    data = bytearray(path.read_bytes())
    face = Typeface(path)
    at = face._tables["cmap"][0]
    count = struct.unpack_from(">H", data, at + 2)[0]
    for index in range(count):
        offset = struct.unpack_from(">I", data, at + 4 + 8 * index + 4)[0]
        data[at + offset + 1] = 4
    path.write_bytes(bytes(data))
    with pytest.raises(MalformedError, match="format 12"):
        Typeface(path)
