"""What purposes can be granted, who grants it, and what is entrusted, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import column, insert, select, table
from starlette.testclient import TestClient

from certstore.callers import Operator
from certstore.consent.bodies import ConsentRequestIn
from certstore.errors import (
    ConflictError,
    ConsentRequiredError,
    FieldNotGrantedError,
    ForbiddenError,
    QuotaExceededError,
)
from certstore.onboarding.conformance import ITEMS
from certstore.service.app import create_app
from certstore.service.demo_issuers import POLICE
from certstore.storage.database import Database
from certstore.storage.migrations import configuration, upgrade
from certstore.tables.books import Archive
from certstore.tables.entrustments import entrustments
from certstore.tables.onboarding import onboarding_changes, onboarding_history
from certstore.tables.people import people
from certstore.tables.register import certificates
from certstore.tables.sharing import clients, purposes
from tests.consents import RENT, enrol_fund, pull_request, request_body, service
from tests.integration.certstore.conftest import BOTH
from tests.integration.certstore.test_citizen import ON_THE_HOLDERS_WORD, consent, entrust, request
from tests.integration.certstore.test_onboarding import (
    HAN,
    MENG,
    TYPED,
    ZHENG,
    approve,
    client_of_han,
    state,
    waiting,
)
from tests.issuers import enrolled, item, record_check, signed_in
from tests.sealed import (
    ENROLMENT,
    GRANTED,
    LIN,
    SCHOOL,
    VOUCHER,
    assertion,
    enrol,
    handed_in,
    pull_body,
    resident,
    school_key,
    token_form,
    voucher,
)

WHY = "窗口要比对到场的人是不是本人"


# -- what is granted -------------------------------------------------------------------------


def test_photo_questions_and_bare_existence_go_from_the_application_into_the_token(house):
    key, desk = school_key(), house.onboarding_desk
    client_of_han(house, key)
    typed = replace(
        TYPED,
        field=(f"{VOUCHER}.photo", f"{VOUCHER}.age_over"),
        existence=("lease_filing", "enrolment"),
        action=("search", "pull", "verify"),
        photo_reason=WHY,
    )
    purpose_id = desk.apply_for_purpose(HAN, typed)
    desk.submit(HAN, purpose_id)
    approve(house, purpose_id, {"enrolment.exists": "用不到"})
    file = house.approval_desk.purpose(purpose_id)
    assert file.dossier.photo_reason == WHY
    assert file.purpose.fields == {VOUCHER: ["photo", "age_over"], "lease_filing": []}
    http = http_of(house)
    named = {"purpose_id": purpose_id, "matter_code": file.purpose.matter_code}
    signs_in(house, http, key, **named, cert_types=["lease_filing"], fields=[], actions=["search"])
    held = handed_in(house)
    found = http.post("/v1/evidence:search", json=searching(purpose_id, "lease_filing"))
    assert [each["ref"] for each in found.json()["evidence"]] == [held.ref]
    assert "长乐路" not in found.text
    signs_in(house, http, key, **named, cert_types=["lease_filing"], fields=[], actions=["pull"])
    body = {**pull_body(purpose_id=purpose_id), "fields": ["address"]}
    assert http.post(f"/v1/certificates/{held.ref}:pull", json=body).status_code == 403
    detail = {"cert_types": [VOUCHER], "fields": ["age_over"], "actions": ["verify"]}
    signs_in(house, http, key, **named, **detail)
    asked = {k: v for k, v in body.items() if k not in {"fields", "format"}}
    place = f"/v1/certificates/{voucher(house).ref}:verify"
    told = http.post(place, json={**asked, "predicates": {"age_over": 18}})
    assert told.json()["answers"] == {"age_over": "yes"}
    assert http.post(place, json={**asked, "predicates": {"holder_is": "林"}}).status_code == 403


def http_of(house):
    with house.archive.writing() as books:
        books.connection.execute(clients.update().values(dpop_bound=False))
    return TestClient(create_app(house), base_url=house.settings.public_url)


def signs_in(house, http, key, **detail):
    answer = http.post("/oauth2/token", data=token_form(assertion(house, key), **detail))
    assert answer.status_code == 200, answer.text
    http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def searching(purpose_id, *kinds):
    return {
        "purpose_id": purpose_id,
        "case_no": "RX-1",
        "subject": {"id_number": LIN.id_number},
        "cert_types": list(kinds),
        "operator": "3021",
    }


def test_nobody_approves_what_they_applied_for_whatever_office_they_hold_today(house):
    client_of_han(house, school_key())
    purpose_id = house.onboarding_desk.apply_for_purpose(HAN, TYPED)
    house.onboarding_desk.submit(HAN, purpose_id)
    ref, han_as_operator = waiting(house, purpose_id).ref, Operator("韩运维", "d01")
    for step, first in ((1, None), (2, ZHENG)):
        if first is not None:
            house.approval_desk.approve(first, ref, 1)
        with pytest.raises(ForbiddenError) as refused:
            house.approval_desk.approve(han_as_operator, ref, step)
        assert refused.value.facts["cause"] == "applicant"
    with pytest.raises(ForbiddenError) as refused:
        house.approval_desk.approve(Operator("郑某某", "a01"), ref, 2)
    assert refused.value.facts["cause"] == "same_person"
    assert state(house, purpose_id) == "submitted"
    assert house.approval_desk.approve(MENG, ref, 2)
    in_production = replace(house.approval_desk, sandbox=False)
    with pytest.raises(ForbiddenError):
        in_production.activate(han_as_operator, purpose_id, "看过沙箱")
    in_production.activate(ZHENG, purpose_id, "看过沙箱")


def test_what_was_shown_counts_without_anybody_asking_for_it(house):
    key = school_key()
    enrol(house, key, purpose="approved", dpop=False)
    assert house.onboarding_desk.purpose(HAN, ENROLMENT).passed == {}
    http = http_of(house)
    form = token_form(assertion(house, key))
    http.headers["Authorization"] = (
        "Bearer " + http.post("/oauth2/token", data=form).json()["access_token"]
    )
    http.post("/oauth2/token", data=form)
    place = f"/v1/certificates/{voucher(house).ref}:pull"
    http.post(place, json={**pull_body(), "fields": ["id_number"]})
    receipt = http.post(place, json=pull_body()).json()["receipt"]
    seen = set(ITEMS) - {"receipt"}
    assert house.approval_desk.purpose(ENROLMENT).passed.keys() == seen
    assert house.onboarding_desk.purpose(HAN, ENROLMENT).passed.keys() == seen
    with pytest.raises(ConflictError):
        house.approval_desk.activate(ZHENG, ENROLMENT, "看过沙箱")
    assert house.onboarding_desk.hand_in_receipt(HAN, ENROLMENT, receipt)
    house.approval_desk.activate(ZHENG, ENROLMENT, "看过沙箱")
    assert state(house, ENROLMENT) == "active"


def test_a_purpose_for_bare_existence_shows_no_release_and_others_pulls_do_not_count(house):
    enrol(house, school_key(), purpose="approved")
    with house.archive.writing() as books:
        books.onboarding.rewrite(ENROLMENT, {"fields": {VOUCHER: []}})
        for item in ("search", "replay", "field"):
            books.onboarding.pass_item(ENROLMENT, item, house.clock.now())
        assert not books.onboarding.was_given(SCHOOL, ENROLMENT)
    house.approval_desk.look_after()
    assert state(house, ENROLMENT) == "active"


@pytest.mark.parametrize("name", ["holder", "desk", "Ledger"])
def test_no_client_is_enrolled_under_one_of_our_own_names(house, name):
    with pytest.raises(ConflictError):
        enrol(house, school_key(), client_id=name)


def test_the_sandbox_plays_a_purpose_that_is_given_no_field(house):
    enrol(house, school_key(), dpop=True)
    voucher(house)
    widen(house, **{VOUCHER: []})

    def steps(*, beyond):
        tried = house.trying_desk.run(HAN, ENROLMENT, "lin_xiaohe", beyond=beyond)
        return [(one.step, one.done) for one in tried]

    assert steps(beyond=False) == [("token", True), ("search", True)]
    assert steps(beyond=True) == [("token", True), ("search", True), ("pull", False)]
    widen(house, **{VOUCHER: ["photo", "age_over", "name"]})  # of these, the field alone is pulled
    assert steps(beyond=False) == [("token", True), ("search", True), ("pull", True)]


# -- what is entrusted -----------------------------------------------------------------------


def widen(house, **fields):
    with house.archive.writing() as books:
        books.onboarding.rewrite(ENROLMENT, {"fields": fields})


def recorded(house):
    with house.archive.reading() as books:
        person = books.people.find(LIN.id_type, LIN.id_number)
        return books.usage.of(person.id, house.clock.now() - timedelta(days=1))[0].record


def test_a_purpose_widened_later_does_not_widen_what_was_entrusted(house):
    enrol(house, school_key())
    held = voucher(house)
    widen(house, **{VOUCHER: [*GRANTED, "photo"]})
    made = entrust(house, held.ref, to="agency", purpose_id=ENROLMENT)
    assert set(made.fields) == set(GRANTED)  # a photo that nobody named is not among it
    wider = (*GRANTED, "id_number", "photo", "age_over")
    widen(house, **{VOUCHER: wider})
    caller = replace(ON_THE_HOLDERS_WORD, fields={VOUCHER: wider}, version=3)
    by = {"legal_basis": consent(entrustment=made.ref)}
    assert house.sharing_desk.pull(caller, request(held.ref, GRANTED, **by))["fields"]
    for beyond in ("id_number", "photo"):
        with pytest.raises(FieldNotGrantedError) as refused:
            house.sharing_desk.pull(caller, request(held.ref, ["name", beyond], **by))
        assert refused.value.facts == {"cause": "not_entrusted", "paths": [beyond]}
        record = recorded(house)
        assert (record["refused"], record["fields"]) == ("field-not-granted", [])
    kept = house.entrustment_desk.given(resident())[0]
    assert kept.fields == made.fields


def test_a_photo_is_entrusted_where_it_is_named_and_asked_for(house):
    enrol(house, school_key())
    held = voucher(house)
    said = {"to": "agency", "purpose_id": ENROLMENT, "with_photo": True}
    assert entrust(house, held.ref, **said).errors == {"with_photo": "not_asked"}
    widen(house, **{VOUCHER: [*GRANTED, "photo"]})
    assert "photo" in entrust(house, held.ref, **said).fields
    assert entrust(house, held.ref).fields is None  # a person chooses at each use
    widen(house, **{VOUCHER: ["photo"]})
    without = said | {"with_photo": False}
    assert entrust(house, held.ref, **without).errors == {"with_photo": "only"}
    widen(house, **{VOUCHER: []})
    assert entrust(house, held.ref, **(said | {"with_photo": False})).errors == {
        "purpose_id": "missing"
    }


_NEW = {"fields", "asked_number", "first_number"}


def then(of, *new):
    """The table as it was before."""
    return table(of.name, *(column(c.name, c.type) for c in of.columns if c.name not in new))


@pytest.fixture(params=BOTH)
def fresh_url(request, tmp_path):
    """A database without a table."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'old.db'}"


def test_what_was_entrusted_before_is_what_its_purpose_covers_unless_that_was_changed(fresh_url):
    """One to a purpose as it was, one to a purpose changed since, one to a person."""
    database = Database(fresh_url)
    command.upgrade(configuration(database), "0021")
    now = datetime(2026, 11, 20, 2, tzinfo=UTC)
    with database.write() as connection:
        _fill(connection, now)
    upgrade(database)
    with Archive(database).reading() as books:
        found = {ref: books.entrustments.get(ref).fields for ref in ("same", "changed", "person")}
        assert found == {"same": ("name", "birth_date"), "changed": (), "person": None}
        c = onboarding_changes.c
        numbers = books.connection.execute(select(c.asked_number, c.first_number)).one()
        assert tuple(numbers) == ("D01", "A01")
    database.close()


def _fill(connection, now):
    for row in (_PERSON, _CLIENT, *(_purpose(p) for p in ("same", "changed"))):
        of, values = row
        connection.execute(insert(of), values)
    connection.execute(insert(certificates), {**_CERTIFICATE, "status_changed_at": now})
    for ref, purpose_id in (("same", "same"), ("changed", "changed"), ("person", "")):
        made = {**_ENTRUSTED, "ref": ref, "purpose_id": purpose_id, "made_at": now}
        connection.execute(insert(then(entrustments, *_NEW)), made)
    for subject, act, at in (
        ("same", "widen", now - timedelta(days=1)),  # before it was entrusted
        ("same", "exhaust", now + timedelta(days=1)),
        ("changed", "widen", now + timedelta(days=1)),
    ):
        moved = {**_MOVED, "subject": subject, "act": act, "at": at}
        connection.execute(insert(onboarding_history), moved)
    connection.execute(insert(then(onboarding_changes, *_NEW)), {**_CHANGE, "asked_at": now})


_PERSON = (
    people,
    {"id": 1, "id_type": "111", "id_number": "1", "name": "甲", "subject_key": b"k" * 32},
)
_CLIENT = (
    clients,
    {
        "client_id": "c",
        "agency": "局",
        "agency_en": "B",
        "agency_uscc": "11310000MB0T00058A",
        "keys": [],
        "state": "active",
        "agency_key": b"k",
        "signing_algorithms": ["ES256"],
        "dpop_bound": False,
    },
)


def _purpose(name):
    words = dict.fromkeys(("purpose_id", "matter_code", "title_zh", "title_en"), name)
    terms = {"legal_basis": {}, "fields": {VOUCHER: ["name", "birth_date", "photo"]}}
    return purposes, {**words, **terms, "client_id": "c", "state": "active", "actions": []}


_CERTIFICATE = {
    "ref": "v" * 20,
    "type_code": VOUCHER,
    "version": 1,
    "number": "1",
    "issuer_uscc": "1",
    "issued_on": date(2026, 1, 1),
    "valid_from": date(2026, 1, 1),
    "status": "valid",
    "fields": {},
    "files": [],
    "state": "sealed",
}
_ENTRUSTED = {
    "person_id": 1,
    "certificate_ref": "v" * 20,
    "matter": "办事",
    "ended_by": "",
    "from_day": date(2026, 1, 1),
    "to_day": date(2026, 12, 1),
    **dict.fromkeys(("agent_name", "agent_type", "agent_number", "agency", "agency_uscc"), ""),
}
_MOVED = {
    "kind": "purpose",
    "client_id": "c",
    "before": "active",
    "after": "active",
    "who": "operator A01",
    "reason": "",
}
_CHANGE = {
    "ref": "r",
    "kind": "purpose",
    "subject": "same",
    "client_id": "c",
    "act": "change",
    "not_given": {},
    "reason": "",
    "first_by": "operator A01",
    "asked_by": "developer 11310000MB0T00058A D01",
}


# -- what is counted -------------------------------------------------------------------------


def at_once(times, act):
    """Done by so many at once: what came of each."""

    def tried(number):
        try:
            return act(number)
        except QuotaExceededError as refused:
            return refused.code

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(tried, range(times)))


def quota(house, purpose_id, most):
    with house.archive.writing() as books:
        books.onboarding.rewrite(purpose_id, {"quota_day": most})
        return books.sharing.purpose(purpose_id).version


def test_of_many_requests_for_consent_at_once_no_more_than_the_quota_are_kept(house):
    enrol_fund(house)
    holders = [replace(LIN, id_number=number) for number in NUMBERS]
    for holder in holders:
        handed_in(house, holder)
    caller = service(version=quota(house, RENT, 4))

    def ask(place):
        said = request_body(subject={"id_number": holders[place].id_number})
        body = ConsentRequestIn(**said).asking()
        return house.consent_request_desk.ask(caller, body)["status"]

    outcomes = at_once(len(holders), ask)
    assert [outcomes.count(w) for w in ("asking", "quota-exceeded")] == [4, len(holders) - 4]
    assert state(house, RENT) == "over_quota"


NUMBERS = (
    *("110101199001010015", "110101199001010023", "110101199001010031", "11010119900101004X"),
    *("110101199001010058", "110101199001010066", "110101199001010074", "110101199001010082"),
)


def test_whoever_asks_about_somebody_unknown_is_counted_too(house):
    """Who is known here is told by neither the answer nor the count."""
    enrol_fund(house)
    caller = service(version=quota(house, RENT, 2))
    body = ConsentRequestIn(**request_body()).asking()
    for _ in range(2):
        assert house.consent_request_desk.ask(caller, body)["status"] == "asking"
    with pytest.raises(QuotaExceededError):
        house.consent_request_desk.ask(caller, body)


def test_issuing_changing_and_looking_count_and_stop_at_the_quota(house):
    enrolled(house)
    quota(house, POLICE.purpose_id, 4)
    http = signed_in(house)
    orders = [record_check(f"Q-{n}") for n in range(3)]
    made = [http.post("/v1/certificates", json=order) for order in orders[:2]]
    assert [answer.status_code for answer in made] == [201, 201]
    batch = {
        "purpose_id": POLICE.purpose_id,
        "operator": "P-301",
        "items": [item(o) for o in orders],
    }
    assert http.post("/v1/certificates:batch", json=batch).status_code == 429  # as a whole
    ref = made[0].json()["ref"]
    why = {"purpose_id": POLICE.purpose_id, "operator": "P-301", "words": "经核实，记录有误"}
    place = f"/v1/certificates/{ref}:suspend"
    assert http.post(place, json={**why, "reason": "under_investigation"}).status_code == 200
    answers = at_once(6, lambda n: http.get(f"/v1/certificates/{ref}").status_code)
    assert answers.count(200) == 1
    assert set(answers) == {200, 429}
    assert http.post("/v1/certificates", json=record_check("Q-9")).status_code == 429
    assert house.approval_desk.purpose(POLICE.purpose_id).purpose.state == "over_quota"


# -- what became of a request ----------------------------------------------------------------


def test_a_request_that_waits_is_pending_and_no_consent(house):
    enrol_fund(house)
    held = handed_in(house)
    ref = house.consent_request_desk.ask(service(), ConsentRequestIn(**request_body()).asking())[
        "ref"
    ]

    def cause(caller, **changes):
        with pytest.raises(ConsentRequiredError) as refused:
            house.sharing_desk.pull(caller, replace(pull_request(held.ref, ref), **changes))
        return refused.value.facts["cause"]

    assert house.consent_desk.waiting(resident()) == 1
    assert cause(service()) == "pending"
    assert cause(service(client_id="bank-service", purpose_id=RENT)) == "unknown"
    house.consent_desk.refuse(resident(), ref)
    assert cause(service()) == "refused"
    assert house.consent_desk.waiting(resident()) == 0
    late = house.consent_request_desk.ask(service(), ConsentRequestIn(**request_body()).asking())
    house.clock.skip(timedelta(days=31))
    ref = late["ref"]
    assert cause(service()) == "expired"
