"""The worker: what a crash left is finished, checkpoints are signed, events are told."""

from datetime import timedelta

import pytest

from certstore.chance import reference
from certstore.errors import UnavailableError
from certstore.ledger import Access, record_access
from certstore.service.worker import Worker
from certstore.storage.queue_nats import NatsQueue
from tests.house import house_in
from tests.residents import approved, copied, vouchers
from tests.sealed import LIN, resident, voucher
from tests.servers import free_ports, nats


def look(house):
    with house.archive.writing() as books:
        now = house.clock.now()
        access = Access(
            kind="look", at=now, client="c", agency="a", purpose="p", person=None, record={}
        )
        record_access(books, house.settings.ledger_origin, access)


def head(house):
    with house.archive.reading() as books:
        found = books.ledger.checkpoint()
    return found.size if found else None


def waiting(house):
    with house.archive.reading() as books:
        return books.outbox.waiting()


def happen(house, count=1):
    with house.archive.writing() as books:
        for _ in range(count):
            books.outbox.add("certificate.issued", {"certificate": reference()}, house.clock.now())


def test_a_checkpoint_is_signed_when_the_ledger_has_grown_and_within_a_minute(house):
    worker = Worker(house)
    worker.once()
    assert head(house) == 0
    look(house)
    worker.once()
    assert head(house) == 0  # not at every leaf
    house.clock.skip(timedelta(seconds=50))
    worker.once()
    assert head(house) == 1
    made = house.ledger_desk.latest().made_at
    house.clock.skip(timedelta(hours=1))
    worker.once()
    assert house.ledger_desk.latest().made_at == made  # nothing new to sign


def test_without_a_queue_events_are_told_here(house):
    happen(house, 3)
    Worker(house).once()
    assert waiting(house) == 0


def test_an_event_is_claimed_by_one_worker_and_given_back_by_a_dead_one(house):
    happen(house, 2)
    now, lease = house.clock.now(), timedelta(minutes=2)
    with house.archive.writing() as books:
        assert len(books.outbox.claim(now, lease)) == 2
    with house.archive.writing() as books:
        assert books.outbox.claim(now, lease) == []
        assert len(books.outbox.claim(now + lease + timedelta(seconds=1), lease)) == 2


def test_a_job_that_fails_does_not_keep_the_others_from_their_work(house, monkeypatch):
    happen(house)
    worker = Worker(house)

    def broken():
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(worker, "finish_issuing", broken)
    broken.__name__ = "finish_issuing"
    worker.once()
    assert waiting(house) == 0
    assert head(house) == 0


def test_what_has_ended_is_forgotten(house):
    now = house.clock.now()
    with house.archive.writing() as books:
        assert books.sharing.use_once("school", "an identifier", now + timedelta(minutes=5))
    Worker(house).once()
    with house.archive.writing() as books:
        assert not books.sharing.use_once("school", "an identifier", now)
    house.clock.skip(timedelta(minutes=6))
    Worker(house).once()
    with house.archive.writing() as books:
        assert books.sharing.use_once("school", "an identifier", now)


def heard(url):
    queue = NatsQueue(url)
    try:
        return queue.take("listener", wait=timedelta(milliseconds=500))
    finally:
        queue.close()


@pytest.mark.servers
def test_events_are_relayed_once_and_later_when_the_queue_was_down(tmp_path):
    with nats() as server:
        house = house_in(tmp_path, nats_url=server.url)
        worker = Worker(house)
        happen(house, 2)
        worker.once()
        worker.once()
        events = heard(server.url)
        assert [one.event.subject for one in events] == ["certstore.certificate.issued"] * 2
        assert b"certificate" in events[0].event.body
        server.stop()
        happen(house)
        worker.once()
        assert waiting(house) == 1  # kept
        server.start()
        house.clock.skip(timedelta(minutes=3))
        worker.once()
        assert waiting(house) == 0
        taken = {one.event.id for one in heard(server.url)} - {one.event.id for one in events}
        assert len(taken) == 1
        worker.stop()
        house.close()


@pytest.mark.servers
def test_a_queue_nobody_serves_keeps_nothing_else_from_being_done(tmp_path):
    (port,) = free_ports(1)
    house = house_in(tmp_path, nats_url=f"nats://127.0.0.1:{port}")
    worker = Worker(house)
    happen(house)
    with pytest.raises(UnavailableError):
        worker.tell()
    assert waiting(house) == 1
    worker.sign_checkpoint()
    assert head(house) == 0
    worker.stop()
    house.close()


def test_what_was_approved_and_not_issued_is_issued_by_the_worker(settled_folder, tmp_path):
    with copied(settled_folder, tmp_path) as house:
        application = approved(house, "zhou_min")
        Worker(house).once()
        (issued,) = vouchers(house, "zhou_min")
        Worker(house).once()
        assert vouchers(house, "zhou_min") == [issued]
        assert house.application(application.ref).certificate_ref == issued.ref
        assert waiting(house) == 0


def test_codes_that_were_shown_are_forgotten_within_a_day_of_their_end(house):
    made = house.presentation_desk.present(resident(LIN), voucher(house).ref)
    house.clock.skip(timedelta(hours=23))
    Worker(house).once()
    with house.archive.reading() as books:
        assert books.presentations.find(made.cti) is not None  # a scan off line may be told of
    house.clock.skip(timedelta(hours=2))
    Worker(house).once()
    with house.archive.reading() as books:
        assert books.presentations.find(made.cti) is None
