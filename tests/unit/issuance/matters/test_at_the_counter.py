"""A whole life at counters, without a phone: every matter that is applied for is taken in there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import ConflictError, MalformedError
from issuance.application import Matter, State
from tests.counter import begun, here, sent
from tests.residents import ADDRESS_CHANGE, GAO, LI, PEOPLE, answers_of, vouchers
from tests.unit.issuance.matters.test_permit import HALF_A_YEAR, permits
from tests.unit.issuance.uploading import PAPER, good

WHO = "chen_yiming"
DAY = timedelta(days=1)


def taken_in(house, matter, home=None):
    """Taken in at the counter and sent; what rests on the registration is asked nothing."""
    done = sent(house, begun(house, WHO, matter, home).ref)
    assert (done.taken_by, done.taken_at) == ("1047", "wutong")
    return done


def test_registered_moved_renewed_permitted_and_endorsed_at_the_counter(house):
    assert taken_in(house, Matter.RESIDENCE_REGISTRATION, "declares").state is State.ISSUED

    house.clock.skip(HALF_A_YEAR)
    case = taken_in(house, Matter.RESIDENCE_PERMIT)
    assert case.state is State.ROUTED  # it takes an officer, and not the one who took it in
    gao, li = replace(GAO, supervisor=True), replace(LI, supervisor=True)
    house.review_desk.open(gao, case.ref, claim=True)
    assert house.review_desk.approve(gao, case.ref).state is State.ROUTED
    proposal = house.review_desk.open(li, case.ref).proposal
    assert house.second_desk.confirm(li, case.ref, proposal.ref).state is State.ISSUED
    (permit,) = permits(house)
    assert permit.fields["residence_address"].endswith(PEOPLE[WHO]["declares"]["address"])

    voucher = vouchers(house, WHO)[0]
    house.clock.skip(voucher.validity.valid_to - 10 * DAY - house.clock.now().date())
    assert taken_in(house, Matter.REGISTRATION_RENEWAL).state is State.ISSUED
    assert vouchers(house, WHO)[0].validity.valid_to > voucher.validity.valid_to

    house.clock.skip(permit.validity.valid_to - 10 * DAY - house.clock.now().date())
    assert taken_in(house, Matter.ENDORSEMENT).state is State.ISSUED
    newest = max(permits(house), key=lambda c: c.version)
    assert (newest.version, newest.status) == (2, Status.VALID)


def test_an_address_is_changed_at_the_counter_and_not_to_the_same(house):
    taken_in(house, Matter.RESIDENCE_REGISTRATION, "declares")
    visit = here(house, WHO)
    draft = house.intake_desk.begin(GAO, visit.ref, ADDRESS_CHANGE)
    with pytest.raises(MalformedError) as error:
        house.intake_desk.answer(GAO, draft.ref, answers_of(PEOPLE[WHO]["declares"]))
    assert error.value.facts["cause"] == "unchanged"
    moved = {**PEOPLE[WHO]["declares"], "address": "别的路1号2室"}  # where nothing is on file
    house.intake_desk.answer(GAO, draft.ref, answers_of(moved))
    at = house.intake_desk.look(GAO, draft.ref)
    with pytest.raises(ConflictError) as refused:
        house.intake_desk.submit(GAO, draft.ref, at.seal)
    assert refused.value.facts["missing"] == ["dwelling"]
    assert [asked.decision.material.value for asked in at.asked] == ["dwelling"]
    house.intake_desk.scan(GAO, draft.ref, ("dwelling", PAPER), good(), seen=True)
    assert sent(house, draft.ref).state is State.IN_REVIEW


def test_too_early_is_told_before_anything_is_sent(house):
    taken_in(house, Matter.RESIDENCE_REGISTRATION, "declares")
    visit = here(house, WHO)
    for matter, cause in (
        (Matter.RESIDENCE_REGISTRATION, "REGISTERED_ALREADY"),
        (Matter.REGISTRATION_RENEWAL, "RENEWS_LATER"),
        (Matter.ENDORSEMENT, "NO_PERMIT"),
    ):
        with pytest.raises(ConflictError) as error:
            house.intake_desk.begin(GAO, visit.ref, matter)
        assert error.value.facts["cause"] == cause
    draft = house.intake_desk.begin(GAO, visit.ref, Matter.RESIDENCE_PERMIT)
    at = house.intake_desk.look(GAO, draft.ref)
    half_year = next(d for m, d in at.checked.decision.materials.items() if m.value == "half_year")
    assert half_year.eligible_on is not None
    with pytest.raises(ConflictError) as error:
        house.intake_desk.submit(GAO, draft.ref, at.seal)
    assert error.value.facts["missing"] == ["half_year"]
