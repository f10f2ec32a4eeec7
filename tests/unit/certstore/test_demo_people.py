"""The people the demonstration lists: everybody who can sign in, and what each shows."""

import pytest

from certstore.service.demo_cast import cast
from certstore.service.demo_people import people_lines
from tests.residents import house as house
from tests.residents import settled_folder as settled_folder
from tests.residents import submitted


@pytest.fixture
def lines(house):
    return people_lines(house)


def line_of(lines, name):
    (found,) = [line for line in lines if line.strip().startswith(name)]
    return found


def test_everybody_is_listed_with_number_and_story(house, lines):
    people = cast(house.settings.districts).values()
    assert len(lines) == 2 * len(people)
    for person in people:
        assert person.get("id_number", person.get("number", "")) in line_of(lines, person["name"])
        assert any(person["story_en"] in line for line in lines)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("林晓禾", "a relative rents"),
        ("陈一鸣", "owns a home"),
        ("何雨桐", "child"),
        ("阿依古丽", "in a dormitory"),
        ("高民警", "officer"),
        ("钱经办", "clerk"),
        ("郑运维", "operator"),
    ],
)
def test_what_somebody_is_stands_in_their_line(lines, name, words):
    assert words in line_of(lines, name)


def test_who_holds_a_voucher_is_said_to(house, lines):
    assert "voucher" not in line_of(lines, "陈一鸣")
    submitted(house, "chen_yiming")
    assert "holds a voucher" in line_of(people_lines(house), "陈一鸣")


def test_numbers_stand_below_one_another(lines):
    places = {
        line.encode("gbk", "replace").find(b"19") for line in lines if line.strip()[:1] in "林陈何"
    }
    assert len(places) == 1
