import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.errors import MissingGlyphError
from issuance.document.composer import Align, Composer, Style
from issuance.document.fontset import FontSet, Weight

FONTS = FontSet.bundled()
STYLE = Style(size=12)
texts = st.text("示范市海棠区（二期），。·ABCxyz0123456789 -", min_size=1, max_size=80)


@given(texts)
def test_wrapping_loses_nothing_but_spaces_and_keeps_to_the_width(text: str) -> None:
    composer = Composer(FONTS, b"D")
    lines = composer.wrap("field", text, STYLE, 96)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(composer.width("field", line, STYLE) <= 96 for line in lines if line)


def test_a_number_is_not_broken_where_it_can_be_avoided() -> None:
    lines = Composer(FONTS, b"D").wrap("field", "示范市海棠区青石路1888弄", STYLE, 12 * 10)
    assert lines == ["示范市海棠区青石路", "1888弄"]


@pytest.mark.parametrize(
    ("ems", "first"), [(9, "安置小区改造（二"), (7, "安置小区改造"), (10, "安置小区改造（二期）")]
)
def test_punctuation_stays_with_what_it_closes_or_opens(ems: int, first: str) -> None:
    lines = Composer(FONTS, b"D").wrap("field", "安置小区改造（二期）东侧", STYLE, 12 * ems)
    assert lines[0] == first


def test_a_missing_glyph_names_the_field_and_the_code_point() -> None:
    with pytest.raises(MissingGlyphError) as caught:
        Composer(FONTS, b"D").line("name", "林\U00020000", 0, 0, STYLE)
    assert caught.value.where == "name"
    assert caught.value.facts["code_point"] == "U+20000"
    assert "\U00020000" not in caught.value.detail


def test_a_centred_line_begins_half_its_width_earlier() -> None:
    composer = Composer(FONTS, b"D")
    line = composer.line("field", "居住登记", 100, 50, Style(size=10, align=Align.CENTRE))
    assert b"1 0 0 1 80 50 Tm" in line


def test_tracked_text_says_what_it_is() -> None:
    line = Composer(FONTS, b"D").line("title", "凭证", 0, 0, Style(size=30, tracking=9))
    assert b"/ActualText<FEFF51ED8BC1>" in line


def test_labels_of_standing_characters_are_remembered_and_others_are_not() -> None:
    plate = Composer(FONTS, b"S")
    plate.cast_all("common", "姓名", Weight.REGULAR)
    remembered: dict = {}
    composer = Composer(FONTS, b"D", plate.cast, remembered)
    composer.line("label", "姓名", 0, 0, STYLE)
    composer.line("name", "林知夏", 0, 0, STYLE)
    assert list(remembered) == [("姓名", Weight.REGULAR)]
    assert list(composer.cases) == [0]
