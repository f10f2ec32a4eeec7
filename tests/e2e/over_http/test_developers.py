"""The portal of agencies' developers and the operators' part, over HTTP."""

import json

import pytest

from certstore.callers import Clerk, Developer, Operator
from certstore.jwk import to_jwk
from certstore.keys import generate
from certstore.service.demo_cast import cast
from certstore.service.demo_school import SCHOOL_CLIENT, SCHOOL_PURPOSE, enrol_school, school_signer
from certstore.service.passphrase import passphrase
from certstore.web.texts import Texts
from tests.residents import GAO, Browser, assert_sound, resident

HAN = Developer("韩开发", "D01", "11310000MB0T00058A")
STRANGER = Developer("别开发", "D02", "11310000MB0T00023P")
ZHENG, MENG = Operator("郑运维", "A01"), Operator("孟运维", "A02")
ZH = Texts("zh")
PURPOSE = {
    "client_id": SCHOOL_CLIENT,
    "matter_code": "school_transfer",
    "title_zh": "转学核验",
    "title_en": "School transfer",
    "basis_kind": "statutory_duty",
    "basis_ref": "义务教育法第十二条",
    "field": ["residence_voucher.name", "residence_voucher.id_number"],
    "action": ["search", "pull"],
    "quota_day": "100",
    "quota_month": "",
    "contact": "招生办 010-0000",
    "justification": "核对孩子是否住在学区里，只看区，不看门牌",
}


@pytest.fixture
def school(house):
    """The demonstration's own client, as it is enrolled."""
    enrol_school(house.archive, school_signer(house.settings.data_dir, passphrase(house.settings)))
    return house


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_of_the_portal_opens_in_both_languages(school, lang):
    browser = Browser(school, HAN, lang)
    assert browser.get("/").headers["location"] == "/developers"
    rooms = ("", "/keys", "/calls", "/debug", "/try", "/docs", "/clients/new", "/purposes/new")
    own = (f"/purposes/{SCHOOL_PURPOSE}", f"/purposes/{SCHOOL_PURPOSE}/edit")
    for path in (*rooms, *own):
        answer = browser.get(f"/developers{path}")
        assert answer.status_code == 200, path
        assert_sound(answer, lang)
    operator = Browser(school, ZHENG, lang)
    for path in ("", f"/client/{SCHOOL_CLIENT}", f"/purpose/{SCHOOL_PURPOSE}"):
        assert_sound(operator.get(f"/console/agencies{path}"), lang)


@pytest.mark.parametrize(
    "caller", [resident("lin_xiaohe"), GAO, ZHENG, Clerk("钱经办", "Y01", "91310000MADM00078M")]
)
def test_the_portal_is_for_developers_and_the_console_for_operators(house, caller):
    assert Browser(house, caller).get("/developers").status_code == 403
    assert Browser(house, HAN).get("/console/agencies").status_code == 403
    assert Browser(house, None).get("/developers").status_code == 303


def test_an_agencys_developer_sees_nothing_of_anothers(school):
    browser = Browser(school, STRANGER)
    assert SCHOOL_CLIENT not in browser.get("/developers").text
    for path in (f"/purposes/{SCHOOL_PURPOSE}", f"/purposes/{SCHOOL_PURPOSE}/edit", "/purposes/x"):
        assert browser.get(f"/developers{path}").status_code == 404
    key = json.dumps(to_jwk(generate("ES256").public_key()))
    assert browser.post("/developers/keys", client_id=SCHOOL_CLIENT, jwk=key).status_code == 404
    tried = browser.post("/developers/try", purpose=SCHOOL_PURPOSE, person="lin_xiaohe")
    assert tried.status_code == 404


def test_a_purpose_goes_from_the_form_through_two_browsers_to_approved(school):
    developer, first, second = (Browser(school, who) for who in (HAN, ZHENG, MENG))
    wrong = developer.post("/developers/purposes/new", **{**PURPOSE, "quota_day": "many"})
    assert wrong.status_code == 422
    assert ZH("error.quota_day.malformed") in wrong.text
    assert "转学核验" in wrong.text  # what was typed is kept
    made = developer.post("/developers/purposes/new", **PURPOSE)
    place = made.headers["location"].partition("?")[0]
    name = place.rpartition("/")[2]
    assert developer.post(f"{place}/submit").status_code == 303
    ref = school.approval_desk.waiting()[0].change.ref
    console = f"/console/agencies/purpose/{name}"
    assert_sound(first.get(console), "zh")
    given = {"ref": ref, "step": "1", "field": PURPOSE["field"], "why_not": ["", "用单位内编号"]}
    assert first.post(f"{console}/approve", **given).status_code == 303
    assert first.post(f"{console}/approve", ref=ref, step="2").status_code == 403
    assert first.post(f"{console}/approve", ref=ref, step="1").status_code == 409
    assert developer.post(f"{console}/approve", ref=ref, step="2").status_code == 403
    assert ZH("agencies.needs_other") in first.get(console).text
    assert second.post(f"{console}/approve", ref=ref, step="2").status_code == 303
    page = developer.get(place)
    assert "用单位内编号" in page.text
    assert ZH("onboarding.state.approved") in page.text
    assert school.approval_desk.purpose(name).purpose.fields == {"residence_voucher": ["name"]}


def test_a_suspension_takes_a_reason_and_a_second_person(school):
    first, second = Browser(school, ZHENG), Browser(school, MENG)
    console = f"/console/agencies/client/{SCHOOL_CLIENT}"
    assert ZH("agencies.breaks") in first.get(console).text
    assert first.post(f"{console}/suspend", reason=" ").status_code == 400
    assert first.post(f"{console}/suspend", reason="投诉核查").status_code == 303
    assert school.approval_desk.client(SCHOOL_CLIENT).client.state == "active"
    ref = school.approval_desk.waiting()[0].change.ref
    assert second.post(f"{console}/approve", ref=ref, step="2").status_code == 303
    assert school.approval_desk.client(SCHOOL_CLIENT).client.state == "suspended"
    assert "投诉核查" in Browser(school, ZHENG).get(console).text


def test_a_private_key_that_was_pasted_is_neither_kept_nor_shown_again(school):
    browser = Browser(school, HAN)
    secret = {**to_jwk(generate("ES256").public_key()), "d": "c2VjcmV0LXNlY3JldA"}
    answer = browser.post("/developers/keys", client_id=SCHOOL_CLIENT, jwk=json.dumps(secret))
    assert answer.status_code == 422
    assert ZH("error.jwk.private") in answer.text
    assert secret["d"] not in answer.text
    key = json.dumps(to_jwk(generate("ES256").public_key()))
    added = browser.post("/developers/keys", client_id=SCHOOL_CLIENT, jwk=key)
    assert added.headers["location"] == "/developers/keys?said=added"
    again = browser.post("/developers/keys", client_id=SCHOOL_CLIENT, jwk=key)
    assert (again.status_code, ZH("error.jwk.conflict") in again.text) == (422, True)
    for odd in ("", "{", "[]", "\ud800".encode("utf-8", "replace").decode(), "[" * 2000):
        answer = browser.post("/developers/keys", client_id=SCHOOL_CLIENT, jwk=odd)
        assert answer.status_code == 422


def test_the_debug_page_names_the_step_that_fails(school):
    browser = Browser(school, HAN)
    answer = browser.post("/developers/debug", assertion="a.b.c")
    assert answer.status_code == 200
    assert ZH("debug.outcome.would_refuse") in answer.text
    assert browser.post("/developers/debug", assertion=" ").status_code == 422


def test_the_sandbox_shows_each_step_and_no_number_in_full(school):
    browser = Browser(school, HAN)
    answer = browser.post("/developers/try", purpose=SCHOOL_PURPOSE, person="lin_xiaohe")
    assert answer.status_code == 200
    assert ZH("try.answered") in answer.text
    assert cast(school.settings.districts)["lin_xiaohe"]["id_number"] not in answer.text
    assert browser.post("/developers/try").status_code == 422


def test_a_form_without_the_sessions_token_changes_nothing(school):
    browser = Browser(school, HAN)
    answer = browser.http.post(f"/developers/purposes/{SCHOOL_PURPOSE}/retire", data={"csrf": "x"})
    assert answer.status_code == 403
    assert school.approval_desk.purpose(SCHOOL_PURPOSE).purpose.state == "active"


def test_a_photo_needs_its_reason_and_the_officer_reads_it_apart(school):
    developer, operator = Browser(school, HAN), Browser(school, ZHENG)
    wanted = {
        **PURPOSE,
        "field": ["residence_voucher.photo", "residence_voucher.age_over"],
        "existence": ["enrolment"],
    }
    wrong = developer.post("/developers/purposes/new", **wanted)
    assert wrong.status_code == 422
    assert ZH("error.photo_reason.missing") in wrong.text
    clash = {**wanted, "existence": ["residence_voucher"]}
    both = developer.post("/developers/purposes/new", **clash)
    assert ZH("error.existence.both") in both.text
    wanted |= {"photo_reason": "窗口要比对\r\n到场的人是不是本人"}
    made = developer.post("/developers/purposes/new", **wanted)
    place = made.headers["location"].partition("?")[0]
    shown = developer.get(place).text
    assert ZH("portal.asks_for") in shown
    assert ZH("portal.covers") not in shown
    assert ZH("onboarding.asked") in shown
    assert developer.post(f"{place}/submit").status_code == 303
    page = operator.get(f"/console/agencies/purpose/{place.rpartition('/')[2]}")
    assert_sound(page, "zh")
    for said in (
        ZH("agencies.photo_risk"),
        "窗口要比对 到场的人是不是本人",
        ZH("agencies.existence"),
    ):
        assert said in page.text
