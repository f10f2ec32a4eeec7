"""What a decision may compare, and how often: grants, guesses, quotas, records."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from certstore.errors import (
    CertstoreError,
    ConsentRequiredError,
    FieldNotGrantedError,
    QuotaExceededError,
    RateLimitedError,
)
from certstore.jwk import to_jwk
from certstore.keys import key_id
from certstore.pages.usage_pages import entry_view
from certstore.service.app import create_app
from certstore.sharing.grants import Operator, PullRequest
from certstore.sharing.predicates import Question
from tests.house import house_in
from tests.integration.certstore.test_matters import outcomes, seen_by
from tests.matters import (
    CHILD,
    FATHER,
    GRANTED,
    TYPES,
    demonstrations,
    filed,
    prepare,
    service,
    wanted,
    wanted_body,
)
from tests.sealed import assertion, school_key, token_form

PURPOSE = "enrolment-2026"
HOME = "示范市海港区长乐路88弄6号1203室"
LI = {"name": "李未然", "id_number": "340199199803140119"}
NARROWED = {**{kind: list(GRANTED[kind]) for kind in TYPES}, "property_certificate": ["valid_on"]}


@pytest.fixture
def ready(tmp_path):
    built = house_in(tmp_path)
    prepare(built, actions=("search", "pull", "verify", "matters"))
    filed(built, "property_certificate", LI, address=HOME)
    yield built
    built.close()


def rewrite(house, **values):
    with house.archive.writing() as books:
        books.onboarding.rewrite(PURPOSE, values)
        same = text("UPDATE purposes SET version = 1 WHERE purpose_id = :purpose")
        books.connection.execute(same, {"purpose": PURPOSE})


def ask_for_home(house, case, address):
    """A question of a residence matter, which compares an address."""
    caller = service(matter_code="residence_registration")
    told = {"dwelling": "own", "address": address}
    asks = {"subject": LI, "guardian": ..., "parameters": told}
    question = wanted(case_no=case, matter_code="residence_registration", **asks)
    return house.decision_desk.decide(caller, question)


def verify_home(house, ref, case, address):
    asked = PullRequest(
        ref=ref,
        purpose_id=PURPOSE,
        matter_code="school_enrolment",
        case_no=case,
        fields=["address_equals"],
        subject_type="111",
        subject_number=LI["id_number"],
        operator=Operator("3021"),
    )
    fields = {"property_certificate": ("address",)}
    caller = service(actions=("verify",), fields=fields)
    question = Question(asked=asked, address_equals=address)
    return house.verify_desk.answer(caller, question)["answers"]["address_equals"]


def test_what_the_purpose_no_longer_covers_is_no_longer_read(ready):
    assert outcomes(ready.decision_desk.decide(service(), wanted()))["home"] == "satisfied"
    rewrite(ready, fields=NARROWED)
    said = ready.decision_desk.decide(service(), wanted(case_no="RX-2"))
    home = said["materials"]["home"]
    assert (home["outcome"], home["satisfied_by"]) == ("must_upload", [])
    assert "PURPOSE_NOT_ALLOWED" in [reason["code"] for reason in home["reasons"]]
    (record,) = seen_by(ready, FATHER, "RX-2")
    assert record["compared"] == record["fields"] == []
    assert ready.decision_desk.judge_again(said["decision_id"])["materials"]["home"] == home


def test_without_the_question_for_parents_nobody_is_proven_one(ready):
    rewrite(ready, fields=NARROWED | {"birth_certificate": []})
    said = ready.decision_desk.decide(service(), wanted())
    assert outcomes(said)["kinship"] == "must_upload"
    assert seen_by(ready, FATHER, "RX-2026-00017") == []


def test_a_matter_that_reads_more_than_the_purpose_covers_is_not_registered(ready):
    document = demonstrations() | {"version": "2099-1", "effective_from": "2099-01-01"}
    caller = service(actions=("matters",))
    assert ready.matter_desk.register_for(caller, "school_enrolment", document).anew
    rewrite(ready, fields=NARROWED)
    wider = document | {"version": "2099-2", "effective_from": "2099-02-01"}
    with pytest.raises(FieldNotGrantedError) as found:
        ready.matter_desk.register_for(caller, "school_enrolment", wider)
    assert found.value.where == "matter.materials[3].accept[0][0].conditions[1]"
    assert found.value.facts["paths"] == ["property_certificate.district_is"]
    assert found.value.remedy


def test_guessing_ends_as_it_does_for_questions(ready):
    for n in range(5):
        ask_for_home(ready, "RX-1", f"示范市海港区长乐路88弄{n + 10}号1203室")
    for _ in range(3):  # what was asked already tells nothing new
        ask_for_home(ready, "RX-1", "示范市海港区长乐路88弄10号1203室")
    with pytest.raises(RateLimitedError):
        ask_for_home(ready, "RX-1", HOME)
    latest = seen_by(ready, LI, "RX-1")[0]
    assert (latest["refused"], latest["fields"]) == ("rate-limited", [])
    for n in range(15):  # of all cases together there are twenty
        ask_for_home(ready, f"RX-1{n}", f"示范市海港区长乐路{n + 1}号")
    with pytest.raises(RateLimitedError):
        ask_for_home(ready, "RX-2", "示范市海港区长乐路100号")
    ready.clock.skip(timedelta(days=31))
    said = ask_for_home(ready, "RX-1", HOME)
    assert outcomes(said)["dwelling"] == "satisfied"


def test_questions_and_decisions_are_counted_together(ready):
    with ready.archive.reading() as books:
        (held,) = books.register.held_by("111", LI["id_number"])
    for n in range(3):
        assert verify_home(ready, held.ref, "RX-1", f"示范市海港区长乐路{n + 1}号2室") == "no"
    for n in range(2):
        ask_for_home(ready, "RX-1", f"示范市海港区长乐路{n + 11}号2室")
    with pytest.raises(RateLimitedError):
        ask_for_home(ready, "RX-1", HOME)
    with pytest.raises(RateLimitedError):
        verify_home(ready, held.ref, "RX-1", HOME)
    assert verify_home(ready, held.ref, "RX-2", HOME) == "yes"


def test_a_name_cannot_be_guessed_either(ready):
    document = demonstrations("flexible_employment") | {"code": "some_matter"}
    ready.matter_desk.register(document)
    caller = service(matter_code="some_matter", types=("residence_voucher", "residence_permit"))
    filed(ready, "residence_permit", LI)
    asks = {"matter_code": "some_matter", "guardian": ..., "parameters": {}}

    def ask(name):
        question = wanted(subject=LI | {"name": name}, **asks)
        return outcomes(ready.decision_desk.decide(caller, question))["identity"]

    assert {ask(f"李{other}") for other in "一二三四五"} == {"choose_one"}
    with pytest.raises(RateLimitedError):
        ask("李六")
    assert ask("李一") == "choose_one"  # told before
    assert ask(LI["name"]) == "satisfied"  # whoever knows the name guesses nothing
    *_, first = seen_by(ready, LI, "RX-2026-00017")
    assert [each["question"] for each in first["compared"]] == ["holder_is"]


def test_a_decision_counts_against_the_quota(ready):
    rewrite(ready, quota_day=2)
    for _ in range(2):
        ready.decision_desk.decide(service(), wanted())
    with pytest.raises(QuotaExceededError):
        ready.decision_desk.decide(service(), wanted())
    assert seen_by(ready, CHILD, "RX-2026-00017")[0]["refused"] == "quota-exceeded"


def test_a_token_given_before_the_purpose_changed_decides_nothing(ready):
    with ready.archive.writing() as books:
        books.onboarding.rewrite(PURPOSE, {"fields": NARROWED})
    with pytest.raises(CertstoreError) as found:
        ready.decision_desk.decide(service(), wanted())
    assert found.value.facts["cause"] == "purpose_changed"


def test_a_purpose_on_consent_gets_no_decision_and_that_is_on_record(ready):
    caller = replace(service(), legal_basis={"kind": "consent", "ref": "同意"})
    with pytest.raises(ConsentRequiredError) as found:
        ready.decision_desk.decide(caller, wanted())
    assert found.value.facts["cause"] == "decision_on_consent"
    refused = seen_by(ready, CHILD, "RX-2026-00017")[0]
    assert (refused["refused"], refused["fields"]) == ("consent-required", [])


def test_only_the_certificates_issued_last_are_looked_at(ready):
    for kind in ("property_certificate", "lease_filing", "household_register", "residence_permit"):
        for _ in range(10):
            filed(ready, kind, LI, address=HOME)
    ask_for_home(ready, "RX-1", HOME)
    (record,) = seen_by(ready, LI, "RX-1")
    # Eight of each type that the purpose covers; and twenty in all.
    assert (record["found"], len(record["compared"])) == (20, 20)


def test_the_citizen_reads_what_was_compared(ready):
    ready.decision_desk.decide(service(), wanted())
    with ready.archive.reading() as books:
        father = books.people.find("111", FATHER["id_number"])
        (entry,) = books.usage.of(father.id, ready.clock.now() - timedelta(days=1))
    assert entry_view(entry, "zh").answers == ("不动产权证书，在不在某个区：是",)
    assert entry_view(entry, "en").answers == ("Property certificate, Lies in a district: yes",)
    assert entry_view(entry, "zh").given == ()


def test_decisions_have_a_limit_of_their_own(tmp_path):
    house, key = house_in(tmp_path, limit_decision=2), school_key()
    try:
        jwk = {**to_jwk(key.public_key()), "kid": key_id(key.public_key())}
        prepare(house, keys=[jwk])
        client = TestClient(create_app(house), base_url=house.settings.public_url)
        form = token_form(assertion(house, key), cert_types=list(TYPES), fields=["name"])
        token = client.post("/oauth2/token", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        answers = [client.post("/v1/reuse-decisions", json=wanted_body()) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["retry-after"]) >= 1
    finally:
        house.close()
