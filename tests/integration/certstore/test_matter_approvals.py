"""A version of a matter counts once two people approved it, on both databases."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from certstore.callers import Operator
from certstore.errors import ConflictError, ForbiddenError, NotFoundError
from certstore.jwk import to_jwk
from certstore.keys import key_id
from certstore.service.app import create_app
from certstore.service.demo_counter import register_matters
from tests.house import house_in
from tests.matters import TYPES, demonstrations, enrol_purpose, service, wanted
from tests.sealed import assertion, school_key, token_form
from verifiers.matters.registry import MatterDesk

ONE, TWO, THREE = (Operator(name, f"A0{n}") for n, name in enumerate("甲乙丙", 1))
CODE = "school_enrolment"
DOCUMENT = demonstrations()
LATER = DOCUMENT | {"version": "2027-1", "effective_from": "2026-11-29"}
PROPOSER = service(actions=("search", "matters"))


def production(house):
    """The desk as it is beside keys that are no demonstration's."""
    return MatterDesk(archive=house.archive, clock=house.clock)


def waiting(house):
    return house.matter_approval_desk.lists()[0]


def told(house):
    """The states that the school's service is told of, in their order."""
    with house.archive.writing() as books:
        events = books.outbox.claim(house.clock.now(), timedelta(minutes=1))
        books.outbox.done([event.ref for event in events], house.clock.now())
    mine = [event.body for event in events if event.subject == "matter.state_changed"]
    assert all((body["client"], body["matter"]) == ("school-service", CODE) for body in mine)
    return [body["state"] for body in mine]


def test_a_version_counts_after_two_people_and_not_before(house):
    enrol_purpose(house)
    desk, approvals = production(house), house.matter_approval_desk
    found = desk.register_for(PROPOSER, CODE, DOCUMENT)
    assert (found.anew, found.state, found.approval) == (True, "proposed", "")
    assert desk.versions(CODE) == []
    with pytest.raises(NotFoundError):
        house.decision_desk.decide(service(), wanted())
    with pytest.raises(ConflictError) as another:  # one of a matter waits at a time
        desk.register_for(PROPOSER, CODE, LATER)
    assert another.value.facts["cause"] == "version_waiting"

    (proposal,) = waiting(house)
    assert not approvals.approve(ONE, proposal.ref, 1)
    for me, step, refusal in ((ONE, 2, ForbiddenError), (TWO, 1, ConflictError)):
        with pytest.raises(refusal):
            approvals.approve(me, proposal.ref, step)
    again = desk.register_for(PROPOSER, CODE, DOCUMENT)
    assert (again.anew, again.state) == (False, "reviewed")
    assert desk.versions(CODE) == []
    assert approvals.approve(TWO, proposal.ref, 2)
    with pytest.raises(ConflictError):
        approvals.approve(THREE, proposal.ref, 2)
    (version,) = desk.versions(CODE)
    assert (version.approval, dict(version.document)) == ("two_people", DOCUMENT)
    assert house.decision_desk.decide(service(), wanted())["rule_version"] == f"{CODE}/2026-1"
    again = desk.register_for(PROPOSER, CODE, DOCUMENT)
    assert (again.anew, again.state, again.approval) == (False, "active", "two_people")
    assert told(house) == ["proposed", "reviewed", "active"]


def test_over_http_a_new_version_is_accepted_and_tells_how_it_stands(tmp_path):
    house, key = house_in(tmp_path), school_key()
    house.matter_desk = production(house)
    try:
        jwk = {**to_jwk(key.public_key()), "kid": key_id(key.public_key())}
        enrol_purpose(house, keys=[jwk], actions=("search", "matters"))
        client = TestClient(create_app(house), base_url=house.settings.public_url)
        form = token_form(assertion(house, key), cert_types=list(TYPES), fields=["name"])
        token = client.post("/oauth2/token", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        first, again = (client.put(f"/v1/matters/{CODE}", json=DOCUMENT) for _ in range(2))
        assert (first.status_code, first.json()["state"]) == (202, "proposed")
        assert (again.status_code, again.json()) == (200, first.json())
        assert client.get(f"/v1/catalog/matters/{CODE}").status_code == 404
        house.matter_approval_desk.refuse(ONE, waiting(house)[0].ref, "依据不对")
        told_why = client.put(f"/v1/matters/{CODE}", json=DOCUMENT).json()
        assert (told_why["state"], told_why["reason"]) == ("refused", "依据不对")
    finally:
        house.close()


def test_a_refusal_is_read_by_the_agency_and_something_else_may_be_proposed(house):
    enrol_purpose(house)
    desk, approvals = production(house), house.matter_approval_desk
    desk.register_for(PROPOSER, CODE, DOCUMENT)
    approvals.refuse(ONE, waiting(house)[0].ref, "法律依据不是这一条")
    again = desk.register_for(PROPOSER, CODE, DOCUMENT)
    assert (again.anew, again.state, again.reason) == (False, "refused", "法律依据不是这一条")
    mended = DOCUMENT | {"legal_basis": "义务教育法第十三条"}
    assert desk.register_for(PROPOSER, CODE, mended).anew
    assert waiting(house)[0].document["legal_basis"] == "义务教育法第十三条"
    assert told(house) == ["proposed", "refused", "proposed"]


def test_the_proposer_approves_nothing(house):
    production(house).register(DOCUMENT, "operator A01")
    (proposal,) = waiting(house)
    with pytest.raises(ForbiddenError):
        house.matter_approval_desk.approve(ONE, proposal.ref, 1)
    house.matter_approval_desk.approve(TWO, proposal.ref, 1)
    with pytest.raises(ForbiddenError):
        house.matter_approval_desk.approve(ONE, proposal.ref, 2)
    assert house.matter_approval_desk.approve(THREE, proposal.ref, 2)
    assert told(house) == []  # no service asked


def test_a_first_day_that_passes_while_a_version_waits_is_the_day_of_approval(house):
    desk, approvals = production(house), house.matter_approval_desk
    for document in (DOCUMENT, LATER):
        desk.register(document)
        house.clock.skip(timedelta(days=3))
        (proposal,) = waiting(house)
        approvals.approve(ONE, proposal.ref, 1)
        approvals.approve(TWO, proposal.ref, 2)
    first, second = desk.versions(CODE)
    assert first.effective_from.isoformat() == DOCUMENT["effective_from"]
    assert second.effective_from == desk.today()
    assert approvals.file(proposal.ref).before == first


def test_on_a_sandbox_it_counts_at_once_and_says_so(house):
    found = house.matter_desk.register(DOCUMENT)
    assert (found.anew, found.state, found.approval) == (True, "active", "sandbox")
    assert waiting(house) == []
    (entry,) = house.matter_desk.catalogue()
    assert entry.approval == "sandbox"


def test_the_demonstrations_matters_are_approved_by_its_own_cast(house):
    for _ in range(2):
        register_matters(house)
    _, decided = house.matter_approval_desk.lists()
    by = {(each.code, each.outcome, each.first_by, each.closed_by) for each in decided}
    people = ("approved", "operator A01", "operator A02")
    assert by == {(CODE, *people), ("flexible_employment", *people)}
    assert {each.approval for each in house.matter_desk.catalogue()} == {"two_people"}


def test_what_is_not_there_cannot_be_decided(house):
    approvals = house.matter_approval_desk
    with pytest.raises(NotFoundError):
        approvals.file("x" * 20)
    for act in (
        lambda: approvals.approve(ONE, "x" * 20, 1),
        lambda: approvals.refuse(ONE, "x" * 20, "x"),
    ):
        with pytest.raises(ConflictError):
            act()
