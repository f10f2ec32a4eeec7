"""Applying for an endorsement: in its window, made up afterwards; neither too early nor lost."""

from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import ConflictError
from certstore.web.texts import Texts
from issuance.application import Matter, State
from tests.residents import EVERYWHERE as GAO
from tests.residents import Browser, resident, submitted, verify_face
from tests.unit.issuance.matters.test_permit import permits

WHO = "chen_yiming"
ME = resident(WHO)


@pytest.fixture
def permit(house):
    """A permit of somebody who was registered, and then for half a year."""
    assert submitted(house, WHO).state is State.ISSUED
    house.clock.skip(timedelta(days=184))
    house.review_desk.approve(GAO, asked(house, Matter.RESIDENCE_PERMIT).ref)
    (permit,) = permits(house)
    return permit


def asked(house, matter):
    ref = house.apply_desk.begin(ME, matter).ref
    verify_face(house, WHO, ref)
    return house.apply_desk.submit(ME, ref)


def later(house, permit, days):
    """So many days after the permit's last day; the registration is renewed in time."""
    today = house.clock.now().date()
    end = permit.validity.valid_to
    with house.archive.reading() as books:
        voucher = next(
            c
            for c in books.register.held_by(ME.holder.id_type, ME.holder.id_number)
            if c.sealed and c.type_code == "residence_voucher" and c.status is Status.VALID
        )
    renew = voucher.validity.valid_to - timedelta(days=10)
    if renew < end + timedelta(days=days):
        house.clock.skip(renew - today)
        assert asked(house, Matter.REGISTRATION_RENEWAL).state is State.ISSUED
        today = house.clock.now().date()
    house.clock.skip(end + timedelta(days=days) - today)


def test_in_the_window_it_is_endorsed_at_once_and_a_year_longer(house, permit):
    later(house, permit, -20)
    done = asked(house, Matter.ENDORSEMENT)
    assert (done.state, done.automatic) == (State.ISSUED, True)
    newest = max(permits(house), key=lambda c: c.version)
    assert newest.version == 2
    assert newest.status is Status.VALID
    assert newest.validity.valid_from == permit.validity.valid_from
    assert newest.validity.valid_to == permit.validity.valid_to.replace(
        year=permit.validity.valid_to.year + 1
    )
    with pytest.raises(ConflictError) as refusal:  # once for each year
        house.apply_desk.begin(ME, Matter.ENDORSEMENT)
    assert refusal.value.facts["cause"] == "ENDORSES_LATER"


def test_made_up_after_its_day_what_was_suspended_is_valid_again(house, permit):
    later(house, permit, 9)
    assert house.endorsement_desk.suspend_overdue() == 1
    (suspended,) = permits(house)
    assert suspended.status is Status.SUSPENDED
    today = house.clock.now().date()
    assert asked(house, Matter.ENDORSEMENT).state is State.ISSUED
    newest = max(permits(house), key=lambda c: c.version)
    assert newest.status is Status.VALID
    assert newest.validity.valid_from == today  # no grace: the years count anew
    assert house.endorsement_desk.suspend_overdue() == 0


@pytest.mark.parametrize("days", [-31, -200])
def test_before_the_window_it_cannot_be_begun(house, permit, days):
    later(house, permit, days)
    with pytest.raises(ConflictError) as refusal:
        house.apply_desk.begin(ME, Matter.ENDORSEMENT)
    assert refusal.value.facts["cause"] == "ENDORSES_LATER"


def test_a_lost_permit_is_lifted_first_and_a_loss_stays_beside_an_overdue_one(house, permit):
    later(house, permit, 9)
    house.endorsement_desk.suspend_overdue()
    house.loss_desk.report(ME, permit.ref)
    with pytest.raises(ConflictError) as refusal:
        house.apply_desk.begin(ME, Matter.ENDORSEMENT)
    assert refusal.value.facts["cause"] == "PERMIT_LOST"
    with pytest.raises(ConflictError) as refusal:
        house.apply_desk.begin(ME, Matter.RESIDENCE_PERMIT)
    assert refusal.value.facts["cause"] == "HAS_PERMIT"


def test_without_a_permit_there_is_nothing_to_endorse(house):
    assert submitted(house, WHO).state is State.ISSUED
    with pytest.raises(ConflictError) as refusal:
        house.apply_desk.begin(ME, Matter.ENDORSEMENT)
    assert refusal.value.facts["cause"] == "NO_PERMIT"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_its_first_page_and_its_answers_say_what_is_asked(house, permit, lang):
    later(house, permit, -20)
    texts, mine = Texts(lang), Browser(house, ME, lang)
    shown = mine.get("/apply/endorsement").text
    assert str(texts("start.step.home")) not in shown
    assert str(texts("start.step.face")) in shown
    begun = mine.post("/apply/endorsement").headers["location"]
    assert begun.endswith("/face")  # nothing about the home is asked
    face = "人脸" if lang == "zh" else "face"
    said = {p.ref: p.text for p in house.guide_desk.passages(lang)}
    for ref in ("endorsement.how", "endorsement.materials", "registration.renew"):
        assert face in said[ref]
