"""The page for clerks of agencies without a system: on the API's own path, and as strict."""

from datetime import UTC, datetime

import pytest

from certstore.callers import Clerk
from certstore.certificates import Status
from certstore.web.texts import Texts
from tests.matters import CHILD, FATHER, SCHOOL_USCC, STRANGER, enrol_purpose, filed, holder
from tests.residents import GAO, Browser, assert_sound, resident
from tests.sealed import become, voucher

CLERK = Clerk("丁经办", "E07", SCHOOL_USCC)
ELSEWHERE = Clerk("孙经办", "S01", "11310000MB0T00082T")
ZH = Texts("zh")
COUNTER = ("search", "pull", "counter")
FORM = {
    "purpose": "enrolment-2026",
    "case_no": "RX-1",
    "person_name": FATHER["name"],
    "person_number": FATHER["id_number"],
}


@pytest.fixture
def open_house(house):
    enrol_purpose(house, types=("residence_voucher", "lease_filing"), actions=COUNTER)
    return house


def seen_by(house, who):
    with house.archive.reading() as books:
        person = books.people.find("111", who["id_number"])
        found = books.usage.of(person.id, datetime.min.replace(tzinfo=UTC)) if person else []
    return [dict(entry.record) for entry in found]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_first_what_exists_then_the_chosen_fields_once(open_house, lang):
    held, texts = voucher(open_house, holder(FATHER)), Texts(lang)
    browser = Browser(open_house, CLERK, lang)
    assert_sound(browser.get("/pull"), lang)
    found = browser.post("/pull", **FORM)
    assert_sound(found, lang)
    assert f"/pull/{held.ref}" in found.text
    assert "checked" not in found.text  # nothing is chosen beforehand
    assert "海港区" not in found.text  # no content
    given = browser.post(f"/pull/{held.ref}", **FORM, field="name")
    assert_sound(given, lang)
    assert FATHER["name"] in given.text
    assert "2027-11-24" not in given.text
    assert texts("pull.receipt_then") in given.text
    assert given.headers["cache-control"] == "no-store"
    pulled, looked = seen_by(open_house, FATHER)
    assert (looked["kind"], pulled["kind"]) == ("look", "pull")
    for record in (pulled, looked):
        assert (record["operator"], record["case_no"]) == ("E07", "RX-1")
        assert record["purpose"] == "enrolment-2026"
    assert pulled["fields"] == ["name"]


def test_a_name_that_does_not_agree_reads_as_nobody_and_is_seen(open_house):
    held = voucher(open_house, holder(FATHER))
    browser = Browser(open_house, CLERK)
    nobody = {"person_name": "陈无人", "person_number": "310199199201010012"}
    absent = browser.post("/pull", **FORM | nobody).text
    wrong = FORM | {"person_name": nobody["person_name"]}
    differs = browser.post("/pull", **wrong).text
    assert ZH("pull.nothing_then") in absent
    assert held.ref not in differs
    assert _body(differs, FORM["person_number"]) == _body(absent, nobody["person_number"])
    (looked,) = seen_by(open_house, FATHER)
    assert looked["kind"] == "look"
    tried = browser.post(f"/pull/{held.ref}", **wrong, field="name")
    assert ZH("pull.nothing_then") in tried.text
    assert [record["kind"] for record in seen_by(open_house, FATHER)] == ["look", "look"]


def _body(page, number):
    masked = (f"{number[:6]}", number[-4:], number)
    for shown in masked:
        page = page.replace(shown, "")
    return page


def test_a_field_outside_the_grant_and_none_at_all_give_nothing(open_house):
    held = voucher(open_house, holder(FATHER))
    browser = Browser(open_house, CLERK)
    none = browser.post(f"/pull/{held.ref}", **FORM)
    assert none.status_code == 422
    assert ZH("pull.choose_some") in none.text
    more = browser.post(f"/pull/{held.ref}", **FORM, field="id_number")
    assert (more.status_code, ZH("pull.refused.field-not-granted") in more.text) == (409, True)
    assert seen_by(open_house, FATHER)[0]["refused_fields"] == ["id_number"]
    become(open_house, held, Status.REVOKED)
    gone = browser.post(f"/pull/{held.ref}", **FORM, field="name")
    assert ZH("pull.refused.certificate-revoked") in gone.text
    strangers = browser.post(
        f"/pull/{voucher(open_house, holder(STRANGER)).ref}", **FORM, field="name"
    )
    assert ZH("pull.refused.subject-mismatch") in strangers.text
    assert seen_by(open_house, STRANGER)[0]["refused"] == "subject-mismatch"


@pytest.mark.parametrize(
    ("change", "name", "code"),
    [
        ({"purpose": "another"}, "purpose", "missing"),
        ({"case_no": ""}, "case_no", "missing"),
        ({"case_no": "RX\u202e"}, "case_no", "malformed"),
        ({"case_no": "x" * 61}, "case_no", "malformed"),
        ({"person_name": " "}, "person_name", "missing"),
        ({"person_number": "340199198610110315"}, "person_number", "malformed"),
        ({"use_code": "no code!"}, "use_code", "malformed"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nobody_is_looked_at(open_house, change, name, code):
    answer = Browser(open_house, CLERK).post("/pull", **FORM | change)
    assert answer.status_code == 422
    assert_sound(answer, "zh")
    assert ZH(f"error.{name}.{code}") in answer.text
    assert seen_by(open_house, FATHER) == []


@pytest.mark.parametrize("field", ["a\x00", "a b", "x" * 81])
def test_a_field_that_is_no_name_is_refused(open_house, field):
    held = voucher(open_house, holder(FATHER))
    answer = Browser(open_house, CLERK).post(f"/pull/{held.ref}", **FORM, field=field)
    assert answer.status_code == 422
    assert seen_by(open_house, FATHER) == []


def test_it_is_for_clerks_of_agencies_that_may_ask_here(house):
    enrol_purpose(house)  # without the action counter
    assert Browser(house, CLERK).get("/pull").status_code == 403
    assert Browser(house, CLERK).post("/pull", **FORM).status_code == 403
    assert Browser(house, ELSEWHERE).get("/pull").status_code == 403
    for caller in (resident("wu_guoqiang"), GAO):
        assert Browser(house, caller).get("/pull").status_code == 403
    assert Browser(house, None).get("/pull").status_code == 303


def test_a_form_without_the_sessions_token_looks_at_nobody(open_house):
    answer = Browser(open_house, CLERK).post("/pull", **FORM | {"csrf": "x"})
    assert answer.status_code == 403
    assert seen_by(open_house, FATHER) == []


def test_a_type_without_fields_shows_that_it_exists_and_nothing_more(open_house):
    filed(open_house, "lease_filing", CHILD, address="somewhere")
    asked = {"person_name": CHILD["name"], "person_number": CHILD["id_number"]}
    found = Browser(open_house, CLERK).post("/pull", **FORM | asked)
    assert ZH("pull.only_existence") in found.text
    assert "somewhere" not in found.text


def test_a_case_number_lists_what_ones_own_agency_did(open_house):
    held = voucher(open_house, holder(FATHER))
    browser = Browser(open_house, CLERK)
    browser.post("/pull", **FORM)
    browser.post(f"/pull/{held.ref}", **FORM, field="name")
    listed = browser.post("/pull/case", looked_up="RX-1")
    assert_sound(listed, "zh")
    assert ZH("pull.accesses", n=2, number="RX-1") in listed.text
    assert FATHER["name"] not in listed.text
    assert ZH("pull.no_accesses") in browser.post("/pull/case", looked_up="RX-2").text
    for odd in ("", "x" * 61, "a\x00"):
        assert browser.post("/pull/case", looked_up=odd).status_code == 422


def test_home_leads_such_a_clerk_to_the_counter(open_house):
    assert Browser(open_house, CLERK).get("/").headers["location"] == "/pull"
