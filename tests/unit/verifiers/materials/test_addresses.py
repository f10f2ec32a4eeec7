import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers.materials.address_names import compare_names, compare_roads
from verifiers.materials.address_parts import take_apart
from verifiers.materials.addresses import AddressMatch, compare_addresses

PATIENT = settings(deadline=None)
PAIRS = json.loads((Path(__file__).parents[3] / "cases" / "addresses.json").read_text("utf-8"))[
    "pairs"
]


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{n}: {p['note']}" for n, p in enumerate(PAIRS)])
def test_a_pair_of_the_table_is_judged_as_written_there_both_ways_round(pair):
    assert compare_addresses(pair["a"], pair["b"]).match == pair["expect"]
    assert compare_addresses(pair["b"], pair["a"]).match == pair["expect"]


def test_the_table_has_at_least_two_hundred_pairs():
    assert len({(p["a"], p["b"]) for p in PAIRS}) >= 200


@pytest.mark.parametrize("pair", [p for p in PAIRS if p["expect"] != "same"])
def test_what_is_not_the_same_says_which_parts_differ(pair):
    differences = compare_addresses(pair["a"], pair["b"]).differences
    assert any(d.match is not AddressMatch.SAME for d in differences)


def test_differences_name_the_part_and_both_texts_for_marking():
    found = compare_addresses("海港区长乐路88弄6号1203室", "海港区长乐路88弄6号1302室")
    assert [(d.part, d.a, d.b) for d in found.differences] == [("室", "1203室", "1302室")]


def test_a_text_longer_than_any_address_is_left_to_a_person():
    long = "示范市海港区长乐路88弄6号1203室" + "号" * 300
    assert compare_addresses(long, long).match is AddressMatch.UNSURE


numbers = st.integers(1, 3000)
roads = st.sampled_from(["长乐", "常乐", "长乐东", "人民", "望江", "长宁", "浦东南", "中山东一"])
districts = st.sampled_from(["海港区", "梧桐区", "望江区", "浦东新区", "长宁区"])
addresses = st.builds("{}{}路{}弄{}号{}室".format, districts, roads, numbers, numbers, numbers)


@PATIENT
@given(addresses, addresses)
def test_addresses_of_other_parts_are_never_the_same(a, b):
    assert (compare_addresses(a, b).match is AddressMatch.SAME) == (a == b)


@PATIENT
@given(addresses, addresses)
def test_comparing_does_not_depend_on_the_order(a, b):
    assert compare_addresses(a, b).match is compare_addresses(b, a).match


@PATIENT
@given(addresses)
def test_full_width_digits_spaces_and_the_city_change_nothing(a):
    wide = re.sub("[0-9]", lambda d: chr(ord(d.group()) + 0xFEE0), a)
    assert compare_addresses(a, f"示范市 {wide}").match is AddressMatch.SAME


@PATIENT
@given(addresses, st.data())
def test_a_part_left_out_is_never_the_same(a, data):
    parts = re.findall(r"[^0-9]*[0-9]+[弄号室]|^.+?区", a)
    left = data.draw(st.sampled_from([p for p in parts if a.replace(p, "", 1)]))
    assert compare_addresses(a, a.replace(left, "", 1)).match is not AddressMatch.SAME


@PATIENT
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_at_all_is_answered_and_the_same_only_with_a_district_and_a_number(a, b):
    if compare_addresses(a, b).match is AddressMatch.SAME:
        parts = take_apart(a)
        assert parts.numbers
        assert parts.name


@PATIENT
@given(addresses, st.sampled_from("东南西北新支甲乙A附之"), st.data())
def test_a_telling_character_more_anywhere_is_never_the_same(a, character, data):
    place = data.draw(st.integers(0, len(a)))
    changed = a[:place] + character + a[place:]
    assert compare_addresses(a, changed).match is not AddressMatch.SAME


@PATIENT
@given(addresses, st.data())
def test_one_digit_changed_is_never_the_same(a, data):
    place = data.draw(st.sampled_from([n for n, c in enumerate(a) if c.isdecimal()]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != a[place]]))
    changed = a[:place] + digit + a[place + 1 :]
    assert compare_addresses(a, changed).match is AddressMatch.DIFFERENT


def test_a_name_is_the_same_as_itself():
    assert compare_names("长乐", "长乐") is AddressMatch.SAME
    assert compare_roads("长乐路", "长乐路") is AddressMatch.SAME
