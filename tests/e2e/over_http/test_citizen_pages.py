"""The citizen's side over HTTP: asking about an access, corrections, codes, one's own data."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from certstore.callers import Clerk, Operator, Resident, Service
from certstore.sharing.grants import Operator as AtTheTerminal
from certstore.sharing.grants import PullRequest
from certstore.web.texts import load
from tests.residents import GAO, Browser, assert_sound, resident
from tests.sealed import enrol, school_key

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
HOUSING = Clerk("许经办", "F07", "11310000MB0T00023P")
SCHOOLS = Clerk("何经办", "R05", "11310000MB0T00058A")
ZHENG = Operator("郑运维", "A01")
WHO = "zhou_min"  # in whose name a lease is filed
CSRF = {"X-CSRF-Token": "token-of-this-session"}


def says(lang, key, **values):
    return load(lang)[key].other.format(**values)


@pytest.fixture
def lease(house):
    """Zhou's lease filing, and what the school was given of it."""
    enrol(house, school_key())
    me = resident(WHO)
    found = next(c for c in house.holdings_desk.of(me) if c.type_code == "lease_filing")
    service = Service(
        client_id="school-service",
        agency="示范市教育局",
        agency_en="Education Bureau",
        agency_uscc=SCHOOLS.organisation_uscc,
        purpose_id="enrolment-2026",
        matter_code="school_enrolment",
        title_zh="义务教育入学报名",
        title_en="School enrolment",
        fields={"lease_filing": ("address",)},
        legal_basis={"kind": "statutory_duty", "ref": "义务教育法第十二条"},
        actions=("search", "pull"),
    )
    asked = PullRequest(
        ref=found.ref,
        purpose_id="enrolment-2026",
        matter_code="school_enrolment",
        case_no="RX-2026-00017",
        fields=["address"],
        subject_type="111",
        subject_number=me.holder.id_number,
        operator=AtTheTerminal("3021"),
    )
    house.sharing_desk.pull(service, asked)
    return found


@BOTH
def test_asking_about_an_access_and_the_answer(house, lease, lang):
    me, clerk = Browser(house, resident(WHO), lang), Browser(house, SCHOOLS, lang)
    (entry,) = house.holdings_desk.usage(resident(WHO))
    path = f"/usage/{entry.ref}/question"
    assert path in me.get("/usage").text
    assert_sound(me.get(path), lang)
    for odd in ("好" * 501, "不是\u202e我"):
        wrong = me.post(path, note=odd)
        assert wrong.status_code == 422
        assert_sound(wrong, lang)
    assert me.post(path, note="不是我\r\n办的").status_code == 303
    assert me.post(path, note="不是我办的").status_code == 303  # sent twice, asked once
    assert path not in me.get("/usage").text
    page = clerk.get("/questions")
    assert_sound(page, lang)
    assert "不是我 办的" in page.text
    holder = resident(WHO).holder
    assert holder.name not in page.text
    assert holder.id_number not in page.text
    (ref,) = re.findall(r'action="/questions/([0-9a-z]{20})', page.text)
    assert Browser(house, HOUSING, lang).post(f"/questions/{ref}", answer="x").status_code == 404
    assert clerk.post(f"/questions/{ref}", answer=" ").status_code == 422
    assert clerk.post(f"/questions/{ref}", answer="孩子报名").status_code == 303
    for shown in ("/usage", f"/usage/{entry.ref}"):
        assert "孩子报名" in me.get(shown).text
    assert says(lang, "notices.kind.question_answered") in me.get("/notices").text


@BOTH
def test_a_correction_from_the_form_to_the_new_version(house, lease, lang):
    me, clerk = Browser(house, resident(WHO), lang), Browser(house, HOUSING, lang)
    assert_sound(me.get("/corrections/new"), lang)
    form = f"/corrections/new?record={lease.ref}"
    assert_sound(me.get(form), lang)
    send = f"/corrections/new?record={lease.ref}&x=1"

    def post(**fields):
        return me.http.post(f"{send}&lang={lang}", data={"csrf": CSRF["X-CSRF-Token"], **fields})

    assert post().status_code == 422
    assert post(wrong_field="tenants", right="x").status_code == 422
    assert post(wrong_field="address", right="\u202e").status_code == 422
    filed = post(wrong_field="address", right="示范市海港区望江路1号")
    assert filed.status_code == 303
    assert post(wrong_field="address", right="别处").status_code == 422  # open already
    progress = filed.headers["location"].partition("?")[0]
    assert_sound(me.get(progress), lang)
    assert says(lang, "status.under_dispute") in me.get("/certificates").text
    ref = progress.rpartition("/")[2]
    assert Browser(house, resident("lin_xiaohe"), lang).get(progress).status_code == 404
    assert Browser(house, SCHOOLS, lang).get(f"/source/disputes/{ref}").status_code == 404
    assert ref in clerk.get("/source").text
    at = f"/source/disputes/{ref}"
    for act in ("accept", "pass_on"):
        assert_sound(clerk.get(at), lang)
        assert clerk.post(at, do=act).status_code == 303
    assert clerk.post(at, do="reject", why_rejected="").status_code == 422
    assert clerk.post(at, do="correct", value="").status_code == 422
    assert clerk.post(at, do="correct", value="示范市海港区望江路1号").status_code == 303
    assert clerk.post(at, do="correct", value="示范市海港区望江路2号").status_code == 409
    done = me.get(progress)
    assert_sound(done, lang)
    assert says(lang, "correction.says.corrected") in done.text
    assert {"zh": "1 家单位", "en": "one service"}[lang] in done.text
    assert says(lang, "notices.kind.correction_made") in me.get("/notices").text


def test_the_interface_of_corrections_is_for_our_own_pages_and_ones_own_records(house, lease):
    me = Browser(house, resident(WHO))
    body = {"certificate": lease.ref, "field": "address", "right": "别处"}
    assert me.http.post("/v1/disputes", json=body).status_code == 403
    other = Browser(house, resident("lin_xiaohe")).http
    assert other.post("/v1/disputes", json=body, headers=CSRF).status_code == 404
    for odd in ({"right": ""}, {"right": "\u202e"}, {"field": "x' OR"}, {"more": 1}):
        assert me.http.post("/v1/disputes", json=body | odd, headers=CSRF).status_code == 422
    filed = me.http.post("/v1/disputes", json=body, headers=CSRF)
    assert filed.status_code == 201
    assert me.http.post("/v1/disputes", json=body, headers=CSRF).status_code == 409
    ref = filed.json()["ref"]
    said = me.http.get(f"/v1/disputes/{ref}").json()
    assert (said["state"], said["overdue"], len(said["steps"])) == ("filed", False, 1)
    assert me.http.post(f"/v1/disputes/{ref}:withdraw", headers=CSRF).json()["state"] == "closed"


@BOTH
def test_what_is_overdue_is_seen_without_a_person(house, lease, lang):
    (entry,) = house.holdings_desk.usage(resident(WHO))
    house.question_desk.ask(resident(WHO), entry, "谁")

    house.clock.skip(timedelta(days=20))
    for who in (ZHENG, GAO):
        page = Browser(house, who, lang).get("/console/overdue")
        assert_sound(page, lang)
        assert {"zh": "示范市教育局", "en": "Education Bureau"}[lang] in page.text
        assert resident(WHO).holder.name not in page.text
    assert Browser(house, resident(WHO), lang).get("/console/overdue").status_code == 403


@BOTH
def test_a_code_is_shown_once_and_can_be_ended(house, lease, lang):
    me = Browser(house, resident(WHO), lang)
    path = f"/certificates/{lease.ref}/use-code"
    assert_sound(me.get(path), lang)
    assert me.post(path, for_matter="", hours="9999").status_code == 422
    made = me.post(path, for_matter="报名", give="address", hours="24")
    assert made.status_code == 200
    assert_sound(made, lang)
    (code,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", made.text)
    page = me.get("/entrustments")
    assert_sound(page, lang)
    assert code not in page.text
    (ref,) = re.findall(r"/use-codes/([0-9a-z]{20})/end", page.text)
    stranger = Browser(house, resident("lin_xiaohe"), lang)
    assert stranger.post(f"/use-codes/{ref}/end").status_code == 409
    assert me.post(f"/use-codes/{ref}/end").status_code == 303
    assert stranger.get(path).status_code == 404


@BOTH
def test_entrusting_accepting_and_taking_back_by_the_pages(house, lease, lang):
    me, lin = Browser(house, resident(WHO), lang), resident("lin_xiaohe")
    them = Browser(house, lin, lang)
    assert_sound(me.get(f"/entrustments/new?certificate={lease.ref}"), lang)
    send = f"/entrustments/new?certificate={lease.ref}&lang={lang}"
    terms = {
        "csrf": CSRF["X-CSRF-Token"],
        "entrust_to": "person",
        "agent_name": lin.holder.name,
        "agent_number": lin.holder.id_number,
        "for_matter": "租房提取",
        "from_day": "2026-11-25",
        "to_day": "2026-12-25",
    }
    assert me.http.post(send, data=terms | {"entrust_to": ""}).status_code == 422
    assert me.http.post(send, data=terms).status_code == 303
    page = them.get("/entrustments")
    assert_sound(page, lang)
    (ref,) = re.findall(r"/entrustments/([0-9a-z]{20})/accept", page.text)
    assert me.post(f"/entrustments/{ref}/accept").status_code == 404  # not theirs to accept
    assert them.post(f"/entrustments/{ref}/accept").status_code == 303
    assert_sound(them.get(f"/entrustments/{ref}/use-code"), lang)
    made = them.post(f"/entrustments/{ref}/use-code", give="address", hours="1")
    assert made.status_code == 200
    assert lin.holder.name in me.get("/usage").text  # the holder sees who made it
    assert me.post(f"/entrustments/{ref}/take-back").status_code == 303
    assert them.get(f"/entrustments/{ref}/use-code").status_code == 404


@BOTH
def test_the_copy_is_downloaded_by_who_signed_in_lately(house, lang):
    stale = Browser(house, resident(WHO), lang)
    now = house.clock.now()
    fresh = Resident(resident(WHO).holder, "https://id.example#fresh", now)
    page = Browser(house, fresh, lang).get("/export")
    assert_sound(page, lang)
    answer = Browser(house, fresh, lang).post("/export")
    assert answer.headers["content-type"] == "application/zip"
    assert "certificates.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    foreign = {"sec-fetch-site": "cross-site"}
    assert Browser(house, fresh).http.get("/v1/me/export", headers=foreign).status_code == 403
    assert Browser(house, fresh).http.get("/v1/me/export").status_code == 200

    house.clock.skip(timedelta(minutes=20))
    assert_sound(stale.get("/export"), lang)
    assert stale.post("/export").status_code == 303
    assert stale.http.get("/v1/me/export").status_code == 401
