"""A certificate's end is told once, also after the house was down, to whoever was given of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.certificates import Status, Validity
from certstore.chance import reference
from certstore.clock import local_date
from certstore.service.worker import Worker
from tests.sealed import handed_in
from tests.subscribers import SCHOOL, given, subscriber

DAYS = 10


@pytest.fixture
def begun(house):
    """A house whose worker has run: what ended before is told to nobody."""
    house.expiry_desk.tell_expired()
    return house


def short(house, days=DAYS):
    """A record that is good for so many days yet, today counted."""
    first = handed_in(house)
    until = local_date(house.clock.now()) + timedelta(days=days - 1)
    made = replace(
        first,
        ref=reference(),
        record_id=reference(),
        validity=Validity(first.validity.valid_from, until),
    )
    with house.archive.writing() as books:
        assert books.register.hand_in(made)
    return made


def told(house):
    """The certificates whose end stands in the outbox."""
    with house.archive.writing() as books:
        claimed = books.outbox.claim(house.clock.now(), timedelta(0), 100)
    return [e.body for e in claimed if e.subject == "certificate.expired"]


def test_an_end_is_told_the_day_after_and_once(begun):
    held = given(begun, held=short(begun))
    begun.clock.skip(timedelta(days=DAYS - 1))
    assert begun.expiry_desk.tell_expired() == 0  # its last day counts
    begun.clock.skip(timedelta(days=1))
    assert begun.expiry_desk.tell_expired() == 1
    assert begun.expiry_desk.tell_expired() == 0
    assert told(begun) == [{"certificate": held.ref}]


def test_what_ended_while_the_house_was_down_is_told_when_it_is_up(begun):
    school, worker = subscriber(begun), Worker(begun)
    first, second = (given(begun, held=short(begun, days)) for days in (3, 20))
    begun.clock.skip(timedelta(days=40))
    for _ in range(2):  # an event is told when it has settled
        worker.once()
        begun.clock.skip(timedelta(seconds=3))
    read = begun.feed_desk.read(school, None, 9)["events"]
    assert [event["subject"] for event in read] == [first.ref, second.ref]


def test_nobody_is_told_of_the_end_of_what_had_ended_otherwise_or_was_given_to_nobody(begun):
    revoked = given(begun, held=short(begun))
    short(begun)
    with begun.archive.writing() as books:
        now, valid = begun.clock.now(), {Status.VALID}
        books.register.set_status(revoked.ref, Status.REVOKED, now, only_from=valid)
    begun.clock.skip(timedelta(days=DAYS))
    assert begun.expiry_desk.tell_expired() == 0


def test_what_had_ended_before_the_first_run_is_no_news(house):
    given(house, held=short(house, 1))
    house.clock.skip(timedelta(days=1))
    assert house.expiry_desk.tell_expired() == 0


def test_workers_at_once_tell_it_once(begun):
    given(begun, held=short(begun))
    begun.clock.skip(timedelta(days=DAYS))
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: begun.expiry_desk.tell_expired(), range(4)))
    assert sum(counts) == 1
    assert len(told(begun)) == 1


def test_it_stands_in_the_feed_of_whoever_was_given_something(begun):
    school, other = subscriber(begun), subscriber(begun, "other-service")
    held = given(begun, SCHOOL, short(begun))
    begun.clock.skip(timedelta(days=DAYS))
    begun.expiry_desk.tell_expired()
    begun.clock.skip(timedelta(seconds=3))
    begun.spreading_desk.spread()
    (event,) = begun.feed_desk.read(school, None, 9)["events"]
    assert event["type"] == "certstore.certificate.expired.v1"
    assert (event["subject"], event["data"]) == (
        held.ref,
        {"change": "expired", "certificate": held.ref},
    )
    assert begun.feed_desk.read(other, None, 9)["events"] == []
