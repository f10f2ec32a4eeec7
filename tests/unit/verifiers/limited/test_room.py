"""Who gets a process, who waits, who is sent away; and that no process is left."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from certstore.errors import MalformedError, UnavailableError
from tests.unit.verifiers.limited.rooms import PLAIN, room_of
from verifiers.limited.asking import LimitsExceededError
from verifiers.limited.room import RETRY_AFTER_S


@pytest.fixture
def room():
    opened = []

    def make(assignment=PLAIN, **how):
        opened.append(room_of(assignment, **how))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_one_process_does_many_tasks(room):
    one = room()
    assert one.processes() == ()
    one("echo", b"", bytes)
    (pid,) = one.processes()
    one("echo", b"", bytes)
    assert one.processes() == (pid,)


def test_a_warm_room_has_one_process_and_starts_no_second(room):
    one = room()
    one.warm()
    (pid,) = one.processes()
    one.warm()
    assert one.processes() == (pid,)
    assert one("echo", b"x", bytes) == b"x"
    assert one.processes() == (pid,)
    one.close()
    one.warm()
    assert one.processes() == ()


@pytest.mark.parametrize(
    ("task", "error"), [("hunger", LimitsExceededError), ("fail", MalformedError)]
)
@pytest.mark.parametrize("replaces", [True, False])
def test_a_lost_process_is_replaced_at_once_or_when_it_is_needed(room, task, error, replaces):
    one = room(replaces=replaces)
    one.warm()
    before = one.processes()
    with pytest.raises(error):
        one(task, b"x", bytes)
    after = one.processes()
    assert len(after) == (1 if replaces else 0)
    assert after != before
    assert one("echo", b"x", bytes) == b"x"


@pytest.mark.parametrize("replaces", [True, False])
def test_a_process_at_the_end_of_its_life_is_replaced_likewise(room, replaces):
    one = room(replace(PLAIN, longest_life=1), replaces=replaces)
    one.warm()
    (first,) = one.processes()
    one("echo", b"", bytes)
    assert first not in one.processes()
    assert len(one.processes()) == (1 if replaces else 0)
    with pytest.raises(ProcessLookupError):  # ended, and not left as a zombie
        os.kill(first, 0)


def test_a_process_that_dies_between_two_tasks_is_replaced(room):
    one = room()
    one("echo", b"", bytes)
    (pid,) = one.processes()
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert one("echo", b"x", bytes) == b"x"


def test_where_all_places_are_taken_and_nobody_may_wait_one_is_sent_away(room, monkeypatch):
    one = room(waiting=0)
    with one._place(), monkeypatch.context() as patched:
        patched.setattr(one._places, "acquire", None)  # nobody waits for it
        with pytest.raises(UnavailableError, match="many files") as refused:
            one("echo", b"", bytes)
    assert not isinstance(refused.value, LimitsExceededError)
    assert refused.value.facts["retry_after"] == RETRY_AFTER_S
    assert one("echo", b"x", bytes) == b"x"


def test_whoever_waits_is_sent_away_in_time_and_takes_no_place_with_them(room):
    one = room(waiting=1, patience_s=0.01)
    with one._place():
        for _ in range(3):
            with pytest.raises(UnavailableError, match="many files") as refused:
                one("echo", b"", bytes)
            assert refused.value.facts["retry_after"] == RETRY_AFTER_S
    assert one("echo", b"x", bytes) == b"x"


def test_a_closed_room_leaves_no_process(room):
    one = room(places=2)
    one("echo", b"", bytes)
    pids = one.processes()
    one.close()
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(UnavailableError, match="no longer"):
        one("echo", b"", bytes)


@pytest.mark.parametrize("replaces", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_a_room_closed_while_a_task_is_done_ends_that_process_afterwards(room, replaces, fails):
    one = room(replaces=replaces)
    one.warm()
    (pid,) = one.processes()
    asked, go_on = threading.Event(), threading.Event()

    def slow(answer):
        asked.set()
        assert go_on.wait(30)
        if fails:
            raise MalformedError("no answer")
        return answer

    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(one, "echo", b"x", slow)
        assert asked.wait(30)
        one.close()
        go_on.set()
        assert isinstance(answer.exception(), MalformedError) if fails else answer.result() == b"x"
    assert one.processes() == ()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
