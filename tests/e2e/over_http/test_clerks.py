"""The pages of organisations' clerks over HTTP: a source's account, dormitory certificates."""

import hashlib
from datetime import date

import pytest

from certstore.batch_fields import FaultCode, LineRefusal
from certstore.callers import Clerk
from certstore.certificates import Status
from certstore.tables.batches import BatchReport
from certstore.web.texts import Texts
from tests.house import TODAY
from tests.residents import GAO, PEOPLE, Browser, assert_sound, resident

HOUSING = Clerk("许经办", "F07", "11310000MB0T00023P")
LAND = Clerk("冯经办", "L01", "11310000MB0T00031J")
QIAN = Clerk("钱经办", "Y01", "91310000MADM00078M")
STRANGER = Clerk("孙经办", "S01", "11310000MB0T00082T")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
WU = PEOPLE["wu_guoqiang"]
FORM = {
    "lodger_name": WU["name"],
    "lodger_id_number": WU["id_number"],
    "district": "海港区",
    "address": "滨海路 18 号 3 号楼 402 室",
    "valid_from": "2026-11-01",
    "valid_to": "2027-10-31",
}


@pytest.fixture
def working(house):
    """Batches of two sources, and an employer that is enrolled."""
    until = date(2027, 12, 31)
    house.organisation_desk.enrol(
        QIAN.organisation_uscc, ("远帆物流", "Yuanfan"), "employer", until
    )
    wrong = (LineRefusal(17, "BAD_ID_NUMBER", "holders[0].id_number: check character"),)
    with house.archive.writing() as books:
        for clerk, refusals in ((HOUSING, wrong), (LAND, ())):
            digest = hashlib.sha256(clerk.number.encode()).hexdigest()
            uscc = clerk.organisation_uscc
            books.batches.add(BatchReport(digest, uscc, TODAY, 57, 0, refusals))
    return house


@BOTH
def test_a_source_sees_its_batches_and_the_lines_returned_in_words(working, lang):
    answer = Browser(working, HOUSING, lang).get("/source")
    assert answer.status_code == 200
    assert_sound(answer, lang)
    texts = Texts(lang)
    assert texts("fault.BAD_ID_NUMBER") in answer.text
    assert texts("source.counts", taken=57, known=0) in answer.text


def test_a_source_sees_nothing_of_anothers(working):
    page = Browser(working, LAND).get("/source").text
    assert Texts("zh")("fault.BAD_ID_NUMBER") not in page
    assert hashlib.sha256(b"F07").hexdigest() not in page


def test_a_source_sees_its_records_under_objection_with_the_day_to_answer_and_no_name(working):
    person = PEOPLE["sun_jianhua"]  # whose property registration is under objection
    page = Browser(working, LAND).get("/source").text
    assert Texts("zh")("source.due") in page
    assert person["name"] not in page
    assert person["id_number"] not in page
    with working.archive.reading() as books:
        (record,) = books.register.disputed_of(LAND.organisation_uscc)
    assert record.record_id in page


@BOTH
def test_an_organisation_without_a_key_here_has_no_account(working, lang):
    answer = Browser(working, STRANGER, lang).get("/source")
    assert answer.status_code == 403
    assert_sound(answer, lang)


@pytest.mark.parametrize("path", ["/source", "/dormitory"])
def test_clerks_pages_are_for_clerks(working, path):
    for caller in (resident("wu_guoqiang"), GAO):
        assert Browser(working, caller).get(path).status_code == 403
    assert Browser(working, None).get(path).status_code == 303


@pytest.mark.parametrize("path", ["/certificates", "/desk", "/applications", "/usage"])
def test_a_clerk_opens_nobody_elses_pages(working, path):
    assert Browser(working, QIAN).get(path).status_code == 403


def test_home_leads_a_clerk_to_the_right_desk(working):
    assert Browser(working, QIAN).get("/").headers["location"] == "/dormitory"
    assert Browser(working, HOUSING).get("/").headers["location"] == "/source"


@BOTH
def test_a_dormitory_certificate_is_issued_and_ended_on_the_page(working, lang):
    browser = Browser(working, QIAN, lang)
    answer = browser.post("/dormitory", **FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dormitory?done=issued")
    page = browser.get("/dormitory?done=issued")
    assert_sound(page, lang)
    assert WU["id_number"] not in page.text  # the list masks it
    (certificate,) = working.dormitory_desk.issued(QIAN)
    assert browser.post(f"/dormitory/{certificate.ref}/end").status_code == 303
    assert working.dormitory_desk.issued(QIAN)[0].status is Status.CANCELLED


@BOTH
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(working, lang):
    wrong = FORM | {"lodger_id_number": WU["id_number"][:-1] + "?", "address": "滨海路"}
    answer = Browser(working, QIAN, lang).post("/dormitory", **wrong)
    assert answer.status_code == 422
    assert_sound(answer, lang)
    texts = Texts(lang)
    assert texts("error.lodger_id_number.malformed") in answer.text
    assert texts("error.address.malformed") in answer.text
    assert WU["name"] in answer.text
    assert working.dormitory_desk.issued(QIAN) == []


def test_a_form_without_the_sessions_token_issues_nothing(working):
    answer = Browser(working, QIAN).post("/dormitory", **FORM | {"csrf": "x"})
    assert answer.status_code == 403
    assert working.dormitory_desk.issued(QIAN) == []


def test_every_fault_a_line_can_have_is_in_words():
    for lang in ("zh", "en"):
        assert set(Texts(lang).under("fault.")) == set(FaultCode)
