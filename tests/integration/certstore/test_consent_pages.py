"""Consent over HTTP: the client's calls, the holder's pages, guardians, hostile forms."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml.html import fromstring

from certstore.certificates import Holder
from certstore.errors import CertstoreError
from certstore.keys import KeySigner, Purpose, generate
from certstore.service import demo_fund
from certstore.sharing.grants import Actor, LegalBasis
from tests.consents import (
    BACK,
    BANK,
    FUND,
    LEASE,
    enrol_fund,
    machine,
    pull_request,
    request_body,
    service,
)
from tests.guardians import number
from tests.house import house_in
from tests.residents import Browser, _app_of, assert_sound
from tests.sealed import LIN, ZHOU, handed_in, resident

CHILD = Holder("周小满", "111", number("20180501"))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("consent"))
    enrol_fund(built)
    built.consent_request_desk.allow_return(FUND, BACK)
    handed_in(built)
    handed_in(built, CHILD)
    with built.archive.writing() as books:
        guardian, child = books.people.known(ZHOU), books.people.known(CHILD)
        now = built.clock.now()
        books.guardianships.prove(guardian.id, child.id, now, officer="1047")
    yield built
    built.close()


@pytest.fixture
def fund(house):
    return machine(house, _app_of(house))


@pytest.fixture
def lin(house):
    return Browser(house, resident())


def asked(fund, **changes):
    answer = fund.post("/v1/consent-requests", json=request_body(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()["ref"]


@pytest.fixture
def ref(fund, house):
    """A request that waits; refused in the end, so that few are open."""
    made = asked(fund, return_uri=BACK, state="s.1")
    yield made
    if house.consent_desk.asked(resident(), made).request.state == "asking":
        house.consent_desk.refuse(resident(), made)


def test_a_request_is_asked_looked_at_and_handed_over(fund, house, ref):
    said = fund.get(f"/v1/consent-requests/{ref}").json()
    assert (said["status"], said["consents"], said["decided_at"]) == ("asking", [], None)
    assert said["consent_url"] == f"{house.settings.public_url}/consents/{ref}"
    code = fund.get(said["qr_url"])
    assert code.headers["content-type"] == "image/svg+xml"
    assert code.text.startswith("<svg")
    assert LIN.id_number not in str(said)
    assert LIN.name not in str(said)


def test_of_another_client_there_is_no_such_request(fund, house, ref):
    bank = machine(house, _app_of(house), BANK)
    for path in ("", "/qr"):
        answer = bank.get(f"/v1/consent-requests/{ref}{path}")
        assert (answer.status_code, answer.json()["type"][-9:]) == (404, "not-found")
    pulls_only = machine(house, _app_of(house), actions=["pull"])
    for answer in (
        pulls_only.get(f"/v1/consent-requests/{ref}"),
        pulls_only.post("/v1/consent-requests", json=request_body()),
    ):
        assert answer.status_code == 403
        assert answer.json()["cause"] == "action_not_granted"
    assert fund.get("/v1/consent-requests/UPPER").status_code == 422
    assert Browser(house, None).http.get(f"/v1/consent-requests/{ref}").status_code == 401


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_holder_reads_who_wants_what_and_what_for(house, ref, lang):
    page = Browser(house, resident(), lang).get(f"/consents/{ref}")
    assert page.status_code == 200
    said = re.sub(r"\s+", " ", fromstring(page.text).find(".//main").text_content())
    names = {
        "zh": ("示范市公积金中心", "2 项", "照片"),
        "en": ("Provident Fund Centre", "2", "Photo"),
    }
    assert all(word in said for word in names[lang])
    assert "示范市海港区长乐路88弄6号502室" in said  # the value that would be given
    assert fromstring(page.text).xpath("//input[@checked]") == []
    buttons = fromstring(page.text).xpath("//button[@name='answer']")
    assert [b.get("value") for b in buttons] == ["no", "yes"]
    assert len({b.get("class") for b in buttons}) == 1  # no is as easy as yes


def test_nobody_else_finds_it(house, ref):
    for path in (f"/consents/{ref}", f"/consents/{ref}/return", f"/consents/{ref}/receipt.json"):
        assert Browser(house, resident(ZHOU)).get(path).status_code == 404
        assert "/sign-in" in Browser(house, None).get(path).headers["location"]
    other = Browser(house, resident(ZHOU))
    assert other.post(f"/consents/{ref}", answer="yes").status_code == 404
    assert other.post(f"/consents/{ref}/withdraw").status_code == 404


@pytest.mark.parametrize("odd", ["x", "..%2f", "'", "%00", "A" * 20, "x" * 400, "\u202e"])
def test_a_hostile_reference_is_not_found_or_not_read(lin, odd):
    assert lin.get(f"/consents/{odd}").status_code in {404, 422}


def test_yes_gives_what_was_ticked_and_leads_back_with_state_only(house, fund, lin, ref):
    done = lin.post(f"/consents/{ref}", answer="yes", give=[f"{LEASE}:number"])
    assert (done.status_code, done.headers["location"]) == (303, f"/consents/{ref}")
    page = lin.get(f"/consents/{ref}")
    assert f"/consents/{ref}/return" in page.text
    assert lin.get(f"/consents/{ref}/return").headers["location"] == f"{BACK}?state=s.1"
    (consent,) = fund.get(f"/v1/consent-requests/{ref}").json()["consents"]
    assert consent["fields"] == {LEASE: ["?valid_on", "address", "number"]}
    kept = lin.get(f"/consents/{consent['ref']}/receipt.json")
    assert "attachment" in kept.headers["content-disposition"]
    assert kept.json()["jws"] == consent["receipt"]
    assert kept.json()["receipt"]["header"]["record_id"] == consent["ref"]
    late = lin.post(f"/consents/{ref}", answer="no")  # another tab
    assert late.status_code == 303
    assert fund.get(f"/v1/consent-requests/{ref}").json()["status"] == "given"
    listed = lin.get("/consents")
    assert f"/consents/{ref}/withdraw" in listed.text
    lin.post(f"/consents/{ref}/withdraw")
    assert fund.get(f"/v1/consent-requests/{ref}").json()["consents"][0]["status"] == "withdrawn"
    assert f"/consents/{ref}/withdraw" not in lin.get("/consents").text
    assert lin.get("/notices").status_code == 200


def test_no_is_taken_at_once(fund, lin, ref):
    assert lin.post(f"/consents/{ref}", answer="no").status_code == 303
    said = fund.get(f"/v1/consent-requests/{ref}").json()
    assert (said["status"], said["consents"]) == ("refused", [])


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"answer": "maybe"}, 422),
        ({}, 422),
        ({"answer": "yes", "give": f"{LEASE}:id_number"}, 400),
        ({"answer": "yes", "give": f"{LEASE}:address"}, 400),
        ({"answer": "yes", "give": ["x"] * 41}, 422),
        ({"answer": "yes", "csrf": "another"}, 403),
    ],
)
def test_a_form_that_is_not_ours_gives_nothing(fund, lin, ref, form, status):
    assert lin.post(f"/consents/{ref}", **form).status_code == status
    assert fund.get(f"/v1/consent-requests/{ref}").json()["status"] == "asking"


def test_nothing_chosen_is_said_beside_the_ticks(house, fund, lin):
    ref = asked(fund, wanted=[{"cert_type": "id_photo", "fields": ["photo"]}])
    page = lin.post(f"/consents/{ref}", answer="yes")
    assert page.status_code == 422
    assert fromstring(page.text).xpath("//*[@id='problem']//a/@href") == ["#give"]
    house.consent_desk.refuse(resident(), ref)


def test_the_holders_api_lists_and_takes_back_with_the_sessions_token(house, fund, lin, ref):
    lin.post(f"/consents/{ref}", answer="yes")
    (mine,) = [m for m in lin.http.get("/v1/me/consents").json() if m["ref"] == ref]
    (consent,) = mine["consents"]
    path = f"/v1/me/consents/{consent['ref']}:withdraw"
    assert lin.http.post(path).status_code == 403  # no token
    assert fund.post(path).status_code == 401  # no session
    headers = {"x-csrf-token": "token-of-this-session"}
    other = Browser(house, resident(ZHOU)).http
    assert other.post(path, headers=headers).status_code == 404
    said = lin.http.post(path, headers=headers).json()
    assert said["consents"][0]["status"] == "withdrawn"
    assert json.loads(lin.http.get("/v1/me/consents").text)


def test_an_expired_request_says_so_and_takes_no_answer(house, fund, lin):
    ref = asked(fund, expires_in_s=60)
    house.clock.skip(timedelta(seconds=60))
    page = lin.get(f"/consents/{ref}")
    assert "这个请求已过期" in page.text
    assert "没有拿到任何资料" in page.text
    assert "长乐路" not in page.text
    lin.post(f"/consents/{ref}", answer="yes")
    assert machine(house, _app_of(house)).get(f"/v1/consent-requests/{ref}").json()["status"] == (
        "expired"
    )


def test_a_guardian_decides_for_a_child_who_cannot_yet(house):
    fund = machine(house, _app_of(house))
    ref = asked(fund, subject={"id_number": CHILD.id_number})
    child, guardian = Browser(house, resident(CHILD)), Browser(house, resident(ZHOU))
    assert f"/consents/{ref}" in guardian.get("/notices").text
    page = child.get(f"/consents/{ref}")
    assert "由监护人来定" in page.text
    assert 'name="answer"' not in page.text
    assert child.post(f"/consents/{ref}", answer="yes").status_code == 403
    assert child.post(f"/consents/{ref}", answer="no").status_code == 403
    assert CHILD.name in guardian.get(f"/consents/{ref}").text
    looks = [e.kind for e in house.holdings_desk.usage(resident(CHILD))]
    assert looks == ["guardian"]  # that she was shown his address stands with him
    assert f"/consents/{ref}" in guardian.get("/consents").text
    assert guardian.post(f"/consents/{ref}", answer="yes").status_code == 303
    (consent,) = fund.get(f"/v1/consent-requests/{ref}").json()["consents"]
    receipt = guardian.get(f"/consents/{consent['ref']}/receipt.json").json()["receipt"]
    assert receipt["events"][0]["entity_type"] == "guardian"
    assert child.get(f"/consents/{ref}").status_code == 200


def test_a_guardian_who_acts_at_a_pull_is_proven_by_our_records(house):
    own = handed_in(house, CHILD)
    request = pull_request(own.ref, None, holder=CHILD)
    duty = service(legal_basis={"kind": "statutory_duty", "ref": "法"})
    outcomes = {}
    for who, actor in {
        "guardian": Actor(kind="guardian", id_number=ZHOU.id_number),
        "stranger": Actor(kind="guardian", id_number=LIN.id_number),
        "agent": Actor(kind="agent", id_number=ZHOU.id_number),
    }.items():
        outcomes[who] = _pulled(house, duty, request, actor)
    assert outcomes == {
        "guardian": "given",
        "stranger": "representation-unproven",
        "agent": "representation-unproven",
    }


def test_the_order_of_a_court_is_read_by_whom_it_concerns(house, lin):
    lease = handed_in(house)
    court = service(legal_basis={"kind": "court_order", "ref": "民事诉讼法第七十条"})
    basis = LegalBasis(kind="court_order", ref="(2026)示01民初17号")
    request = replace(pull_request(lease.ref, None), legal_basis=basis)
    house.sharing_desk.pull(court, request)
    (entry,) = [e for e in lin.http.get("/v1/me/usage").json() if e["ground"] == "court_order"]
    assert entry["legal_basis"]["ref"] == "(2026)示01民初17号"
    assert "(2026)示01民初17号" in lin.get("/usage").text
    with pytest.raises(CertstoreError) as refused:
        house.sharing_desk.pull(court, replace(request, legal_basis=None))
    assert refused.value.facts["cause"] == "legal_basis_ref_missing"
    assert "和获准的用途不符" in lin.get("/usage").text  # refused, and recorded all the same


def test_the_demonstration_has_a_request_waiting_and_asks_once(house):
    demo_fund.enrol_fund(house.archive, KeySigner(Purpose.TOKEN, generate("ES256")))
    desk = house.consent_request_desk
    url = demo_fund.ask_for_consent(desk, LIN.id_number)
    assert demo_fund.ask_for_consent(desk, LIN.id_number) is None
    for lang in ("zh", "en"):
        page = Browser(house, resident(), lang).get(url.removeprefix(house.settings.public_url))
        assert_sound(page, lang)
        assert "示范市海港区长乐路88弄6号502室" in page.text


def _pulled(house, caller, request, actor):
    try:
        house.sharing_desk.pull(caller, replace(request, legal_basis=None, actor=actor))
    except CertstoreError as error:
        return error.code
    return "given"
