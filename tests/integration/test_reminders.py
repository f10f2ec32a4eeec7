"""Reminders of days: one for each certificate, kind and stage; none of what is done."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from certstore.catalogue import add_months
from certstore.certificates import Certificate, Holder, Status, Validity
from certstore.clock import MovedClock, local_date
from certstore.holds.keeping import place_hold
from certstore.holds.kinds import BY_RULE, HoldKind, Succession
from certstore.reminders.source import Span
from certstore.service.worker import Worker
from issuance.application import Matter
from issuance.reminders.half_years import latest_start
from issuance.reminders.stages import Stages
from issuance.tables import applications
from tests.contacts import confirmed, connected, inbox, send
from tests.house import house_in
from tests.integration.certstore.test_holds import at_once
from tests.permits import permit, replaced
from tests.sealed import LIN, ZHOU, become, handed_in, resident, voucher

ME = resident(LIN)
DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def house(request, tmp_path):
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("migrated_postgres_url")
    opened = house_in(tmp_path / "house", clock=None, **({"database_url": url} if url else {}))
    yield opened
    opened.close()


def today(house):
    return local_date(house.clock.now())


def dated(house, certificate: Certificate, *, begins=None, ends=None) -> Certificate:
    """The same certificate with other days, as time would have made it."""
    begins, ends = begins or certificate.validity.valid_from, ends or certificate.validity.valid_to
    with house.archive.writing() as books:
        books.connection.exec_driver_sql(
            f"UPDATE certificates SET valid_from = '{begins}', valid_to = '{ends}'"
            f" WHERE ref = '{certificate.ref}'"
        )
        return books.register.get(certificate.ref)


def registered(house, holder=LIN, left=None, begins=None):
    """A voucher with so many days left."""
    ends = today(house) + timedelta(days=left) if left is not None else None
    return dated(house, voucher(house, holder), begins=begins, ends=ends)


def permitted(house, left, holder=LIN):
    """A permit with so many days left."""
    ends = today(house) + timedelta(days=left)
    return permit(house, holder, valid_from=date(2024, 1, 1), valid_to=ends)


def told_by_day(house, days):
    """Which kinds were told on which day from today on, as the job runs daily."""
    told = {}
    for n in range(days):
        before = len(inbox(house, ME))
        house.reminder_desk.remind()
        fresh = inbox(house, ME)[: len(inbox(house, ME)) - before]
        if fresh:
            told[n] = fresh
        house.clock.skip(DAY)
    return told


def test_a_registration_is_reminded_of_at_each_stage_once(house):
    registered(house, left=32)
    assert told_by_day(house, 45) == {
        2: ["registration_ending"],
        25: ["registration_ending"],
        32: ["registration_ending"],
        33: ["registration_ended"],
    }


def test_an_endorsement_is_reminded_of_from_the_first_day_it_can_be_made(house):
    held = permitted(house, left=31)
    told = told_by_day(house, 40)
    assert told == {2: ["endorsement_due"], 24: ["endorsement_due"], 31: ["endorsement_due"]}
    (notice, *_) = house.holdings_desk.notices(ME)
    assert notice.facts["certificate_ref"] == held.ref
    assert notice.facts["last_day"] == held.validity.valid_to.isoformat()


def test_half_a_year_is_told_on_the_day_it_is_full(house):
    begins = today(house) - timedelta(days=180)
    full = add_months(begins, 6)
    registered(house, begins=begins)
    told = told_by_day(house, 10)
    assert told == {(full - (begins + timedelta(days=180))).days: ["permit_possible"]}


def test_after_days_of_standstill_only_the_stage_that_holds_is_told(house):
    registered(house, left=32)
    house.reminder_desk.remind()
    house.clock.skip(timedelta(days=27))  # 30 has passed, 7 holds
    assert [house.reminder_desk.remind() for _ in range(3)] == [1, 0, 0]
    house.clock.skip(timedelta(days=40))  # 7, 0 and the end have passed
    assert [house.reminder_desk.remind() for _ in range(3)] == [1, 0, 0]
    assert inbox(house, ME) == ["registration_ended", "registration_ending"]


def test_the_first_look_ever_tells_what_holds_and_nothing_of_long_ago(house):
    registered(house, left=20)
    registered(house, Holder("周", "414", "P1"), left=-400)
    registered(house, Holder("吴", "414", "P2"), left=-10)
    assert house.reminder_desk.remind() == 2
    assert inbox(house, ME) == ["registration_ending"]


def test_ten_days_of_standstill_with_a_thousand_people_in_rounds(tmp_path):
    """On SQLite alone: what counts here is how many, and that each is told once."""
    with_many = house_in(tmp_path / "house")
    people = [Holder(f"人{n}", "414", f"P{n:07d}") for n in range(1000)]
    for n, holder in enumerate(people):
        registered(with_many, holder, left=32 + n % 5)
    assert with_many.reminder_desk.remind() == 0
    with_many.clock.skip(timedelta(days=10))
    counts = [with_many.reminder_desk.remind() for _ in range(4)]
    assert sum(counts) == 1000
    assert counts[-1] == 0
    with with_many.archive.reading() as books:
        query = "SELECT person_id, count(*) FROM notices GROUP BY person_id HAVING count(*) > 1"
        assert books.connection.exec_driver_sql(query).all() == []
    with_many.close()


def test_machines_at_once_tell_each_once(house):
    for n in range(30):
        registered(house, Holder(f"人{n}", "414", f"P{n}"), left=7)
    done = at_once(*[house.reminder_desk.remind] * 3)
    assert sum(done) == 30
    assert house.reminder_desk.remind() == 0


def test_a_clock_that_ran_ahead_tells_nothing_twice_and_misses_nothing(house):
    registered(house, left=32)
    house.reminder_desk.remind()
    house.clock.skip(timedelta(days=3))
    assert house.reminder_desk.remind() == 1  # 30 days before
    house.clock.skip(timedelta(days=-3))
    assert told_by_day(house, 40) == {
        25: ["registration_ending"],
        32: ["registration_ending"],
        33: ["registration_ended"],
    }


def test_what_a_clock_told_that_ran_far_ahead_is_taken_back_where_it_does_not_hold(house):
    registered(house, left=40)
    with connected(house):
        confirmed(house, ME)
        house.reminder_desk.remind()
        house.clock.skip(timedelta(days=45))
        house.reminder_desk.remind()
        assert inbox(house, ME) == ["registration_ended"]
        assert send(house) == ["sent"]
        house.sending_desk.spread()
        house.clock.skip(timedelta(days=-45))
        house.reminder_desk.remind()
        assert inbox(house, ME) == []
        assert told_by_day(house, 45) == {
            10: ["registration_ending"],
            33: ["registration_ending"],
            40: ["registration_ending"],
            41: ["registration_ended"],
        }
        assert len(inbox(house, ME)) == 4


def test_two_machines_that_disagree_about_the_day_tell_nobody_without_end(house):
    registered(house, left=40)
    ahead = MovedClock(house.clock.now() + timedelta(days=45))
    other = replace(house.reminder_desk, clock=ahead)
    with connected(house):
        confirmed(house, ME)
        for _ in range(6):
            house.reminder_desk.remind()
            other.remind()
            send(house)
            house.clock.skip(timedelta(hours=1))
        assert len(house.gateway.sent) <= 2
        assert inbox(house, ME) == ["registration_ended"]


def test_half_a_year_that_was_told_too_early_is_told_on_its_day(house):
    registered(house, begins=add_months(today(house) + timedelta(days=20), -6))
    house.clock.skip(timedelta(days=30))
    house.reminder_desk.remind()
    assert inbox(house, ME) == ["permit_possible"]
    house.clock.skip(timedelta(days=-30))
    house.reminder_desk.remind()
    assert inbox(house, ME) == []
    assert list(told_by_day(house, 25)) == [20]


def test_stages_that_began_while_the_clock_was_wrong_are_told_when_it_is_right(house):
    registered(house, left=32)
    house.reminder_desk.remind()
    house.clock.skip(timedelta(days=60))
    house.reminder_desk.remind()
    house.clock.skip(timedelta(days=5 - 60))
    house.reminder_desk.remind()
    assert inbox(house, ME) == ["registration_ending"]


@pytest.mark.parametrize("status", [Status.SUPERSEDED, Status.REVOKED])
def test_nobody_is_reminded_of_what_is_replaced_or_revoked(house, status):
    become(house, registered(house, left=30), status)
    become(house, permitted(house, left=7), status)
    assert house.reminder_desk.remind() == 0


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.LOST])
def test_a_registration_that_is_held_runs_out_and_its_holder_is_told(house, status):
    become(house, registered(house, left=1), status)
    kind = HoldKind.LOSS if status is Status.LOST else HoldKind.AUTHORITY
    held = permitted(house, left=7)  # what is held cannot be endorsed: that is told elsewhere
    with house.archive.writing() as books:
        place_hold(books, held.ref, kind, BY_RULE, "tested", house.clock.now())
    assert told_by_day(house, 5) == {
        0: ["registration_ending"],
        1: ["registration_ending"],
        2: ["registration_ended"],
    }


def test_a_new_version_begins_a_new_cycle(house):
    held = permitted(house, left=7)
    assert house.reminder_desk.remind() == 1
    ends = held.validity.valid_to + timedelta(days=365)
    replaced(house, held, Succession.ENDORSED, Validity(held.validity.valid_from, ends))
    assert told_by_day(house, 30) == {}
    house.clock.skip(timedelta(days=343 - 30))
    house.reminder_desk.remind()
    assert inbox(house, ME) == ["endorsement_due", "endorsement_due"]


@pytest.mark.parametrize(
    ("matter", "what"),
    [
        (Matter.REGISTRATION_RENEWAL, "registration"),
        (Matter.ENDORSEMENT, "permit"),
        (Matter.RESIDENCE_PERMIT, "half_year"),
    ],
)
@pytest.mark.parametrize(("state", "told"), [("in_review", 0), ("draft", 1), ("refused", 1)])
def test_who_has_applied_is_not_reminded_and_who_stopped_half_way_is(
    house, matter, what, state, told
):
    if what == "registration":
        registered(house, left=30)
    elif what == "permit":
        permitted(house, left=7)
    else:
        registered(house, begins=add_months(today(house), -6))
    _applied(house, matter, state)
    assert house.reminder_desk.remind() == told


def test_who_has_a_permit_or_a_household_here_is_not_told_of_half_a_year(house):
    begins = add_months(today(house), -6)
    registered(house, begins=begins)
    permitted(house, left=200)
    zhou = Holder("周", "414", "P1")
    registered(house, zhou, begins=begins)
    register = handed_in(house, zhou, "household_register")
    with house.archive.writing() as books:
        fields = '{"address": "示范市海港区海棠路1号"}'
        books.connection.exec_driver_sql(
            f"UPDATE certificates SET fields = '{fields}' WHERE ref = '{register.ref}'"
        )
    assert house.reminder_desk.remind() == 0


def test_who_registered_anew_is_not_told_that_the_former_registration_ended(house):
    registered(house, left=-1)
    registered(house, left=200)
    assert house.reminder_desk.remind() == 0


def test_of_a_childs_certificate_the_guardian_is_reminded_as_long_as_they_are_one(house):
    child, zhou = Holder("林小禾", "111", "340199201904060281"), resident(ZHOU)
    with house.archive.writing() as books:
        guardian, ward = books.people.known(LIN).id, books.people.known(child).id
        books.guardianships.prove(guardian, ward, house.clock.now(), officer="1047")
        former = books.people.known(ZHOU).id  # by a record that is on file no more
        books.guardianships.prove(former, ward, house.clock.now(), record="r" * 20)
    registered(house, child, left=7)
    assert house.reminder_desk.remind() == 2  # the child's own inbox, and the guardian's
    assert inbox(house, ME) == ["registration_ending"]
    assert inbox(house, zhou) == []


def test_a_reminder_of_what_was_done_meanwhile_is_not_sent(house):
    with connected(house):
        confirmed(house, ME)
        held = permitted(house, left=7)
        registered(house, left=30)
        assert house.reminder_desk.remind() == 2
        house.sending_desk.spread()
        become(house, held, Status.REVOKED)
        assert send(house) == ["sent"]
        ((_, text),) = house.gateway.texts
        assert "居住登记" in text
        assert "条" not in text


def test_the_worker_reminds(house):
    registered(house, left=7)
    worker = Worker(house)
    worker.remind()
    worker.stop()
    assert inbox(house, ME) == ["registration_ending"]


def _applied(house, matter, state):
    """An application of this matter in this state, whatever led there."""
    with house.archive.writing() as books:
        person, now = books.people.known(LIN).id, house.clock.now()
        row = {
            "ref": "a" * 20,
            "number": "N1",
            "matter": matter,
            "state": state,
            "person_id": person,
            "actor_id": person,
            "subject_key": "",
            "account": "x",
            "begun_at": now,
            "touched_at": now,
            "answers": {},
        }
        books.connection.execute(applications.insert().values(row))


# -- days ----------------------------------------------------------------------------------


def test_half_years_that_become_full_are_found_on_their_day_whatever_the_month():
    """Every start of four years is found on one day, and on the day its half year is full."""
    first, found = date(2023, 1, 1), {}
    for n in range(4 * 366):
        day = first + timedelta(days=n)
        begins, before = latest_start(day, 6), latest_start(day - DAY, 6)
        while before < begins:
            before += DAY
            assert before not in found
            found[before] = day
    assert all(add_months(start, 6) == day for start, day in found.items())
    starts = sorted(found)
    assert len(starts) == (starts[-1] - starts[0]).days + 1


def test_the_days_of_stages_are_found_for_every_span():
    stages, last = Stages((30, 7, 0), after=True), date(2026, 12, 25)
    for start in range(-5, 45):
        for length in range(1, 20):
            now = last - timedelta(days=start - length)
            span = Span(last - timedelta(days=start), now)
            crossed = any(
                span.before < last - timedelta(days=left) <= span.today for left in (30, 7, 0, -1)
            )
            found = any(d.before < last <= d.last for d in stages.days(span))
            assert found is crossed
