"""The first permit: who may apply, who decides, when it is issued; it follows the address."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import ConflictError
from issuance.application import Matter, State
from issuance.history.tables import History
from tests.residents import EVERYWHERE as GAO
from tests.residents import LI, PEOPLE, resident, submitted, verify_face
from verifiers.materials.calendar_months import months_after

PERMIT = Matter.RESIDENCE_PERMIT
HALF_A_YEAR = timedelta(days=184)


def registered(house, key="chen_yiming"):
    """Somebody who has been registered for half a year."""
    assert submitted(house, key).state is State.ISSUED
    house.clock.skip(HALF_A_YEAR)


def permits(house, key="chen_yiming"):
    holder = resident(key).holder
    with house.archive.reading() as books:
        held = books.register.held_by(holder.id_type, holder.id_number)
    return [c for c in held if c.type_code == "residence_permit"]


def permit_asked(house, key="chen_yiming"):
    me, desk = resident(key), house.apply_desk
    ref = desk.begin(me, PERMIT).ref
    verify_face(house, key, ref)
    return desk.submit(me, ref)


def test_a_first_permit_is_issued_on_the_day_an_officer_approves_it(house):
    registered(house)
    me, desk = resident("chen_yiming"), house.apply_desk
    begun = desk.begin(me, PERMIT)
    assert begun.answers.address == PEOPLE["chen_yiming"]["declares"]["address"]  # not asked again
    verify_face(house, "chen_yiming", begun.ref)
    sent = desk.submit(me, begun.ref)
    assert (sent.state, sent.automatic) == (State.ROUTED, False)  # it takes a person
    received = house.calendar.received_on(house.clock.now()).day
    assert sent.due_on == house.calendar.add_working_days(received, 8).day
    assert sent.stage_due_on == house.calendar.add_working_days(received, 2).day
    assert permits(house) == []
    done = house.review_desk.approve(GAO, sent.ref)
    assert done.state is State.ISSUED
    (permit,) = permits(house)
    assert permit.sealed
    assert permit.ref == done.certificate_ref
    assert permit.issued_on == house.clock.now().date()
    assert permit.fields["residence_address"] == sent.answers.full_address(house.settings.city)
    assert not permit.fields["household_address"].startswith(house.settings.city)
    with house.archive.reading() as books:
        steps = [(who, step) for _, who, step, _ in History(books.connection).of(sent.ref)]
    wanted = [("applicant", "routed"), ("1047", "in_review"), ("1047", "approved")]
    assert [step for step in steps if step[1] in {"routed", "in_review", "approved"}] == wanted


def test_before_half_a_year_the_day_is_told_and_nothing_is_submitted(house):
    submitted(house, "chen_yiming")
    me, desk = resident("chen_yiming"), house.apply_desk
    ref = desk.begin(me, PERMIT).ref
    verify_face(house, "chen_yiming", ref)
    decision = desk.check(me, ref).decision
    half_year = next(d for m, d in decision.materials.items() if m.value == "half_year")
    assert half_year.outcome.value == "blocked"
    assert half_year.eligible_on == months_after(house.clock.now().date(), 6)
    with pytest.raises(ConflictError, match="half_year"):
        desk.submit(me, ref)


def test_who_is_not_registered_or_has_one_cannot_begin(house):
    me, desk = resident("chen_yiming"), house.apply_desk
    with pytest.raises(ConflictError) as refusal:
        desk.begin(me, PERMIT)
    assert refusal.value.facts["cause"] == "NOT_REGISTERED"
    registered(house)
    house.review_desk.approve(GAO, permit_asked(house).ref)
    with pytest.raises(ConflictError) as refusal:
        desk.begin(me, PERMIT)
    assert refusal.value.facts["cause"] == "HAS_PERMIT"


def test_another_address_than_the_registered_one_leads_to_the_change(house):
    registered(house)
    me, desk = resident("chen_yiming"), house.apply_desk
    ref = desk.begin(me, PERMIT).ref
    said = desk.get(me, ref).answers
    desk.answer(me, ref, replace(said, address="别处路 1 号 101 室"))
    verify_face(house, "chen_yiming", ref)
    assert desk.check(me, ref).obstacle == "ADDRESS_NOT_REGISTERED"
    with pytest.raises(ConflictError, match="ADDRESS_NOT_REGISTERED"):
        desk.submit(me, ref)


def test_a_permit_follows_a_change_of_address_and_the_old_version_is_superseded(house):
    registered(house, "lin_xiaohe")
    house.review_desk.approve(GAO, permit_asked(house, "lin_xiaohe").ref)
    (first,) = permits(house, "lin_xiaohe")
    moved = submitted(house, "lin_xiaohe", Matter.ADDRESS_CHANGE, "moves_to")
    if moved.state is not State.ISSUED:
        judged = {d.material.value: "yes" for d in house.review_desk.to_judge(moved)[1]}
        moved = house.review_desk.approve(LI, moved.ref, judged)
    assert moved.state is State.ISSUED
    house.issuance_desk.finish(lambda ref, error: pytest.fail(f"{ref}: {error}"))
    versions = {c.version: c for c in permits(house, "lin_xiaohe")}
    assert versions[1].ref == first.ref
    assert versions[1].status is Status.SUPERSEDED
    assert versions[2].status is Status.VALID
    assert versions[2].validity == first.validity
    address = moved.answers.full_address(house.settings.city)
    assert versions[2].fields["residence_address"] == address
    house.issuance_desk.finish(lambda ref, error: pytest.fail(f"{ref}: {error}"))
    assert len(permits(house, "lin_xiaohe")) == 2


def test_a_registration_is_renewed_in_its_last_days_and_no_sooner(house):
    first = submitted(house, "chen_yiming")
    me, desk = resident("chen_yiming"), house.apply_desk
    with pytest.raises(ConflictError) as refusal:
        desk.begin(me, Matter.REGISTRATION_RENEWAL)
    assert refusal.value.facts["cause"] == "RENEWS_LATER"
    house.clock.skip(timedelta(days=340))
    ref = desk.begin(me, Matter.REGISTRATION_RENEWAL).ref
    verify_face(house, "chen_yiming", ref)
    checked = desk.check(me, ref)
    assert checked.obstacle == ""
    with house.archive.reading() as books:
        old = books.register.get(first.certificate_ref)
    renewed = desk.submit(me, ref)
    if renewed.state is not State.ISSUED:
        pytest.fail(str(checked.decision.as_json()))
    with house.archive.reading() as books:
        new = books.register.get(renewed.certificate_ref)
        assert books.register.get(old.ref).status is Status.SUPERSEDED
    assert new.version == 2
    assert new.fields["registered_on"] == old.fields["registered_on"]
    assert new.validity.valid_to == old.validity.valid_to.replace(year=2028)
