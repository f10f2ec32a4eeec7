"""Overdue endorsements: suspended on their day, once, after any standstill; made up, restored."""

from datetime import date, timedelta

import pytest

from certstore.certificates import Status
from certstore.clock import MovedClock
from certstore.errors import NotFoundError, UnavailableError
from certstore.holds.keeping import place_hold
from certstore.holds.kinds import BY_RULE, HoldKind, Role, Succession
from certstore.service.worker import Worker
from issuance.matters.endorsement import desk as endorsing
from tests.house import TODAY, house_in
from tests.integration.certstore.test_holds import at_once, changes, told
from tests.permits import permit, replaced
from tests.residents import _CSRF, Browser, assert_sound
from tests.sealed import LIN, ZHOU, resident, voucher

ME = resident(LIN)
ISSUED = date(2025, 11, 26)  # full on 2026-11-26, the day after today
DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def house(request, tmp_path):
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("migrated_postgres_url")
    opened = house_in(tmp_path / "house", clock=None, **({"database_url": url} if url else {}))
    yield opened
    opened.close()


@pytest.fixture
def small(tmp_path):
    """On SQLite alone: what does not depend on the database."""
    opened = house_in(tmp_path / "house")
    yield opened
    opened.close()


def status(house, certificate):
    with house.archive.reading() as books:
        return books.register.get(certificate.ref).status


def standing(house, certificate):
    return house.endorsement_desk.of(ME, certificate.ref).standing


def inbox(house):
    return [n.kind for n in house.holdings_desk.notices(ME)]


def test_it_is_suspended_on_the_day_after_its_last_once_and_told(house):
    held, desk = permit(house, valid_from=ISSUED), house.endorsement_desk
    other = voucher(house)
    assert held.validity.valid_to == date(2026, 11, 25)
    assert desk.suspend_overdue() == 0  # its last day, and open still
    assert standing(house, held).state == "open"
    before = changes(house, held)
    house.clock.skip(DAY)
    assert standing(house, held).state == "overdue"
    assert [desk.suspend_overdue() for _ in range(3)] == [1, 0, 0]
    assert status(house, held) is Status.SUSPENDED
    assert status(house, other) is Status.VALID
    assert changes(house, held) == before + 1
    assert told(house, held.ref) == ["certificate.suspended"]
    assert inbox(house) == ["endorsement_overdue"]
    (hold,) = house.endorsement_desk.of(ME, held.ref).holds
    assert (hold.kind, hold.placed_by.role) == (HoldKind.OVERDUE, Role.SYSTEM)
    (entry,) = house.holdings_desk.usage(ME)
    assert (entry.kind, entry.record["purpose"]) == ("status", "endorsement")
    shown = Browser(house, ME).get(f"/certificates/{held.ref}/endorsement")
    assert_sound(shown, "zh")


def test_two_machines_at_once_suspend_each_permit_once(house):
    made = [permit(house, valid_from=ISSUED - n * DAY) for n in range(6)]
    house.clock.skip(2 * DAY)
    done = at_once(*[house.endorsement_desk.suspend_overdue] * 3)
    assert sum(done) == len(made)
    for each in made:
        assert status(house, each) is Status.SUSPENDED
        assert told(house, each.ref) == ["certificate.suspended"]
    assert len(inbox(house)) == len(made)


def test_days_of_standstill_are_made_up_for_in_rounds(small, monkeypatch):
    monkeypatch.setattr(endorsing, "_AT_A_TIME", 2)
    monkeypatch.setattr(endorsing, "_MOST_A_ROUND", 4)
    made = [permit(small, valid_from=ISSUED + n * DAY) for n in range(9)]
    desk = small.endorsement_desk
    assert desk.suspend_overdue() == 0
    small.clock.skip(40 * DAY)
    assert [desk.suspend_overdue() for _ in range(5)] == [4, 4, 1, 0, 0]
    assert {status(small, each) for each in made} == {Status.SUSPENDED}
    late = permit(small, valid_from=ISSUED + 41 * DAY)  # falls due tomorrow
    small.clock.skip(2 * DAY)
    assert desk.suspend_overdue() == 1
    assert status(small, late) is Status.SUSPENDED


def test_one_that_fails_holds_up_no_other_and_is_tried_again(small, monkeypatch):
    first, second = (permit(small, valid_from=ISSUED) for _ in range(2))
    small.clock.skip(DAY)
    whole = endorsing.place_hold

    def half(books, ref, *rest):
        if ref == first.ref:
            raise UnavailableError("the ledger is down")
        return whole(books, ref, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(endorsing, "place_hold", half)
        assert small.endorsement_desk.suspend_overdue() == 1
        assert (status(small, first), status(small, second)) == (Status.VALID, Status.SUSPENDED)
    assert small.endorsement_desk.suspend_overdue() == 1
    assert status(small, first) is Status.SUSPENDED


def test_a_clock_that_ran_ahead_is_put_right_and_one_a_little_apart_changes_nothing(small):
    held = permit(small, valid_from=ISSUED + 10 * DAY)
    small.clock.skip(300 * DAY)
    assert small.endorsement_desk.suspend_overdue() == 1
    small.clock.skip(-299 * DAY)
    assert small.endorsement_desk.suspend_overdue() == 0
    assert status(small, held) is Status.VALID
    small.clock.skip(10 * DAY)
    assert small.endorsement_desk.suspend_overdue() == 1
    small.clock.skip(-DAY)  # another machine's clock, a little behind
    assert small.endorsement_desk.suspend_overdue() == 0
    assert status(small, held) is Status.SUSPENDED


def test_lost_or_suspended_by_its_authority_it_is_overdue_all_the_same(small):
    lost, held = (permit(small, valid_from=ISSUED) for _ in range(2))
    small.loss_desk.report(ME, lost.ref)
    with small.archive.writing() as books:
        place_hold(books, held.ref, HoldKind.AUTHORITY, BY_RULE, "tested", small.clock.now())
    small.clock.skip(DAY)
    assert small.endorsement_desk.suspend_overdue() == 2
    assert (status(small, lost), status(small, held)) == (Status.LOST, Status.SUSPENDED)
    assert small.loss_desk.lift(ME, lost.ref).status is Status.SUSPENDED
    assert standing(small, lost).state == "overdue"
    assert standing(small, held).state == "held"


def test_made_up_the_new_version_is_valid_and_its_years_begin_anew(small):
    held, rules = permit(small, valid_from=ISSUED), small.endorsement_desk.rules
    small.clock.skip(10 * DAY)
    small.endorsement_desk.suspend_overdue()
    found = standing(small, held)
    assert (found.state, found.years_go_on_until) == ("overdue", None)
    assert rules.in_force(date(2026, 12, 5)).makeup_grace_days == 0
    made = replaced(small, held, Succession.ENDORSED, found.becomes)
    assert made.status is Status.VALID
    assert made.validity.valid_from == date(2026, 12, 5)
    assert small.endorsement_desk.suspend_overdue() == 0
    after = standing(small, made)
    assert (after.state, after.full_years, after.counted_from) == (
        "too_early",
        0,
        date(2026, 12, 5),
    )
    assert standing(small, held).state == "ended"


def test_with_a_grace_the_years_go_on(tmp_path):
    house = house_in(tmp_path / "house", endorsement_grace_from="2026-01-01")
    held = permit(house, valid_from=ISSUED)
    house.clock.skip(61 * DAY)
    house.endorsement_desk.suspend_overdue()
    found = standing(house, held)  # the 61st day after the last: still within 60 days late
    late = (date(2027, 1, 25) - found.due_on).days
    assert late == 61
    assert found.becomes.valid_from == date(2027, 1, 25)
    house.clock.skip(-DAY)
    found = standing(house, held)
    assert (found.becomes.valid_from, found.becomes.valid_to) == (ISSUED, date(2027, 11, 25))
    assert found.years_go_on_until == date(2027, 1, 24)
    house.close()


def test_a_new_address_does_not_lift_what_is_overdue(small):
    held = permit(small, valid_from=ISSUED)
    small.clock.skip(DAY)
    small.endorsement_desk.suspend_overdue()
    made = replaced(small, held, Succession.SAME_CARRIER)
    assert (made.status, standing(small, made).state) == (Status.SUSPENDED, "overdue")
    assert small.endorsement_desk.suspend_overdue() == 0


def test_the_worker_does_it(small):
    held = permit(small, valid_from=ISSUED)
    small.clock.skip(DAY)
    Worker(small).once()
    assert status(small, held) is Status.SUSPENDED


# -- the page and HTTP -------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_stands_for_every_state(small, lang):
    browser = Browser(small, ME, lang)
    held = permit(small, valid_from=ISSUED + 60 * DAY)
    at = f"/certificates/{held.ref}/endorsement"

    def shown():
        answer = browser.get(at)
        assert_sound(answer, lang)
        return standing(small, held).state

    states = [shown()]
    assert at in browser.get("/certificates").text
    small.clock.skip(45 * DAY)
    states.append(shown())
    small.clock.skip(20 * DAY)
    small.endorsement_desk.suspend_overdue()
    states.append(shown())
    assert f'href="{at}"' in browser.get("/certificates").text
    small.loss_desk.report(ME, held.ref)
    states.append(shown())
    small.loss_desk.lift(ME, held.ref)
    with small.archive.writing() as books:
        place_hold(books, held.ref, HoldKind.AUTHORITY, BY_RULE, "tested", small.clock.now())
    states.append(shown())
    assert_sound(browser.get("/certificates"), lang)
    replaced(small, held, Succession.NEW_CARRIER)
    states.append(shown())
    assert states == ["too_early", "open", "overdue", "lost", "held", "ended"]
    assert_sound(browser.get("/notices"), lang)
    assert_sound(browser.get("/usage"), lang)


def test_an_app_reads_it_and_another_persons_is_absent(small):
    held, paper = permit(small, valid_from=ISSUED), voucher(small)
    http = Browser(small, ME).http
    headers = {"accept": "application/json", "x-csrf-token": _CSRF}
    at = "/v1/me/certificates/{}/endorsement"
    assert http.get(at.format(held.ref), headers=headers).json() == {
        "certificate": held.ref,
        "status": "valid",
        "state": "open",
        "opens_on": "2026-10-27",
        "due_on": "2026-11-25",
        "applied_on": None,
        "overdue_since": None,
        "years_go_on_until": None,
        "becomes_valid_to": "2027-11-25",
        "full_years": 0,
        "counted_from": "2025-11-26",
    }
    theirs = Browser(small, resident(ZHOU)).http
    assert theirs.get(at.format(held.ref), headers=headers).status_code == 404
    assert http.get(at.format(paper.ref), headers=headers).status_code == 404
    with pytest.raises(NotFoundError):
        small.endorsement_desk.of(resident(ZHOU), held.ref)
    assert isinstance(small.clock, MovedClock)
    assert small.clock.now() >= TODAY
