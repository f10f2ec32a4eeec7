"""An endorsement applied for in time and decided later: nothing is suspended in between."""

from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.clock import CHINA
from certstore.holds.kinds import Succession
from issuance.application import Matter, State
from issuance.conduct import APPLICANT
from issuance.procedure import Action
from tests.house import house_in
from tests.permits import replaced
from tests.residents import EVERYWHERE as GAO
from tests.residents import (
    Browser,
    assert_sound,
    copied,
    resident,
    settle,
    settled_folder,  # noqa: F401 - a fixture
    submitted,
    verify_face,
)
from tests.unit.issuance.matters.test_endorsing import asked, later
from tests.unit.issuance.matters.test_permit import permits

WHO = "chen_yiming"
ME = resident(WHO)
DAY = timedelta(days=1)


def with_permit(house):
    """The house, and a permit in it whose last day it is; the registration runs on."""
    assert submitted(house, WHO).state is State.ISSUED
    house.clock.skip(timedelta(days=184))
    house.review_desk.approve(GAO, asked(house, Matter.RESIDENCE_PERMIT).ref)
    (permit,) = permits(house)
    later(house, permit, 0)
    assert house.endorsement_desk.suspend_overdue() == 0
    return house, permit


@pytest.fixture
def small(settled_folder, tmp_path):  # noqa: F811 - the fixture
    with copied(settled_folder, tmp_path) as house:
        yield with_permit(house)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def both(request, tmp_path):
    if request.param == "postgresql":
        url = request.getfixturevalue("migrated_postgres_url")
        house = house_in(tmp_path / "house", database_url=url)
    else:
        house = house_in(tmp_path / "house")
    settle(house)
    yield with_permit(house)
    house.close()


def in_review(house):
    """An endorsement that an officer decides: as it is where a material was handed in."""
    desk, now = house.apply_desk, house.clock.now()
    begun = desk.begin(ME, Matter.ENDORSEMENT)
    verify_face(house, WHO, begun.ref)
    judged = desk.check(ME, begun.ref).as_json()
    with house.archive.writing() as books:
        return house.conduct.act(
            books, begun, Action.SUBMIT, APPLICANT, now, submitted_at=now, decision=judged
        )


def status(house, permit):
    with house.archive.reading() as books:
        return books.register.get(permit.ref).status


def nights(house, *, days, times=2):
    """The nightly job after so many days of standstill, as often as it pleases."""
    house.clock.skip(days * DAY)
    return [house.endorsement_desk.suspend_overdue() for _ in range(times)]


def test_while_it_is_open_nothing_is_suspended_and_refused_it_is_then(both):
    house, permit = both
    sent = in_review(house)
    assert [sum(nights(house, days=n)) for n in (1, 1, 30)] == [0, 0, 0]
    assert status(house, permit) is Status.VALID
    found = house.endorsement_desk.of(ME, permit.ref)
    assert (found.standing.state, found.application_ref) == ("applied", sent.ref)
    assert found.standing.overdue_since is None
    house.review_desk.refuse(GAO, sent.ref, "OTHER", "看不清")
    assert nights(house, days=0, times=3) == [1, 0, 0]
    assert status(house, permit) is Status.SUSPENDED
    assert [n.kind for n in house.holdings_desk.notices(ME)].count("endorsement_overdue") == 1
    assert house.endorsement_desk.of(ME, permit.ref).standing.state == "overdue"
    assert nights(house, days=9) == [0, 0]


def test_withdrawn_after_a_standstill_it_is_suspended_once(small):
    house, permit = small
    sent = in_review(house)
    house.clock.skip(20 * DAY)  # the job never ran while it was open
    house.apply_desk.withdraw(ME, sent.ref)
    assert nights(house, days=0) == [1, 0]
    assert status(house, permit) is Status.SUSPENDED


def test_withdrawn_on_the_last_day_it_is_suspended_like_any_other(small):
    house, _ = small
    house.apply_desk.withdraw(ME, in_review(house).ref)
    assert nights(house, days=0) == [0, 0]
    assert nights(house, days=1) == [1, 0]


def test_approved_late_the_years_go_on_and_nothing_is_ever_suspended(small):
    house, permit = small
    sent = in_review(house)
    nights(house, days=12)
    done = house.review_desk.approve(GAO, sent.ref)
    assert done.state is State.ISSUED
    assert nights(house, days=0) == [0, 0]
    newest = max(permits(house), key=lambda c: c.version)
    assert newest.status is Status.VALID
    assert newest.validity.valid_from == permit.validity.valid_from
    end = permit.validity.valid_to
    assert newest.validity.valid_to == end.replace(year=end.year + 1)
    with house.archive.reading() as books:
        assert books.holds.of([permit.ref, newest.ref]) == []


def test_one_day_late_it_is_overdue_whatever_is_applied_for(small):
    house, permit = small
    house.clock.skip(DAY)
    in_review(house)
    assert nights(house, days=0) == [1, 0]
    assert status(house, permit) is Status.SUSPENDED
    assert house.endorsement_desk.of(ME, permit.ref).standing.state == "overdue"


def test_a_draft_that_was_never_sent_does_not_count(small):
    house, permit = small
    house.apply_desk.begin(ME, Matter.ENDORSEMENT)
    assert nights(house, days=1) == [1, 0]
    assert status(house, permit) is Status.SUSPENDED


def test_lost_meanwhile_both_holds_stand(small):
    house, permit = small
    sent = in_review(house)
    nights(house, days=1)
    house.loss_desk.report(ME, permit.ref)
    assert house.endorsement_desk.of(ME, permit.ref).standing.state == "lost"
    house.apply_desk.withdraw(ME, sent.ref)
    assert nights(house, days=0) == [1, 0]
    assert status(house, permit) is Status.LOST
    assert house.loss_desk.lift(ME, permit.ref).status is Status.SUSPENDED


def test_a_new_address_in_between_changes_nothing_of_it(small):
    house, permit = small
    sent = in_review(house)
    assert nights(house, days=2) == [0, 0]
    moved = replaced(house, permit, Succession.SAME_CARRIER)
    assert nights(house, days=1) == [0, 0]
    assert status(house, moved) is Status.VALID
    house.apply_desk.withdraw(ME, sent.ref)
    assert nights(house, days=0) == [1, 0]
    assert (status(house, permit), status(house, moved)) == (Status.SUPERSEDED, Status.SUSPENDED)


def test_what_was_sent_just_before_midnight_is_seen_by_the_nightly_job(small):
    house, permit = small
    now = house.clock.now()
    midnight = (now + DAY).astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    house.clock.skip(midnight + timedelta(minutes=1) - now)
    assert house.endorsement_desk.suspend_overdue() == 0  # it may not be committed yet
    house.clock.skip(timedelta(minutes=5))
    assert house.endorsement_desk.suspend_overdue() == 1
    assert status(house, permit) is Status.SUSPENDED


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_holder_reads_that_nothing_is_to_be_done(small, lang):
    house, permit = small
    sent = in_review(house)
    nights(house, days=3)
    shown = Browser(house, ME, lang).get(f"/certificates/{permit.ref}/endorsement")
    assert_sound(shown, lang)
    assert f"/applications/{sent.ref}" in shown.text
    assert "/apply/endorsement" not in shown.text
    held = Browser(house, ME, lang).get("/certificates")
    assert_sound(held, lang)
    assert f'class="button" href="/certificates/{permit.ref}/endorsement"' in held.text
