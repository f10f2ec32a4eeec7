"""Jobs of many pulls: each item recorded once, answered by itself, kept for a day, sealed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import text

from certstore.errors import UnavailableError
from certstore.sharing import job_desk
from certstore.tables.pull_jobs import DONE
from tests.house import house_in
from tests.integration.certstore.answers import body, enrol, service
from tests.sealed import LIN, ZHOU, handed_in, resident, voucher

OFFICE, OTHER = "housing-office", "other-office"
FIELDS = ("name", "valid_until")


class Rooms:
    """Two vouchers, a lease outside the grant, an office and another."""

    def __init__(self, house):
        self.house = house
        self.lin, self.zhou = voucher(house), voucher(house, ZHOU)
        self.lease = handed_in(house)
        self.keys = {OFFICE: enrol(house, OFFICE, FIELDS), OTHER: enrol(house, OTHER, FIELDS)}

    def client(self, client_id=OFFICE):
        return service(self.house, client_id, self.keys[client_id], FIELDS)

    def items(self):
        return [
            item(self.lin.ref, LIN, "A-1"),
            item(self.zhou.ref, LIN, "A-2"),  # another's certificate
            item("2" * 20, LIN, "A-3"),  # none at all
            item(self.lin.ref, LIN, "A-4", fields=["name", "id_number"]),
            item(self.zhou.ref, ZHOU, "A-5", fields=["name"]),
        ]

    def take(self, *items, client_id=OFFICE, **changes):
        sent = body(client_id, FIELDS) | {"items": list(items or self.items())}
        for name in ("case_no", "subject"):
            del sent[name]
        return self.client(client_id).post("/v1/pull-jobs", json=sent | changes)

    def read(self, ref, client_id=OFFICE, **query):
        return self.client(client_id).get(f"/v1/pull-jobs/{ref}", params=query)

    def leaves(self):
        with self.house.archive.reading() as books:
            return books.usage.count()


def item(ref, holder, case_no, **changes):
    return {"ref": ref, "case_no": case_no, "subject": {"id_number": holder.id_number}} | changes


@pytest.fixture
def rooms(tmp_path):
    built = house_in(tmp_path / "house")
    yield Rooms(built)
    built.close()


@pytest.fixture
def either(house):
    """On either database: what depends on transactions."""
    return Rooms(house)


def test_each_item_is_answered_by_itself_and_recorded_once(either):
    rooms = either
    taken = rooms.take()
    assert taken.status_code == 202, taken.text
    ref, before = taken.json()["ref"], rooms.leaves()
    assert taken.headers["location"] == f"/v1/pull-jobs/{ref}"
    assert (taken.json()["state"], taken.json()["waiting"]) == ("working", 5)
    assert rooms.read(ref).json()["results"] == []
    assert rooms.house.job_desk.work() == 5
    assert rooms.house.job_desk.work() == 0
    said = rooms.read(ref).json()
    assert (said["state"], said["answered"], said["refused"], said["waiting"]) == ("done", 2, 3, 0)
    results = said["results"]
    assert [r["position"] for r in results] == [0, 1, 2, 3, 4]
    assert results[0]["answer"]["fields"] == {"name": LIN.name, "valid_until": "2027-11-24"}
    assert results[4]["answer"]["fields"] == {"name": ZHOU.name}
    assert results[0]["answer"]["receipt"]
    slugs = [r["problem"]["type"].rsplit(":", 1)[1] for r in results[1:4]]
    assert slugs == ["subject-mismatch", "not-found", "field-not-granted"]
    assert results[3]["problem"]["paths"] == ["id_number"]
    assert rooms.leaves() == before + 4  # nobody is concerned by what is not there


def test_answers_come_by_page_and_to_their_client_alone(rooms):
    ref = rooms.take().json()["ref"]
    rooms.house.job_desk.work()
    first = rooms.read(ref, limit=2).json()
    assert ([r["position"] for r in first["results"]], first["next_after"]) == ([0, 1], 1)
    rest = rooms.read(ref, limit=3, after=1).json()
    assert [r["position"] for r in rest["results"]] == [2, 3, 4]
    assert rooms.read(ref, after=4).json()["results"] == []
    assert rooms.read(ref, OTHER).status_code == 404
    assert rooms.read("2" * 20).status_code == 404


def test_nothing_of_a_job_can_be_read_in_the_database(rooms):
    rooms.take()
    rooms.house.job_desk.work()
    with rooms.house.archive.reading() as books:
        kept = [
            bytes(value)
            for row in books.connection.execute(text("SELECT asked, answer FROM pull_job_items"))
            for value in row
        ]
    assert len(kept) == 10
    for told in (LIN.name, LIN.id_number, "A-1"):
        assert not [part for part in kept if told.encode() in part]


def test_after_a_day_nothing_is_left(rooms):
    ref = rooms.take().json()["ref"]
    rooms.house.job_desk.work()
    rooms.house.clock.skip(timedelta(hours=24, seconds=1))
    assert rooms.read(ref).status_code == 404
    rooms.house.job_desk.forget()
    with rooms.house.archive.reading() as books:
        for table in ("pull_jobs", "pull_job_items"):
            count = books.connection.execute(text(f"SELECT count(*) FROM {table}"))
            assert count.scalar_one() == 0


def test_what_two_workers_do_at_once_is_recorded_once(either):
    rooms = either
    rooms.take(item(rooms.lin.ref, LIN, "A-1"))
    desk, before = rooms.house.job_desk, rooms.leaves()
    with rooms.house.archive.reading() as books:
        (waiting,) = books.pull_jobs.waiting(10)
        job = books.pull_jobs.get(waiting.job_ref)
    key = desk._key(job)
    assert desk._do(job, waiting, key) == 1
    assert desk._do(job, waiting, key) == 0  # it saw the item waiting, and came second
    assert rooms.leaves() == before + 1


def test_a_crash_before_the_commit_loses_nothing_and_records_nothing(rooms, monkeypatch):
    rooms.take(item(rooms.lin.ref, LIN, "A-1"))
    desk, before = rooms.house.job_desk, rooms.leaves()

    def dies(*_):
        raise UnavailableError("the power is gone")

    down = replace(desk, sharing=replace(desk.sharing, receipt_signer=None))
    with pytest.raises(AttributeError):
        down.work()
    assert rooms.leaves() == before
    with rooms.house.archive.reading() as books:
        assert [i.attempts for i in books.pull_jobs.waiting(9)] == [1]  # others go first now
    monkeypatch.setattr(job_desk, "_answer", dies)
    assert desk.work() == 0
    monkeypatch.undo()
    assert rooms.leaves() == before
    assert desk.work() == 1
    assert rooms.leaves() == before + 1


@pytest.mark.parametrize("what", ["client", "purpose"])
def test_who_was_switched_off_gets_nothing_more_and_the_holder_sees_who_asked(rooms, what):
    ref = rooms.take(item(rooms.lin.ref, LIN, "A-1")).json()["ref"]
    before = rooms.leaves()
    with rooms.house.archive.writing() as books:
        books.connection.execute(text(f"UPDATE {what}s SET state = 'suspended'"))
    assert rooms.house.job_desk.work() == 1
    with rooms.house.archive.writing() as books:
        books.connection.execute(text(f"UPDATE {what}s SET state = 'active'"))
    (result,) = rooms.read(ref).json()["results"]
    assert result["problem"]["cause"] == f"{what}_inactive"
    assert rooms.leaves() == before + 1
    (seen, *_) = rooms.house.holdings_desk.usage(resident(LIN))
    assert (seen.record["case_no"], seen.record["fields"]) == ("A-1", [])
    assert seen.record["refused"] == "insufficient-purpose"


def test_a_client_has_five_jobs_waiting_at_most(rooms):
    one = item(rooms.lin.ref, LIN, "A-1")
    assert [rooms.take(one).status_code for _ in range(6)] == [202] * 5 + [429]
    assert rooms.take(one, client_id=OTHER).status_code == 202
    rooms.house.job_desk.work()
    assert rooms.take(one).status_code == 202


@pytest.mark.parametrize(
    "changes",
    [
        {"items": []},
        {"items": [{}]},
        {"items": [item("2" * 20, LIN, "A-1", format="pdf")]},
        {"items": [item("2" * 20, LIN, "A-1")] * 1001},
        {"fields": []},
        {"more": 1},
    ],
)
def test_a_job_that_is_not_as_described_is_not_taken(rooms, changes):
    answer = rooms.take(**changes)
    assert answer.status_code == 422
    assert LIN.id_number not in answer.text


def test_a_job_for_another_purpose_is_not_taken(rooms):
    assert rooms.take(purpose_id="another").status_code == 403
    assert rooms.take(matter_code="another").status_code == 403


def done_events(house):
    with house.archive.writing() as books:
        claimed = books.outbox.claim(house.clock.now(), timedelta(0), 100)
    return [event.body for event in claimed if event.subject == "pull_job.done"]


def test_that_a_job_is_done_is_told_with_its_last_answer_and_once(either):
    ref = either.take().json()["ref"]
    assert done_events(either.house) == []
    either.house.job_desk.work()
    either.house.job_desk.work()
    assert done_events(either.house) == [{"client": OFFICE, "job": ref}]


def test_a_job_that_ends_in_a_refusal_outside_a_pull_is_done_too(rooms):
    ref = rooms.take(item("2" * 20, LIN, "A-3")).json()["ref"]  # it concerns nobody: no record
    rooms.house.job_desk.work()
    assert done_events(rooms.house) == [{"client": OFFICE, "job": ref}]


def test_a_job_that_waits_for_one_answer_is_not_done(rooms, monkeypatch):
    rooms.take()
    monkeypatch.setattr(job_desk, "_BATCH", 4)
    rooms.house.job_desk.work()
    assert done_events(rooms.house) == []
    rooms.house.job_desk.work()
    assert len(done_events(rooms.house)) == 1


def test_workers_that_answer_the_last_items_at_once_tell_it_once(either):
    items = [item(either.lin.ref, LIN, f"A-{n}") for n in range(12)]
    either.take(*items)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: either.house.job_desk.work(), range(3)))
    either.house.job_desk.work()
    assert len(done_events(either.house)) == 1


def test_who_answers_the_last_but_one_is_waited_for(either):
    """Else each of two would see the other's item wait, and nobody would say that it is done."""
    ref = either.take(*(item("2" * 20, LIN, f"A-{n}") for n in range(2))).json()["ref"]
    desk, archive = either.house.job_desk, either.house.archive
    with archive.reading() as books:
        first, second = books.pull_jobs.waiting(2)
        job = books.pull_jobs.get(ref)
    sealed = desk._key(job).seal(b"{}", "of the test")
    other = Thread(target=lambda: answer(archive, desk, second, sealed))
    with archive.writing() as books:
        desk._answered(books, first, DONE, sealed)
        other.start()
        other.join(0.5)  # it waits for us; were it not to, it would be done by now
    other.join(30)
    assert done_events(either.house) == [{"client": OFFICE, "job": ref}]


def answer(archive, desk, found, sealed):
    with archive.writing() as books:
        desk._answered(books, found, DONE, sealed)
