"""Every condition at its boundaries: birthdays, leap days, month ends, first and last days."""

import pytest

from tests.unit.verifiers.matters.cases import (
    CHILD,
    FATHER,
    STRANGER,
    born,
    day,
    document,
    evidence,
    facts,
    material,
    record,
)
from verifiers.materials.persons import Person
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Reason
from verifiers.matters.conditions import CONDITIONS, proves_parent, read_condition
from verifiers.matters.declared import Declared, Guardian
from verifiers.matters.finding import Finding
from verifiers.matters.matter import AgencyMatter

PARAMETERS = AgencyMatter.read(document()).parameters
HOLDS = Finding()
NOT_MEANT = Finding(meant=False)


def condition(**said):
    word = said.pop("word")
    return read_condition(Members({"is": word, **said}, "c"), Declared(PARAMETERS, Guardian.MAY))


def judged(said, on_file, **case):
    return condition(**said).judge(on_file, facts(on_file, **case))


@pytest.mark.parametrize(
    ("who", "holders", "found"),
    [
        ("subject", (CHILD,), HOLDS),
        ("subject", (FATHER,), NOT_MEANT),
        ("guardian", (FATHER,), HOLDS),
        ("guardian", (CHILD,), NOT_MEANT),
        ("either", (FATHER, STRANGER), HOLDS),
        ("either", (STRANGER,), NOT_MEANT),
        ("both", (CHILD, FATHER), HOLDS),
        ("both", (CHILD,), Finding((Reason.HOLDER_NOT_SUBJECT,))),
        ("subject", (Person("何雨同", "111", CHILD.id_number),), Finding((Reason.NAME_MISMATCH,))),
        (
            "subject",
            (Person(CHILD.name, "111", STRANGER.id_number),),
            Finding((Reason.HOLDER_NOT_SUBJECT,)),
        ),
    ],
)
def test_whose_a_record_must_be(who, holders, found):
    assert judged({"word": "holder", "who": who}, record(holders=holders)) == found


def test_where_nobody_acts_nothing_is_the_guardians():
    said = condition(word="holder", who="guardian")
    assert said.judge(record(holders=(FATHER,)), facts(guardian=None)) == NOT_MEANT


@pytest.mark.parametrize(
    ("birthday", "on", "holds"),
    [
        ("2020-08-31", "08-31", True),
        ("2020-09-01", "08-31", False),
        ("2020-08-30", "08-31", True),
        ("2020-02-29", "2026-02-28", False),  # born on a leap day: older on 1 March
        ("2020-02-29", "2026-03-01", True),
        ("2020-02-29", "parameter:begins", True),
        ("2020-11-25", "as_of", True),
        ("2020-11-26", "as_of", False),
    ],
)
def test_full_years_on_a_day(birthday, on, holds):
    said = condition(word="age", of="subject", on=on, at_least=6)
    found = said.judge_people(
        facts(subject=born(day(birthday)), parameters={"begins": "2026-03-01"})
    )
    assert found == (HOLDS if holds else Finding((Reason.NOT_YET_ELIGIBLE,)))


@pytest.mark.parametrize(
    ("birthday", "reasons"),
    [
        ("2010-11-26", (Reason.NOT_YET_ELIGIBLE,)),
        ("2010-11-25", ()),
        ("1965-11-26", ()),
        ("1965-11-25", (Reason.TOO_OLD,)),
    ],
)
def test_an_age_between_two_both_counted(birthday, reasons):
    said = condition(word="age", of="subject", at_least=16, at_most=60)
    assert said.judge_people(facts(subject=born(day(birthday)))).reasons == reasons


def test_an_age_that_no_number_tells_is_for_a_person_to_look_at():
    said = condition(word="age", of="subject", at_least=16)
    foreign = Person("Jane", "414", "P1234567")
    assert said.judge_people(facts(subject=foreign)) == Finding((Reason.NO_RECORD,), by_eye=True)
    of_guardian = condition(word="age", of="guardian", at_least=18)
    assert of_guardian.judge_people(facts(guardian=None)).reasons == (Reason.NO_RECORD,)


@pytest.mark.parametrize(
    ("registered", "today", "full"),
    [
        ("2026-05-25", "2026-11-25", None),
        ("2026-05-26", "2026-11-25", "2026-11-26"),
        ("2025-08-31", "2026-02-28", None),  # clamped to the month's end
        ("2025-08-31", "2026-02-27", "2026-02-28"),
        ("2023-08-31", "2024-02-28", "2024-02-29"),
        ("2023-08-31", "2024-02-29", None),
    ],
)
def test_held_for_half_a_year_of_calendar_months(registered, today, full):
    voucher = record("residence_voucher", claims={"registered_on": registered})
    found = judged(
        {"word": "held_since", "since": "registered_on", "months": 6}, voucher, today=today
    )
    reason = Finding((Reason.NOT_YET_ELIGIBLE,), eligible_on=day(full) if full else None)
    assert found == (reason if full else HOLDS)


def test_a_record_that_does_not_say_since_when_leaves_it_open():
    found = judged({"word": "held_since", "since": "registered_on", "months": 1}, record())
    assert found.reasons == (Reason.NOT_YET_ELIGIBLE,)


def test_a_term_that_ends_beyond_the_calendar_ends_never():
    far = record(valid_from="9999-12-31", issued_on="9999-12-31")
    said = {"word": "held_since", "since": "valid_from", "months": 1200}
    assert judged(said, far).eligible_on == day("9999-12-31")


@pytest.mark.parametrize(
    ("ends", "today", "holds"),
    [
        (None, "2026-11-25", True),
        ("2026-12-24", "2026-11-25", True),
        ("2026-12-23", "2026-11-25", False),
        ("2026-02-27", "2026-01-31", True),  # from 31 January, a month is over on 28 February
        ("2026-02-26", "2026-01-31", False),
    ],
)
def test_so_many_months_left_today_counted(ends, today, holds):
    found = judged({"word": "remaining", "months": 1}, record(valid_to=ends), today=today)
    assert found == (HOLDS if holds else Finding((Reason.CERT_EXPIRED,)))


@pytest.mark.parametrize(
    ("issued", "reasons"),
    [
        ("2026-08-26", (Reason.NOT_YET_ELIGIBLE,)),
        ("2026-08-25", ()),
        ("2025-11-25", ()),
        ("2025-11-24", (Reason.TOO_OLD,)),
    ],
)
def test_how_old_a_document_may_be(issued, reasons):
    said = {"word": "document_age", "at_least_months": 3, "at_most_months": 12}
    assert judged(said, record(issued_on=issued)).reasons == reasons


@pytest.mark.parametrize(
    ("valid_to", "reasons"), [("2026-12-01", ()), ("2026-11-30", (Reason.CERT_EXPIRED,))]
)
def test_in_force_on_a_further_day_that_the_case_tells(valid_to, reasons):
    said = {"word": "valid_on", "day": "parameter:begins"}
    found = judged(said, record(valid_to=valid_to), parameters={"begins": "2026-12-01"})
    assert found.reasons == reasons


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"equals": "小学"}, HOLDS),
        ({"equals": "初中"}, NOT_MEANT),
        ({"one_of": ["初中", "小学"]}, HOLDS),
        ({"parameter": "home"}, NOT_MEANT),
    ],
)
def test_a_field_is_one_of_some_words_or_the_record_is_not_meant(said, found):
    enrolment = record("enrolment", claims={"stage": "小学", "school": ["a"]})
    case = {"parameters": {"home": "中学"}}
    assert judged({"word": "field", "name": "stage", **said}, enrolment, **case) == found
    assert judged({"word": "field", "name": "school", "equals": "a"}, enrolment) == NOT_MEANT
    assert judged({"word": "field", "name": "stage", "parameter": "home"}, enrolment) == NOT_MEANT


@pytest.mark.parametrize(
    ("claims", "reasons", "by_eye"),
    [
        ({"address": "示范市海港区长乐路88弄6号1203室"}, (), False),
        ({"address": "示范市梧桐区长乐路88弄6号1203室"}, (Reason.ADDRESS_MISMATCH,), False),
        ({"residence_district": "海港区"}, (), False),
        ({"residence_district": "梧桐区"}, (Reason.ADDRESS_MISMATCH,), False),
        ({"address": "长乐路88弄6号1203室"}, (Reason.ADDRESS_UNSURE,), True),
        ({}, (Reason.ADDRESS_UNSURE,), True),
    ],
)
def test_in_which_district_a_record_says_it_is(claims, reasons, by_eye):
    said = {"word": "district", "parameter": "district"}
    found = judged(said, record(claims=claims), parameters={"district": "海港区"})
    assert found == Finding(reasons, by_eye=by_eye)


@pytest.mark.parametrize(
    ("says", "reasons"),
    [
        ("示范市海港区长乐路88弄6号1203室", ()),
        ("示范市海港区长乐路88弄7号1203室", (Reason.ADDRESS_MISMATCH,)),
        ("示范市海港区长乐路88弄6号", (Reason.ADDRESS_UNSURE,)),
    ],
)
def test_the_address_that_the_case_tells(says, reasons):
    told = {"home": "海港区长乐路88弄6号1203室"}
    said = {"word": "address", "parameter": "home"}
    assert judged(said, record(claims={"address": says}), parameters=told).reasons == reasons
    assert judged(said, record(claims={"address": says})).reasons == (Reason.ADDRESS_UNSURE,)


def test_a_birth_certificate_names_whoever_acts_as_a_parent():
    said = {"word": "parent", "who": "guardian"}
    born_to = {"parents": [FATHER.as_json()]}
    certificate = record("birth_certificate", claims=born_to)
    assert judged(said, certificate) == HOLDS
    unproven = Finding((Reason.GUARDIANSHIP_UNPROVEN,))
    assert judged(said, certificate, guardian=STRANGER) == unproven
    assert judged(said, certificate, guardian=None) == unproven
    register = record(
        "household_register", claims={"members": [{**FATHER.as_json(), "relation": "sibling"}]}
    )
    assert judged(said, register) == unproven


def test_a_parent_is_proven_by_a_record_in_force_of_the_child_alone():
    certificate = record("birth_certificate", claims={"parents": [FATHER.as_json()]})
    assert proves_parent(certificate, CHILD, FATHER, day("2026-11-25"))
    assert not proves_parent(certificate, CHILD, STRANGER, day("2026-11-25"))
    assert not proves_parent(certificate, STRANGER, FATHER, day("2026-11-25"))
    revoked = record("birth_certificate", claims={"parents": [FATHER.as_json()]}, status="revoked")
    assert not proves_parent(revoked, CHILD, FATHER, day("2026-11-25"))


def test_every_condition_can_be_written_into_a_matter():
    whole = {
        "holder": {"who": "both"},
        "valid_on": {"day": "2026-12-31"},
        "document_age": {"at_most_months": 6},
        "remaining": {"months": 6},
        "field": {"name": "stage", "equals": "小学"},
        "address": {"parameter": "home"},
        "district": {"parameter": "district"},
        "held_since": {"since": "issued_on", "months": 6},
        "parent": {"who": "guardian"},
        "age": {"of": "guardian", "at_least": 18},
    }
    assert set(whole) == set(CONDITIONS)
    said = [{"is": word, **members} for word, members in whole.items()]
    AgencyMatter.read(document(material([evidence("enrolment", *said[1:])])))
