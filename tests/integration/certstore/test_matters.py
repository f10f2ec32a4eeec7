"""Agencies' matters and decisions for services on both databases."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import jwt
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from certstore.erasure import erase_person
from certstore.errors import (
    ConflictError,
    ForbiddenError,
    LedgerUnavailableError,
    MalformedError,
    NotFoundError,
    PurposeError,
)
from certstore.jwk import to_jwk
from certstore.keys import key_id
from certstore.service.app import create_app
from certstore.sharing.grants import Operator, PullRequest
from certstore.tables.matters import RegisteredMatter
from tests.house import TODAY, house_in
from tests.matters import (
    CASE,
    CHILD,
    FATHER,
    MOTHER,
    SCHOOL_USCC,
    STRANGER,
    TYPES,
    demonstrations,
    filed,
    holder,
    prepare,
    service,
    wanted,
    wanted_body,
)
from tests.sealed import assertion, school_key, token_form, voucher
from verifiers.matters.matter import AgencyMatter
from verifiers.matters.proposing import judge_version

EVER = datetime.min.replace(tzinfo=UTC)


KEY = school_key()


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """One house for most tests: what is done in it is told apart by case numbers."""
    built = house_in(tmp_path_factory.mktemp("matters"))
    jwk = {**to_jwk(KEY.public_key()), "kid": key_id(KEY.public_key())}
    covered = (*TYPES, "id_photo")
    prepare(built, types=covered, keys=[jwk], actions=("search", "pull", "matters"))
    yield built
    built.close()


_cases = count(1)


@pytest.fixture
def case():
    """A case number of one's own."""
    return f"RX-{next(_cases)}"


def seen_by(house, who, case):
    """What somebody sees of who looked in a case, latest first."""
    with house.archive.reading() as books:
        person = books.people.find("111", who["id_number"])
        if person is None:
            return []
        found = [dict(entry.record) for entry in books.usage.of(person.id, EVER)]
    return [record for record in found if record["case_no"] == case]


def outcomes(said):
    return {code: m["outcome"] for code, m in said["materials"].items()}


# -- on both databases ---------------------------------------------------------------------


def test_a_matter_from_its_registration_to_a_pull_that_names_its_decision(house):
    prepare(house)
    document = demonstrations()
    assert not house.matter_desk.register(document).anew
    with pytest.raises(ConflictError):
        house.matter_desk.register(document | {"title_en": "Something else"})
    with pytest.raises(ForbiddenError):
        house.matter_desk.register(document | {"agency_uscc": "11310000MB0T0004XA", "version": "2"})
    held = voucher(house, holder(FATHER))
    said = house.decision_desk.decide(service(), wanted())
    decided = said["decision_id"]
    assert house.sharing_desk.pull(service(), pull_request(held.ref, CASE, decision_id=decided))

    changed = document | {"version": "2027-1", "effective_from": "2026-11-26"}
    changed["materials"] = changed["materials"][:1]
    house.matter_desk.register(changed)
    house.clock.skip(timedelta(days=1))
    again = house.decision_desk.judge_again(decided)
    assert again == {name: said[name] for name in again}
    later = house.decision_desk.decide(service(), wanted())
    assert (later["rule_version"], list(later["materials"])) == ("school_enrolment/2027-1", ["age"])
    assert dict(house.matter_desk.versions("school_enrolment")[0].document) == document

    found = [access.as_json() for access in house.case_desk.of_service(service(), CASE)]
    assert [access["kind"] for access in found] == ["decision", "pull", "decision", "decision"]
    with house.archive.writing() as books:
        father = books.people.find("111", FATHER["id_number"])
        erase_person(books, house.settings.ledger_origin, father, house.clock.now())
        books.matters.forget(father.id)
        kept = books.matters.decision(decided)
    assert (kept.person_id, kept.guardian_id, dict(kept.snapshot)) == (None, None, {})
    left = house.case_desk.of_service(service(), CASE)
    assert [access.kind for access in left] == ["decision", "decision"]  # the child's


# -- the register of matters ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "known", "refused"),
    [
        ("2026-01-01", [], False),  # the first may have begun
        ("2026-11-24", ["2026-01-01"], True),
        ("2026-11-25", ["2026-01-01"], False),
        ("2026-12-01", ["2026-12-01"], True),
        ("2026-12-02", ["2026-12-01"], False),
    ],
)
def test_a_new_version_begins_after_the_others_and_not_before_today(begins, known, refused):
    document = demonstrations() | {"version": "new", "effective_from": begins}
    matter = AgencyMatter.read(document)
    there = [
        RegisteredMatter(
            code=matter.code,
            version=f"v{n}",
            effective_from=date.fromisoformat(first),
            agency_uscc=SCHOOL_USCC,
            document={},
            registered_at=TODAY,
            registered_by="operator",
        )
        for n, first in enumerate(known)
    ]
    found = judge_version(matter, document, SCHOOL_USCC, there, date(2026, 11, 25))
    assert isinstance(found, ConflictError) is refused


# -- decisions -----------------------------------------------------------------------------


def test_a_registered_matter_is_decided_from_what_is_on_file(ready, case):
    said = ready.decision_desk.decide(service(), wanted(case_no=case))
    assert outcomes(said) == {
        "age": "satisfied",
        "kinship": "satisfied",
        "registration": "officer_review",
        "home": "satisfied",
    }
    assert said["must_not_request"] == ["age", "kinship", "home"]
    assert said["rule_version"] == "school_enrolment/2026-1"
    (proof,) = said["materials"]["home"]["satisfied_by"]
    assert proof["type"] == "property_certificate"  # the father's, who is proven the guardian
    assert FATHER["name"] not in json.dumps(said, ensure_ascii=False)
    claims = jwt.decode(
        said["receipt"],
        ready.decision_desk.receipt_signer.public_key,
        ["ES256"],
        options={"verify_iat": False},
    )
    assert claims["leaf_index"] == said["ledger"]["leaf_index"]


def test_whoever_was_looked_at_sees_it_and_nobody_else(ready, case):
    said = ready.decision_desk.decide(service(), wanted(case_no=case))
    for who in (CHILD, FATHER):
        (entry,) = seen_by(ready, who, case)
        assert (entry["kind"], entry["decision"]) == ("decision", said["decision_id"])
        assert (entry["case_no"], entry["operator"], entry["terminal"]) == (case, "3021", "窗口 2")
    (child,), (father,) = seen_by(ready, CHILD, case), seen_by(ready, FATHER, case)
    assert child["fields"] == ["parent_is"]
    assert father["fields"] == ["district_is"]
    (compared,) = father["compared"]
    assert (compared["type"], compared["question"], compared["answer"]) == (
        "property_certificate",
        "district_is",
        "yes",
    )
    assert "海港区" not in json.dumps(father, ensure_ascii=False)
    assert seen_by(ready, MOTHER, case) == []


def test_whoever_is_not_proven_the_guardian_is_not_looked_at(ready, case):
    said = ready.decision_desk.decide(service(), wanted(case_no=case, guardian=STRANGER))
    assert outcomes(said)["kinship"] == "must_upload"
    assert said["materials"]["kinship"]["reasons"][0]["code"] == "GUARDIANSHIP_UNPROVEN"
    assert outcomes(said)["home"] == "must_upload"
    assert seen_by(ready, STRANGER, case) == []
    assert len(seen_by(ready, CHILD, case)) == 1


def test_without_the_type_that_proves_a_guardian_nothing_of_theirs_is_looked_at(ready, case):
    covered = ("property_certificate",)
    said = ready.decision_desk.decide(service(types=covered), wanted(case_no=case))
    assert outcomes(said)["kinship"] == outcomes(said)["home"] == "must_upload"
    codes = [reason["code"] for reason in said["materials"]["kinship"]["reasons"]]
    assert "PURPOSE_NOT_ALLOWED" in codes
    assert seen_by(ready, FATHER, case) == []


def test_the_same_question_has_the_same_answer(ready, case):
    first, second = (ready.decision_desk.decide(service(), wanted(case_no=case)) for _ in range(2))
    for name in ("materials", "must_not_request", "rule_version"):
        assert first[name] == second[name]
    assert first["decision_id"] != second["decision_id"]


def test_of_nobody_known_nothing_is_kept_and_a_leaf_is_written(ready, case):
    nobody = {"name": "陈无人", "id_number": "310199199201010018"}
    said = ready.decision_desk.decide(service(), wanted(case_no=case, subject=nobody))
    with ready.archive.reading() as books:
        kept = books.matters.decision(said["decision_id"])
        assert books.people.find("111", nobody["id_number"]) is None
    assert (kept.person_id, dict(kept.snapshot), dict(kept.answer)) == (None, {}, {})
    with pytest.raises(NotFoundError):
        ready.decision_desk.judge_again(said["decision_id"])


def test_a_residence_matter_is_decided_for_a_service_too(ready, case):
    types = ("id_photo", "property_certificate")
    covered = service(types=types, matter_code="residence_registration")
    chen = {"name": "陈一鸣", "id_number": "340199199803140119"}
    filed(ready, "property_certificate", chen, address="示范市海港区长乐路88弄6号1203室")
    filed(ready, "id_photo", chen, taken_on="2026-01-01", quality="pass")
    told = {"dwelling": "own", "address": "示范市海港区长乐路88弄6号1203室"}
    question = wanted(
        case_no=case,
        matter_code="residence_registration",
        subject=chen,
        guardian=...,
        parameters=told,
    )
    said = ready.decision_desk.decide(covered, question)
    assert outcomes(said)["dwelling"] == outcomes(said)["photo"] == "satisfied"
    assert outcomes(said)["identity"] == "choose_one"
    assert said["title_en"] == "Residence registration"
    again = ready.decision_desk.judge_again(said["decision_id"])
    assert again == {name: said[name] for name in again}
    photo_only = service(types=("id_photo",), matter_code="residence_registration")
    narrow = ready.decision_desk.decide(photo_only, question)["materials"]["dwelling"]
    assert narrow["outcome"] == "must_upload"
    assert [r["code"] for r in narrow["reasons"]] == ["NO_RECORD", "PURPOSE_NOT_ALLOWED"]


@pytest.mark.parametrize(
    ("asks", "caller"),
    [
        ({"purpose_id": "another"}, {}),
        ({"matter_code": "flexible_employment"}, {}),
        ({}, {"actions": ("pull",)}),
    ],
)
def test_a_decision_outside_the_token_is_refused_and_whom_it_is_about_sees_it(
    ready, case, asks, caller
):
    with ready.archive.writing() as books:
        books.people.known(holder(CHILD))
    with pytest.raises(PurposeError):
        ready.decision_desk.decide(service(**caller), wanted(case_no=case, **asks))
    (entry,) = seen_by(ready, CHILD, case)
    assert (entry["kind"], entry["refused"]) == ("decision", "insufficient-purpose")


@pytest.mark.parametrize(
    "asks",
    [
        {"guardian": ...},
        {"parameters": {}},
        {"parameters": {"district": "远方区"}},
        {"parameters": {"district": "海港区", "more": "1"}},
    ],
)
def test_a_case_that_the_matter_does_not_ask_for_changes_nothing(ready, case, asks):
    with pytest.raises(MalformedError):
        ready.decision_desk.decide(service(), wanted(case_no=case, **asks))
    assert seen_by(ready, CHILD, case) == []


def test_when_the_ledger_cannot_be_written_there_is_no_decision(ready, case):
    with ready.archive.writing() as books:
        books.connection.execute(text("ALTER TABLE ledger_leaves RENAME TO elsewhere"))
    with pytest.raises(LedgerUnavailableError):
        ready.decision_desk.decide(service(), wanted(case_no=case))
    with ready.archive.writing() as books:
        books.connection.execute(text("ALTER TABLE elsewhere RENAME TO ledger_leaves"))
        count_kept = text("SELECT count(*) FROM reuse_decisions WHERE case_no = :case")
        assert books.connection.execute(count_kept, {"case": case}).scalar_one() == 0


# -- a pull that names a decision ----------------------------------------------------------


def pull_request(ref, case, **changes):
    said = {
        "ref": ref,
        "purpose_id": "enrolment-2026",
        "matter_code": "school_enrolment",
        "case_no": case,
        "fields": ["name"],
        "subject_type": "111",
        "subject_number": FATHER["id_number"],
        "operator": Operator("3021"),
    }
    return PullRequest(**said | changes)


def test_a_pull_may_name_a_decision_of_its_own_case_and_person(ready, case):
    held = voucher(ready, holder(FATHER))
    decided = ready.decision_desk.decide(service(), wanted(case_no=case))["decision_id"]
    pull = ready.sharing_desk.pull
    assert pull(service(), pull_request(held.ref, case, decision_id=decided))["fields"]
    entry = seen_by(ready, FATHER, case)[0]
    assert (entry["kind"], entry["decision"]) == ("pull", decided)
    with ready.archive.writing() as books:
        school = books.sharing.client(service().client_id)
        purpose = books.sharing.purpose("enrolment-2026")
        another = replace(school, client_id="another"), replace(purpose, purpose_id="another")
        books.sharing.enrol(*another)
    other = wanted(case_no=case, subject=MOTHER, guardian=STRANGER)
    others = ready.decision_desk.decide(service(), other)["decision_id"]
    refusals = [
        (service(), {"decision_id": "0" * 20}, "decision_unknown"),
        (service(client_id="another"), {"decision_id": decided}, "decision_unknown"),
        (service(), {"decision_id": decided, "case_no": "RX-2"}, "decision_of_another_case"),
        (service(), {"decision_id": others}, "decision_of_another_person"),
    ]
    for caller, changes, cause in refusals:
        with pytest.raises(ConflictError) as found:
            pull(caller, pull_request(held.ref, case, **changes))
        assert found.value.facts["cause"] == cause
        assert seen_by(ready, FATHER, case)[0]["refused"] == "conflict"
    ready.clock.skip(timedelta(days=1))
    with pytest.raises(ConflictError) as found:
        pull(service(), pull_request(held.ref, case, decision_id=decided))
    assert found.value.facts["cause"] == "decision_expired"


# -- by case number ------------------------------------------------------------------------


def test_a_case_number_finds_ones_own_accesses_and_no_value(ready, case):
    held = voucher(ready, holder(FATHER))
    decided = ready.decision_desk.decide(service(), wanted(case_no=case))["decision_id"]
    ready.sharing_desk.pull(service(), pull_request(held.ref, case, decision_id=decided))
    pulled, *looked = ready.case_desk.of_service(service(), case)
    said = pulled.as_json()
    assert (said["kind"], said["fields"], said["decision_id"]) == ("pull", ["name"], decided)
    assert {each.kind for each in looked} == {"decision"}
    assert FATHER["name"] not in str(said)
    assert FATHER["id_number"] not in str(said)
    assert pulled.person in {each.person for each in looked}  # one person, one reference
    assert (
        jwt.decode(said["receipt"], options={"verify_signature": False})["usage"] == said["usage"]
    )
    assert ready.case_desk.of_service(service(purpose_id="another"), case) == []
    assert ready.case_desk.of_service(service(), "nothing") == []
    with pytest.raises(PurposeError):
        ready.case_desk.of_service(service(actions=("pull",)), case)


# -- over HTTP -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app(ready):
    return create_app(ready)


@pytest.fixture
def client(app, ready):
    """The school service, with a token that may register its matter."""
    opened = TestClient(app, base_url=ready.settings.public_url, raise_server_exceptions=False)
    form = token_form(assertion(ready, KEY), cert_types=list(TYPES), fields=["name"])
    answer = opened.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    opened.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return opened


def test_an_agency_registers_its_matter_and_asks_for_a_decision(client, case):
    document = demonstrations()
    later = document | {"version": "2099-1", "effective_from": "2099-01-01"}
    first = client.put("/v1/matters/school_enrolment", json=later)
    assert (first.status_code, first.json()["rule_version"]) == (201, "school_enrolment/2099-1")
    assert client.put("/v1/matters/school_enrolment", json=document).status_code == 200
    changed = client.put("/v1/matters/school_enrolment", json=document | {"title_en": "x"})
    assert changed.status_code == 409
    assert client.put("/v1/matters/another_matter", json=document).status_code == 403
    assert client.put("/v1/matters/school_enrolment", content=b"[").status_code == 400
    wrong = client.put("/v1/matters/school_enrolment", json=document | {"materials": [{}]})
    assert wrong.json()["where"].startswith("matter.materials[0]")
    foreign = document | {"agency_uscc": "11310000MB0T0004XA"}
    assert client.put("/v1/matters/school_enrolment", json=foreign).status_code == 403

    answer = client.post("/v1/reuse-decisions", json=wanted_body(case_no=case))
    assert answer.status_code == 200, answer.text
    assert outcomes(answer.json())["kinship"] == "satisfied"
    found = client.get("/v1/usage", params={"case_no": case}).json()
    assert [a["decision_id"] for a in found["accesses"]] == [answer.json()["decision_id"]] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"subject": {"id_number": CHILD["id_number"]}},
        {"subject": CHILD | {"name": "何\u202e雨"}},
        {"parameters": {"district": "a\x00"}},
        {"parameters": {f"p{n}": "a" for n in range(21)}},
        {"parameters": {"x" * 100: "a"}},
        {"case_no": ""},
        {"facts": {}},
    ],
)
def test_a_question_that_is_not_as_described_is_refused_by_name(client, change):
    answer = client.post("/v1/reuse-decisions", json=wanted_body(**change))
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:certstore:problem:invalid-request"
    assert CHILD["name"] not in answer.text
    assert CHILD["id_number"] not in answer.text


def test_a_decision_about_a_person_needs_a_token(client):
    del client.headers["Authorization"]
    answer = client.post("/v1/reuse-decisions", json=wanted_body())
    assert (answer.status_code, answer.json()["type"]) == (
        401,
        "urn:certstore:problem:unauthenticated",
    )
    for bad in ("Bearer x", "", "DPoP a.b.c"):
        refused = client.post(
            "/v1/reuse-decisions", json=wanted_body(), headers={"Authorization": bad}
        )
        assert refused.status_code == 401
    assert client.get("/v1/usage", params={"case_no": CASE}).status_code == 401


def test_everybody_reads_the_matters_there_are(client, ready):
    ready.matter_desk.register(demonstrations("flexible_employment"))
    del client.headers["Authorization"]
    listed = client.get("/v1/catalog/matters")
    codes = [entry["code"] for entry in listed.json()]
    assert codes[:6] == [
        "residence_registration",
        "residence_permit",
        "address_change",
        "endorsement",
        "reissue",
        "cancellation",
    ]
    assert codes[6:] == ["flexible_employment", "school_enrolment"]
    one = client.get("/v1/catalog/matters/school_enrolment")
    assert one.json()["matter"] == demonstrations()
    assert one.json()["agency_zh"]
    assert one.json()["versions"][0]["version"] == "2026-1"
    again = client.get(
        "/v1/catalog/matters/school_enrolment", headers={"If-None-Match": one.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/v1/catalog/matters/residence_permit").json()["materials"]
    assert client.get("/v1/catalog/matters/nothing_known").status_code == 404
    assert client.get("/v1/catalog/matters/Wrong!").status_code == 422
