"""What a holder shows: four profiles, each with exactly its fields, photo and record alike."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from certstore.certificates import Holder, Status
from certstore.clock import unix
from certstore.codes.claims import Disclosure
from certstore.codes.profiles import show_code
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import KeySigner, Purpose, generate
from certstore.presenting.choices import (
    AGES,
    MINIMAL,
    AgeNotReachedError,
    Choice,
    FieldMissingError,
    age_on,
    ages_reached,
    code_data,
)
from certstore.presenting.ethnicities import ethnicity_code
from tests.guardians import number
from tests.integration.certstore.test_devices import enrolment
from tests.integration.certstore.test_presentation import scans
from tests.sealed import LIN, ZHOU, become, resident, voucher

DISTRICT, FULL = Choice(Disclosure.RESIDENCE_IN_DISTRICT), Choice(Disclosure.FULL)
ADULT = Choice(Disclosure.AGE_OVER, 18)
SOMEBODY = {"name", "sex", "id_number", "photo_digest", "birth_date", "household_address"}


def shown(house, choice):
    made = house.presentation_desk.present(resident(), voucher(house).ref, choice)
    return house.scan_desk.judge(made.code_text, "望江酒店")


def test_the_district_alone_says_nobody(house):
    found = shown(house, DISTRICT)
    assert found.result.verdict.value == "valid"
    assert found.result.fields["residence_address"] == "海港区"
    assert not SOMEBODY & found.result.fields.keys()
    assert found.photo is None
    (entry,) = scans(house)
    assert "residence_district" in entry["fields"]
    assert {"residence_address", "name", "photo"} <= set(entry["other_fields"])
    assert not {"residence_address", "photo", *SOMEBODY} & set(entry["fields"])


def test_an_age_alone_says_nobody(house):
    found = shown(house, ADULT)
    assert found.result.verdict.value == "valid"
    assert found.result.fields["age_over"] == 18
    assert not (SOMEBODY | {"residence_address"}) & found.result.fields.keys()
    (entry,) = scans(house)
    assert "age_over" in entry["fields"]
    assert not {"photo", *SOMEBODY} & set(entry["fields"])


def test_everything_is_the_number_in_full_and_the_addresses(house):
    found = shown(house, FULL)
    assert found.result.fields["id_number"] == LIN.id_number
    assert found.result.fields["residence_address"].endswith("502室")
    assert found.result.fields["birth_date"] == date(1998, 4, 6)
    (entry,) = scans(house)
    assert {"id_number", "residence_address", "photo"} <= set(entry["fields"])
    assert "id_number_masked" not in entry["fields"]


def test_below_the_age_no_code_is_made_and_no_trace_is_left(house):
    ref = voucher(house).ref
    with pytest.raises(AgeNotReachedError):
        house.presentation_desk.present(resident(), ref, Choice(Disclosure.AGE_OVER, 60))
    assert scans(house) == []


@pytest.mark.parametrize(
    ("today", "years"),
    [(date(2016, 4, 5), 17), (date(2016, 4, 6), 18), (date(2016, 4, 7), 18)],
)
def test_a_year_is_complete_on_the_birthday(today, years):
    assert age_on(date(1998, 4, 6), today) == years


def test_only_ages_that_were_reached_are_offered(house):
    assert ages_reached(voucher(house), date(2026, 11, 25)) == (14, 16, 18)


@pytest.mark.parametrize(
    ("level", "age"), [("age", None), ("age", "17"), ("age", "０18"), ("age", "018"), ("all", None)]
)
def test_what_is_not_offered_cannot_be_chosen(level, age):
    with pytest.raises(MalformedError):
        Choice.parse(level, age)


def test_an_age_beside_another_profile_is_refused():
    with pytest.raises(MalformedError):
        Choice(Disclosure.MINIMAL, 18)
    assert all(Choice.parse("age", str(age)).age_over == age for age in AGES)


def test_a_district_is_read_from_the_address_where_it_stands_nowhere_else(house):
    fields = {"residence_address": "示范市梧桐区长乐路8号"}
    permit = replace(voucher(house), fields=fields)
    assert code_data(permit, DISTRICT, date(2026, 11, 25)).residence_address == "梧桐区"
    with pytest.raises(FieldMissingError):
        code_data(replace(permit, fields={}), DISTRICT, date(2026, 11, 25))


def test_an_address_too_long_for_a_code_is_left_out_and_never_cut(house):
    long = replace(voucher(house), fields={"residence_address": "长" * 121})
    assert code_data(long, FULL, date(2026, 11, 25)).residence_address is None


def test_ethnicities_have_the_codes_of_the_standard():
    assert [ethnicity_code(n) for n in ("汉族", "蒙古", "满族", "门巴族", "基诺族", "x")] == [
        *(1, 2, 11, 54, 56),
        None,
    ]


# -- the number that is typed -----------------------------------------------------------------


def test_a_number_stands_for_its_code_once_and_only_while_it_lives(house):
    made = house.presentation_desk.present(resident(), ref := voucher(house).ref, ADULT)
    number = house.presentation_desk.number(resident(), ref, made.cti)
    typed = f"{number[:3]} {number[3:6]}-{number[6:]}"
    found = house.scan_desk.judge(typed, "望江酒店")
    assert (found.result.verdict.value, found.result.fields["age_over"]) == ("valid", 18)
    again = house.scan_desk.judge(number)
    assert again.result.reasons == ("NUMBER_NOT_GOOD",)
    assert house.scan_desk.judge(made.code_text).result.verdict.value == "replayed"


def test_a_number_dies_with_its_code_and_is_nobody_elses(house):
    desk = house.presentation_desk
    made = desk.present(resident(), ref := voucher(house).ref)
    with pytest.raises(NotFoundError):
        desk.number(resident(ZHOU), ref, made.cti)
    with pytest.raises(NotFoundError):
        desk.number(resident(), voucher(house).ref, made.cti)
    number = desk.number(resident(), ref, made.cti)
    house.clock.skip(timedelta(seconds=61))
    assert desk.code_of_number(number) is None
    with pytest.raises(NotFoundError):
        desk.number(resident(), ref, made.cti)


def test_a_scan_is_seen_on_the_page_by_whose_it_is(house):
    desk = house.presentation_desk
    made = desk.present(resident(), ref := voucher(house).ref)
    assert desk.scanned_at(resident(), ref, made.cti) is None
    house.scan_desk.judge(made.code_text)
    assert desk.scanned_at(resident(), ref, made.cti) is not None
    for who, of in ((ZHOU, ref), (LIN, voucher(house).ref)):
        with pytest.raises(NotFoundError):
            desk.scanned_at(resident(who), of, made.cti)


def test_what_is_over_is_shown_in_no_profile(house):
    become(house, gone := voucher(house), Status.SUPERSEDED)
    for choice in (DISTRICT, ADULT, FULL):
        with pytest.raises(ConflictError):
            house.presentation_desk.present(resident(), gone.ref, choice)
    assert json.dumps(scans(house)) == "[]"


# -- a child's --------------------------------------------------------------------------------

CHILD = Holder("周小满", "111", number("20180501"))


def test_a_guardian_shows_a_childs_in_the_same_profiles_and_on_a_phone(house):
    mine = voucher(house, CHILD)
    with pytest.raises(NotFoundError):
        house.presentation_desk.present(resident(ZHOU), mine.ref, DISTRICT)
    with house.archive.writing() as books:
        guardian, child = books.people.known(ZHOU), books.people.known(CHILD)
        books.guardianships.prove(guardian.id, child.id, house.clock.now(), officer="1047")
    made = house.presentation_desk.present(resident(ZHOU), mine.ref, DISTRICT)
    assert house.scan_desk.judge(made.code_text).result.verdict.value == "valid"
    with pytest.raises(AgeNotReachedError):
        house.presentation_desk.present(resident(ZHOU), mine.ref, ADULT)
    signer = KeySigner(Purpose.CODE, generate("ES256"))
    device = house.device_desk.enrol(resident(ZHOU), enrolment(house, signer, ZHOU))
    held = house.device_desk.give_code(resident(ZHOU), device.ref, mine.ref, MINIMAL)
    text = show_code(held.inner, signer, issued_at=unix(house.clock.now()))
    assert house.scan_desk.judge(text).result.fields["name"] == CHILD.name
    (phone,) = house.device_desk.mine(resident(ZHOU))
    assert phone.shows == (("residence_voucher", CHILD.name),)
    with house.archive.reading() as books:
        kinds = [e.kind for e in books.usage.of(child.id, house.clock.now() - timedelta(hours=1))]
    assert sorted(kinds) == ["guardian", "scan", "scan"]
