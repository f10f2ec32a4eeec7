"""From application to active on both databases: approvals, quotas, refusals, the sandbox."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from starlette.testclient import TestClient

from certstore.authorization.token_desk import TokenRequest
from certstore.callers import Developer, Operator
from certstore.chance import reference
from certstore.errors import CertstoreError, ConflictError, ForbiddenError, NotFoundError
from certstore.events.kinds import thin
from certstore.jwk import to_jwk
from certstore.onboarding.conformance import ITEMS
from certstore.onboarding.states import STEPS
from certstore.onboarding.terms import TypedClient, TypedTerms
from certstore.service.app import create_app
from certstore.tables.outbox import OutboxEvent
from tests.sealed import (
    ENROLMENT,
    GRANTED,
    LIN,
    MATTER,
    SCHOOL,
    assertion,
    enrol,
    pull_body,
    school_key,
    token_form,
    voucher,
)

HAN = Developer("韩开发", "D01", "11310000MB0T00058A")
STRANGER = Developer("别开发", "D02", "11310000MB0T00023P")
ZHENG, MENG = Operator("郑运维", "A01"), Operator("孟运维", "A02")
TYPED = TypedTerms(
    client_id=SCHOOL,
    matter_code=MATTER,
    title_zh="义务教育入学报名",
    title_en="School enrolment",
    basis_kind="statutory_duty",
    basis_ref="义务教育法第十二条",
    field=tuple(f"residence_voucher.{name}" for name in (*GRANTED, "id_number")),
    action=("search", "pull"),
    quota_day="5",
    contact="招生办 010-0000",
    justification="核对孩子是否住在学区里，只看区，不看门牌",
)
NOT_GIVEN = {"residence_voucher.id_number": "用单位内编号"}


def state(house, purpose_id):
    return house.approval_desk.purpose(purpose_id).purpose.state


def events(house, subject):
    with house.archive.writing() as books:
        told = books.outbox.claim(house.clock.now(), timedelta(0), 1000)
    return [dict(event.body) for event in told if event.subject == subject]


def waiting(house, subject):
    return next(w.change for w in house.approval_desk.waiting() if w.change.subject == subject)


def approve(house, subject, not_given=None):
    ref = waiting(house, subject).ref
    assert not house.approval_desk.approve(ZHENG, ref, 1, not_given)
    assert house.approval_desk.approve(MENG, ref, 2)


def client_of_han(house, key):
    assert (
        house.onboarding_desk.apply_for_client(
            HAN, TypedClient(client_id=SCHOOL, agency="示范市教育局", agency_en="Education Bureau")
        )
        == {}
    )
    approve(house, SCHOOL)
    house.onboarding_desk.add_key(HAN, SCHOOL, to_jwk(key.public_key()))


def test_from_application_to_active_by_two_people_and_by_what_was_shown(house):
    """One long way, as each of its steps stands on the one before."""
    key, desk, approvals = school_key(), house.onboarding_desk, house.approval_desk
    client_of_han(house, key)
    assert approvals.client(SCHOOL).client.state == "active"
    purpose_id = desk.apply_for_purpose(HAN, TYPED)
    assert state(house, purpose_id) == "draft"
    desk.submit(HAN, purpose_id)
    ref = waiting(house, purpose_id).ref
    with pytest.raises(ConflictError):  # nobody was first yet
        approvals.approve(MENG, ref, 2)
    approvals.approve(ZHENG, ref, 1, NOT_GIVEN)
    for step in (1, 2):  # two tabs of one person
        with pytest.raises((ConflictError, ForbiddenError)):
            approvals.approve(ZHENG, ref, step)
    assert state(house, purpose_id) == "submitted"
    approvals.approve(MENG, ref, 2)
    file = approvals.purpose(purpose_id)
    assert (file.purpose.state, dict(file.purpose.fields)) == (
        "approved",
        {"residence_voucher": list(GRANTED)},
    )
    assert file.dossier.not_given == NOT_GIVEN
    _shows_everything(house, key, purpose_id)
    approvals.look_after()
    file = approvals.purpose(purpose_id)
    assert file.purpose.state == "active"
    steps = [(m.act, m.before, m.after, m.who) for m in reversed(file.history)]
    assert steps == [
        ("submit", "draft", "submitted", "developer 11310000MB0T00058A D01"),
        ("approve", "submitted", "approved", "operator A01 + operator A02"),
        ("activate", "approved", "active", "system"),
    ]
    bodies = events(house, "purpose.state_changed")
    told = [e["state"] for e in bodies]
    assert sorted(told) == ["active", "approved", "submitted"]  # a claim has no order
    for body in bodies:  # and what is told of it is told whole
        event = OutboxEvent(reference(), "purpose.state_changed", body, house.clock.now())
        assert thin(event, "").event["data"] == {"change": "state_changed", **body}


def _shows_everything(house, key, purpose_id):
    """The client's own calls over HTTP, until nothing is left to show."""
    http = TestClient(create_app(house), base_url=house.settings.public_url)
    with house.archive.writing() as books:  # PyJWT's client here sends bearer tokens
        from certstore.tables.sharing import clients  # noqa: PLC0415 - for this line alone

        books.connection.execute(clients.update().values(dpop_bound=False))
    form = token_form(assertion(house, key), purpose_id=purpose_id)
    token = http.post("/oauth2/token", data=form).json()["access_token"]
    assert http.post("/oauth2/token", data=form).json()["cause"] == "jti_replayed"
    http.headers["Authorization"] = f"Bearer {token}"
    body = pull_body(purpose_id=purpose_id)
    ref = voucher(house).ref
    place = f"/v1/certificates/{ref}:pull"
    assert http.post(place, json={**body, "fields": ["id_number"]}).status_code == 403
    receipt = http.post(place, json=body).json()["receipt"]
    assert set(house.onboarding_desk.check(HAN, purpose_id)) == {"receipt"}
    with pytest.raises(ConflictError):
        house.approval_desk.activate(ZHENG, purpose_id, "looks good")
    forged = jwt.encode({"usage": "x"}, key, "ES256", {"typ": "receipt+jwt", "kid": "0" * 16})
    for wrong in (forged, "", "a.b.c", receipt[:-4] + "AAAA", assertion(house, key)):
        assert not house.onboarding_desk.hand_in_receipt(HAN, purpose_id, wrong)
    assert house.onboarding_desk.hand_in_receipt(HAN, purpose_id, receipt)
    assert set(house.approval_desk.purpose(purpose_id).passed) == set(ITEMS)
    (field,) = [
        c for c in house.onboarding_desk.refused_calls(HAN) if c.slug == "field-not-granted"
    ]
    assert (field.call, field.fields, field.place, field.times) == (
        "POST /v1/certificates/{ref}:pull",
        ["id_number"],
        "fields",
        1,
    )
    assert LIN.id_number not in str(house.onboarding_desk.refused_calls(HAN))
    assert house.onboarding_desk.refused_calls(STRANGER) == []
    house.clock.skip(timedelta(days=15))
    house.refusal_desk.forget()
    assert house.onboarding_desk.refused_calls(HAN) == []


@pytest.fixture
def served(house):
    """An active purpose with a quota of five calls a day, and a client that uses it."""
    key = school_key()
    enrol(house, key)
    with house.archive.writing() as books:
        books.onboarding.rewrite(ENROLMENT, {"quota_day": 5})
    http = TestClient(create_app(house), base_url=house.settings.public_url)

    def renew():
        answer = http.post("/oauth2/token", data=token_form(assertion(house, key)))
        if answer.status_code == 200:
            http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    renew()
    http.renew = renew
    return http


def test_a_quota_warns_twice_refuses_the_next_and_begins_anew_at_chinas_midnight(house, served):
    place = f"/v1/certificates/{voucher(house).ref}:pull"
    assert [served.post(place, json=pull_body()).status_code for _ in range(6)] == [200] * 5 + [429]
    said = served.post(place, json=pull_body())
    assert said.json()["type"] == "urn:certstore:problem:quota-exceeded"
    assert (said.json()["limit"], said.json()["resets_at"]) == (5, "2026-11-26T00:00:00+08:00")
    assert int(said.headers["retry-after"]) <= 14 * 3600 + 1
    assert state(house, ENROLMENT) == "over_quota"
    assert sorted(e["percent"] for e in events(house, "purpose.quota_warning")) == [80, 100]
    refused = served.renew()
    assert (refused.status_code, refused.json()["error"]) == (429, "temporarily_unavailable")
    with house.archive.reading() as books:
        person = books.people.find("111", LIN.id_number)
        seen = books.usage.of(person.id, datetime(2026, 1, 1, tzinfo=UTC))
    assert [e.record.get("refused") for e in seen].count("quota-exceeded") == 2
    house.clock.skip(timedelta(hours=14, seconds=1))
    assert served.renew().status_code == 200  # before anybody tidied up
    assert served.post(place, json=pull_body()).status_code == 200
    house.approval_desk.look_after()
    assert state(house, ENROLMENT) == "active"
    acts = [m.act for m in house.approval_desk.purpose(ENROLMENT).history]
    assert acts == ["refill", "exhaust"]


def test_narrowing_and_suspending_hold_for_tokens_given_before(house, served):
    place = f"/v1/certificates/{voucher(house).ref}:pull"
    desk, typed = house.onboarding_desk, replace(TYPED, field=("residence_voucher.name",))
    assert desk.edit(HAN, ENROLMENT, typed).outcome == "narrowed"
    said = served.post(place, json=pull_body()).json()
    assert said["cause"] == "purpose_changed"
    assert served.renew().json()["cause"] == "field_not_granted"
    wider = replace(typed, field=(*typed.field, "residence_voucher.id_number"))
    assert desk.edit(HAN, ENROLMENT, wider).outcome == "asked"
    with pytest.raises(ConflictError):  # one at a time
        desk.edit(HAN, ENROLMENT, wider)
    assert house.approval_desk.purpose(ENROLMENT).purpose.fields == {"residence_voucher": ["name"]}
    approve(house, ENROLMENT)
    granted = house.approval_desk.purpose(ENROLMENT).purpose
    assert (granted.fields, granted.version) == ({"residence_voucher": ["name", "id_number"]}, 4)
    house.approval_desk.ask(ZHENG, "purpose", ENROLMENT, "suspend", "投诉核查")
    ref = waiting(house, ENROLMENT).ref
    with pytest.raises(ForbiddenError):
        house.approval_desk.approve(ZHENG, ref, 2)
    assert state(house, ENROLMENT) == "active"
    house.approval_desk.approve(MENG, ref, 2)
    assert served.post(place, json=pull_body()).json()["cause"] == "purpose_inactive"
    (entry,) = [m for m in house.approval_desk.purpose(ENROLMENT).history if m.act == "suspend"]
    assert (entry.reason, entry.who) == ("投诉核查", "operator A01 + operator A02")


def test_two_people_at_once_are_two_and_no_more(house):
    key = school_key()
    client_of_han(house, key)
    purpose_id = house.onboarding_desk.apply_for_purpose(HAN, TYPED)
    house.onboarding_desk.submit(HAN, purpose_id)
    ref, outcomes = waiting(house, purpose_id).ref, []

    def press(me, step):
        try:
            outcomes.append(house.approval_desk.approve(me, ref, step))
        except CertstoreError as error:
            outcomes.append(error.code)

    for step in (1, 2):
        others = [threading.Thread(target=press, args=(who, step)) for who in (ZHENG, MENG) * 3]
        for thread in others:
            thread.start()
        for thread in others:
            thread.join()
    assert [outcomes.count(done) for done in (False, True)] == [1, 1]
    with house.archive.reading() as books:
        decided = books.onboarding.history(purpose_id)[0].who
    assert set(decided.split(" + ")) == {"operator A01", "operator A02"}


def test_another_agencys_things_are_as_absent_as_none(house):
    enrol(house, school_key())
    desk = house.onboarding_desk
    for act in (
        lambda: desk.purpose(STRANGER, ENROLMENT),
        lambda: desk.submit(STRANGER, ENROLMENT),
        lambda: desk.edit(STRANGER, ENROLMENT, TYPED),
        lambda: desk.withdraw(STRANGER, "purpose", ENROLMENT),
        lambda: desk.retire(STRANGER, "client", SCHOOL),
        lambda: desk.add_key(STRANGER, SCHOOL, {}),
        lambda: desk.retire_key(STRANGER, SCHOOL, "x"),
        lambda: desk.check(STRANGER, ENROLMENT),
        lambda: desk.hand_in_receipt(STRANGER, ENROLMENT, "x"),
        lambda: house.trying_desk.run(STRANGER, ENROLMENT, "lin_xiaohe", beyond=False),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert desk.apply_for_purpose(STRANGER, TYPED) == {"client_id": "malformed"}
    assert desk.clients(STRANGER) == []


@pytest.mark.parametrize("seed", range(3))
def test_no_sequence_of_acts_reaches_what_the_table_does_not_allow(house, seed):
    """Random acts of everybody; history then is a walk through the table, and nothing else is."""
    key, rng = school_key(), Dice(seed)
    client_of_han(house, key)
    desk, approvals = house.onboarding_desk, house.approval_desk
    ids = [desk.apply_for_purpose(HAN, TYPED) for _ in range(2)]

    def change():
        return rng.choice(approvals.waiting()).change.ref if approvals.waiting() else "none"

    acts = [
        lambda p: desk.submit(HAN, p),
        lambda p: desk.withdraw(HAN, "purpose", p),
        lambda p: desk.edit(HAN, p, replace(TYPED, quota_day=str(rng.below(9) + 1))),
        lambda _: approvals.approve(ZHENG, change(), rng.choice((1, 2))),
        lambda _: approvals.approve(MENG, change(), rng.choice((1, 2))),
        lambda _: approvals.refuse(MENG, change(), "不清楚"),
        lambda p: approvals.ask(ZHENG, "purpose", p, rng.choice(("suspend", "reinstate")), "查"),
        lambda p: _show_all(house, p),
        lambda _: approvals.look_after(),
        lambda p: desk.retire(HAN, "purpose", p) if rng.below(10) == 0 else None,
    ]
    for _ in range(60):
        try:
            rng.choice(acts)(rng.choice(ids))
        except CertstoreError:
            continue
    allowed = {(s.before, s.act, s.after) for s in STEPS["purpose"]}
    for purpose_id in ids:
        file, at = approvals.purpose(purpose_id), "draft"
        for moved in reversed(file.history):
            assert moved.before == at
            at = moved.after
            if moved.act in {"narrow", "widen"} or (moved.act == "refuse" and at == moved.before):
                assert at == moved.before
                continue
            assert (moved.before, moved.act, moved.after) in allowed
            if moved.act in {"approve", "suspend", "reinstate"}:
                first, _, second = moved.who.partition(" + ")
                assert first != second
                assert "developer" not in moved.who
        assert at == file.purpose.state


class Dice:
    """The same throws for the same seed (Knuth's linear congruences)."""

    def __init__(self, seed):
        self.at = seed

    def below(self, bound):
        self.at = (self.at * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.at >> 33) % bound

    def choice(self, options):
        return options[self.below(len(options))]


def _show_all(house, purpose_id):
    with house.archive.writing() as books:
        for item in ITEMS:
            books.onboarding.pass_item(purpose_id, item, house.clock.now())


def test_the_sandbox_plays_the_client_and_shows_each_step(house):
    enrol(house, school_key(), dpop=True)
    voucher(house)
    steps = house.trying_desk.run(HAN, ENROLMENT, "lin_xiaohe", beyond=False)
    assert [(tried.step, tried.done) for tried in steps] == [
        ("token", True),
        ("search", True),
        ("pull", True),
    ]
    assert steps[-1].answer["fields"]["name"] == LIN.name
    again = house.trying_desk.run(HAN, ENROLMENT, "lin_xiaohe", beyond=True)
    assert not again[-1].done
    assert again[-1].answer["type"].endswith("field-not-granted")
    assert len(house.approval_desk.client(SCHOOL).client.keys) == 2  # registered once
    with pytest.raises(NotFoundError):
        house.trying_desk.run(HAN, ENROLMENT, "nobody", beyond=False)
    json.dumps([tried.answer for tried in steps])


def test_a_purpose_on_trial_is_used_on_the_sandbox_alone(house):
    key = school_key()
    enrol(house, key, purpose="approved")
    form = token_form(assertion(house, key))
    assert house.token_desk.grant(TokenRequest(**form))
    production = replace(house.token_desk, usable=frozenset({"active"}))
    form = token_form(assertion(house, key))
    with pytest.raises(CertstoreError) as refused:
        production.grant(TokenRequest(**form))
    assert refused.value.facts["cause"] == "purpose_inactive"
    assert house.onboarding_desk.check(HAN, ENROLMENT)
    with pytest.raises(ConflictError):
        replace(house.onboarding_desk, sandbox=False).check(HAN, ENROLMENT)
