"""Identity numbers, permanent residence cards and credit codes, with the traps of the field."""

import string
from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.iso7064 import mod_11_2 as independent_mod_11_2

from certstore.check_characters import mod_11_2, organisation_check
from certstore.errors import MalformedError
from certstore.identifiers import (
    CreditCode,
    PermanentResidenceCard,
    Residency,
    ResidentId,
    Sex,
)

CITIZEN = "11010519491231002X"
TODAY = date(2026, 11, 22)


def cause_of(error: pytest.ExceptionInfo[MalformedError]) -> object:
    return error.value.facts["cause"]


def with_check(first_17: str) -> str:
    return first_17 + mod_11_2(first_17)


# --- identity numbers ---------------------------------------------------------------------


def test_the_standards_own_example_is_read():
    number = ResidentId.parse(CITIZEN, today=TODAY)
    assert (number.value, number.birth_date, number.area) == (CITIZEN, date(1949, 12, 31), "110105")
    assert number.sex is Sex.FEMALE
    assert number.residency is Residency.MAINLAND


def test_a_small_x_and_blanks_around_are_normalised():
    assert ResidentId.parse(" 11010519491231002x\n").value == CITIZEN


def test_neither_str_nor_repr_shows_the_birth_date():
    number = ResidentId.parse(CITIZEN)
    assert str(number) == "110105********002X"
    assert repr(number) == "ResidentId(110105********002X)"
    assert CITIZEN not in f"{number} {[number]}"


def test_a_number_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        ResidentId.parse(CITIZEN).value = "x"  # type: ignore[misc]  # that is the test


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("110105194912310021", "wrong_check_character"),
        ("110105491231002", "void_15_digits"),
        ("", "wrong_shape"),
        ("1101051949123100", "wrong_shape"),
        ("1101051949123100\uff12X", "not_ascii"),
        ("11010519491231002\u2169", "not_ascii"),
        ("X" * 97, "too_long"),
        (" " * 97 + CITIZEN, "too_long"),
        (with_check("11010519490230002"), "impossible_birth_date"),
        (with_check("11010500001231002"), "impossible_birth_date"),
        (with_check("11010518491231002"), "impossible_birth_date"),
        (with_check("11010520261123002"), "future_birth_date"),
        (with_check("91010519491231002"), "unknown_province"),
        (with_check("16010519491231002"), "unknown_province"),
    ],
)
def test_a_bad_number_is_refused_with_its_cause(text, cause):
    with pytest.raises(MalformedError) as refused:
        ResidentId.parse(text, today=TODAY)
    assert cause_of(refused) == cause
    assert "1949" not in refused.value.detail


def test_an_old_number_of_15_digits_becomes_the_present_one():
    became = ResidentId.of_15_digits("110105491231002")
    assert became == ResidentId.parse(CITIZEN)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (CITIZEN, "wrong_shape"),
        ("11010549123100", "wrong_shape"),
        ("11010549123100X", "wrong_shape"),
        ("11010549123100\uff12", "not_ascii"),
        ("110105490230002", "impossible_birth_date"),
        ("160105491231002", "unknown_province"),
    ],
)
def test_an_old_number_is_read_as_strictly(text, cause):
    with pytest.raises(MalformedError) as refused:
        ResidentId.of_15_digits(text)
    assert cause_of(refused) == cause


def test_somebody_born_today_has_a_number_and_somebody_born_tomorrow_has_none():
    born = with_check("31010120261122001")
    assert ResidentId.parse(born, today=TODAY).birth_date == TODAY
    with pytest.raises(MalformedError):
        ResidentId.parse(born, today=date(2026, 11, 21))


@pytest.mark.parametrize("area", ["310103", "310108", "310119", "310225", "310230"])
def test_numbers_of_abolished_districts_stay_valid(area):
    assert ResidentId.parse(with_check(area + "19750101001"), today=TODAY).area == area


@pytest.mark.parametrize(("area", "year"), [("310115", 1975), ("310115", 1985), ("340104", 1955)])
def test_an_area_is_not_judged_by_the_year_of_birth_as_stdnum_does(area, year):
    number = with_check(f"{area}{year}0101001")
    assert not ric.is_valid(number)  # the trap: the library refuses a good number
    assert ResidentId.parse(number, today=TODAY).birth_date.year == year


@pytest.mark.parametrize(
    ("text", "residency"),
    [
        ("810000199001010019", Residency.HONG_KONG),
        ("820000199001010010", Residency.MACAO),
        ("830000199001010012", Residency.TAIWAN),
    ],
)
def test_residents_of_hong_kong_macao_and_taiwan_have_numbers_too(text, residency):
    assert ResidentId.parse(text, today=TODAY).residency is residency


@given(st.text(alphabet=string.digits, min_size=17, max_size=17))
def test_the_check_character_agrees_with_an_independent_reader(first_17):
    assert mod_11_2(first_17) == independent_mod_11_2.calc_check_digit(first_17)


@given(st.integers(0, 17), st.integers(1, 9))
def test_every_single_wrong_digit_of_an_identity_number_is_found(position, shift):
    if position == 17:
        wrong = CITIZEN[:17] + str(shift)
    else:
        digit = str((int(CITIZEN[position]) + shift) % 10)
        wrong = CITIZEN[:position] + digit + CITIZEN[position + 1 :]
    with pytest.raises(MalformedError):
        ResidentId.parse(wrong, today=TODAY)


# --- permanent residence cards ------------------------------------------------------------


def test_the_specimen_of_the_permanent_residence_card_is_read():
    card = PermanentResidenceCard.parse("911124198108030024", today=TODAY)
    assert (card.nationality, card.birth_date) == ("124", date(1981, 8, 3))
    assert card.sex is Sex.FEMALE
    assert str(card) == "911124********0024"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("911124198108030025", "wrong_check_character"),
        ("810000199001010019", "wrong_shape"),
        (with_check("99912419810803002"), "unknown_province"),
        (with_check("91112420270803002"), "future_birth_date"),
        (with_check("91112419811303002"), "impossible_birth_date"),
    ],
)
def test_a_bad_permanent_residence_card_is_refused(text, cause):
    with pytest.raises(MalformedError) as refused:
        PermanentResidenceCard.parse(text, today=TODAY)
    assert cause_of(refused) == cause


def test_a_permanent_residence_card_is_no_identity_number():
    with pytest.raises(MalformedError):
        ResidentId.parse("911124198108030024")


# --- credit codes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "11110000000026884K",
        "11100000000013338W",
        "11430000006122244L",
        "11330105002500287C",
        "91110000600037341L",
        "11310000MB0T00015W",
        "11310000MB0T00023P",
        "11310000MB0T00031J",
        "113700000045046442",
    ],
)
def test_credit_codes_in_use_are_read(text):
    code = CreditCode.parse(f" {text.lower()} ")
    assert code.value == str(code) == text
    assert code.area == text[2:8]
    assert code.organisation_code == text[8:17]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("11110000000026884M", "wrong_check_character"),
        ("11110000000026885K", "wrong_organisation_check"),
        ("1111000000002688IK", "wrong_shape"),
        ("1111OOOO000026884K", "wrong_shape"),
        ("11110000000026884", "wrong_shape"),
        ("11110000000026884\uff2b", "not_ascii"),
    ],
)
def test_a_bad_credit_code_is_refused_with_its_cause(text, cause):
    with pytest.raises(MalformedError) as refused:
        CreditCode.parse(text)
    assert cause_of(refused) == cause


def test_the_inner_check_is_asked_even_where_the_outer_one_is_right():
    # 00002688 asks for 4; with 5 in its place the outer check character becomes N.
    outer_right = "11110000000026885N"
    assert [c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if _outer(outer_right[:17]) == c] == ["N"]
    with pytest.raises(MalformedError) as refused:
        CreditCode.parse(outer_right)
    assert cause_of(refused) == "wrong_organisation_check"


def _outer(first_17: str) -> str:
    """GB 32100 once more, as its text says it: 31 less the remainder, 31 written 0."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    rest = sum(pow(3, i, 31) * alphabet.index(c) for i, c in enumerate(first_17)) % 31
    return alphabet[(31 - rest) % 31]


@pytest.mark.parametrize(("base", "check"), [("00002688", "4"), ("MB0T0001", "5")])
def test_organisation_codes_carry_the_check_of_gb_11714(base, check):
    assert organisation_check(base) == check


def test_an_organisation_check_of_ten_is_x_and_of_eleven_is_0():
    checks = {organisation_check(f"{n:08}") for n in range(200)}
    assert checks == set("0123456789X")
    assert organisation_check("00000000") == "0"
