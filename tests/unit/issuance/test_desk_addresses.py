"""Two addresses side by side: nothing of either is left out, and no difference is left unmarked."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.pages.desk_addresses import compared, marks
from verifiers.materials.addresses import compare_addresses
from verifiers.materials.records import Claims, Record
from verifiers.materials.vocabulary import RecordStatus, RecordType

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PLACES = st.text("示范市梧桐区听雨路东段弄号楼幢室单元六七十0123456789 ", min_size=1, max_size=30)


def record(address):
    return Record(
        record_id="r",
        version=1,
        type=RecordType.LEASE_FILING,
        holders=(),
        issuer_uscc="11310000MB0T00023P",
        number="1",
        issued_on=date(2026, 1, 1),
        valid_from=None,
        valid_to=None,
        status=RecordStatus.VALID,
        under_dispute=False,
        claims=Claims(address=address),
    )


def shown(said, recorded):
    return compared(said, record(recorded), NOW, "zh")


@given(PLACES, PLACES)
def test_both_texts_stand_whole_and_what_differs_is_marked(said, recorded):
    found = shown(said, recorded)
    assert "".join(text for text, _ in found.left) == said
    assert "".join(text for text, _ in found.right) == recorded
    marked = any(differs for _, differs in (*found.left, *found.right))
    assert marked is (said != recorded) or (marked and bool(found.differences))


@pytest.mark.parametrize(
    ("said", "recorded", "left", "right"),
    [
        ("示范市梧桐区听雨路77号", "示范市梧桐区听雨路东段77号", [], ["东段"]),
        ("梧桐区听雨路六号", "梧桐区听雨路8号", ["六"], ["8"]),
        ("梧桐区听雨路６号", "梧桐区听雨路8号", ["６"], ["8"]),  # noqa: RUF001 - full width on purpose
    ],
)
def test_a_part_read_otherwise_than_it_is_written_is_marked_all_the_same(
    said, recorded, left, right
):
    found = shown(said, recorded)
    assert [text for text, differs in found.left if differs] == left
    assert [text for text, differs in found.right if differs] == right


def test_each_difference_is_said_in_words_with_what_one_side_leaves_out():
    found = shown("示范市梧桐区听雨路77号", "示范市梧桐区听雨路77号3幢1202室")
    said = {(d.part, d.left, d.right) for d in found.differences}
    expected = compare_addresses("示范市梧桐区听雨路77号", "示范市梧桐区听雨路77号3幢1202室")
    assert said == {(d.part, d.a, d.b) for d in expected.differences}
    assert any(not left and right for _, left, right in said)


def test_a_record_without_an_address_is_compared_with_nothing():
    assert shown("示范市梧桐区听雨路77号", None) is None


def test_without_named_parts_the_texts_are_compared_character_by_character():
    left, right = marks("甲乙丙", "甲丁丙", [])
    assert (left, right) == ([False, True, False], [False, True, False])
