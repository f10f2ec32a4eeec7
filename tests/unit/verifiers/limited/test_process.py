"""One limited process: whatever a task does, an answer comes, or an error says whose fault."""

import io
import json
import os
import signal
from dataclasses import replace

import pytest

from certstore.errors import MalformedError, UnavailableError
from tests.unit.verifiers.limited.rooms import PLAIN, within
from verifiers.limited.asking import LimitsExceededError
from verifiers.limited.process import LimitedProcess


@pytest.fixture
def process():
    started = []

    def start(assignment=PLAIN):
        started.append(LimitedProcess(assignment))
        return started[-1]

    yield start
    for one in started:
        one.end()


def lost(process) -> bool:
    """Whether it has ended, left no zombie, and its pipes are closed."""
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
    assert process._requests.closed
    assert process._answers.closed
    return not process.usable


def test_it_answers_one_task_after_another(process):
    one = process()
    for data in (b"", b"x", bytes(1 << 20)):
        assert one.ask("echo", data, bytes) == data
    assert one.usable


def test_the_answer_is_what_the_reading_makes_of_it(process):
    assert process().ask("echo", b"12", int) == 12


def test_what_a_library_prints_is_no_answer(process):
    one = process()
    assert one.ask("speak", b"D\x00\x00\x00\x00", bytes) == b"D\x00\x00\x00\x00"
    assert one.ask("echo", b"x", bytes) == b"x"


def test_a_terminals_interrupt_is_not_its_matter(process):
    one = process()
    one.ask("echo", b"", bytes)
    os.kill(one.pid, signal.SIGINT)
    assert one.ask("echo", b"x", bytes) == b"x"


def test_it_opens_few_files_and_leaves_no_core(process):
    files, core, written = process().ask("tell", b"", json.loads)
    assert files == [32, 32]
    assert core == written == [0, 0]


@pytest.mark.parametrize(
    ("limits", "by_us"),
    [({"cpu_s": 0, "wall_s": 30}, False), ({"cpu_s": 60, "wall_s": 0.5}, True)],
    ids=["cpu", "clock"],
)
def test_a_task_that_takes_too_long_ends_it(process, limits, by_us):
    one = process(within(PLAIN, **limits))
    with pytest.raises(LimitsExceededError, match="more time"):
        one.ask("endless", b"", bytes)
    assert lost(one)
    assert one._overran is by_us  # or else by the kernel


def test_it_ends_by_itself_when_nobody_is_left_to_end_it(process, monkeypatch):
    one = process(within(PLAIN, wall_s=0.1))
    monkeypatch.setattr(one, "_overrun", lambda: None)
    with pytest.raises(LimitsExceededError):
        one.ask("endless", b"", bytes)
    assert one._process.returncode == -signal.SIGALRM


@pytest.mark.parametrize(
    ("task", "error"),
    [
        ("hunger", LimitsExceededError),
        ("fail", MalformedError),
        ("another", LimitsExceededError),  # which it does not know
    ],
)
def test_a_task_that_does_not_end_well_ends_it(process, task, error):
    one = process()
    with pytest.raises(error):
        one.ask(task, b"x", bytes)
    assert lost(one)


def test_one_that_closes_its_pipes_is_not_waited_for(process):
    one = process()
    with pytest.raises(LimitsExceededError):
        one.ask("silence", b"", bytes)
    assert lost(one)
    assert one._process.returncode == -signal.SIGKILL


def test_a_crash_is_the_files_fault(process):
    one = process()
    one.ask("echo", b"", bytes)
    os.kill(one.pid, signal.SIGSEGV)
    with pytest.raises(LimitsExceededError):
        one.ask("echo", b"", bytes)
    assert lost(one)


@pytest.fixture
def hangs_up():
    """Whoever runs the tests may ignore this signal (nohup), and then so would what they start."""
    former = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, former)


@pytest.mark.usefixtures("hangs_up")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_an_operators_word_says_nothing_about_the_file(process, how):
    one = process()
    one.ask("echo", b"", bytes)
    os.kill(one.pid, signal.SIGSTOP)
    os.kill(one.pid, how)
    os.kill(one.pid, signal.SIGCONT)
    with pytest.raises(UnavailableError) as ended:
        one.ask("echo", b"", bytes)
    assert not isinstance(ended.value, LimitsExceededError)
    assert lost(one)


@pytest.mark.parametrize("error", [MalformedError("no answer"), KeyError("a fault of ours")])
def test_one_whose_answer_cannot_be_read_is_asked_nothing_more(process, error):
    def unreadable(_answer):
        raise error

    one = process()
    with pytest.raises(type(error)):
        one.ask("echo", b"", unreadable)
    assert lost(one)


def test_an_answer_may_be_so_long_and_no_longer(process):
    one = process(replace(PLAIN, largest_answer=10))
    assert one.ask("echo", b"x" * 10, bytes) == b"x" * 10
    with pytest.raises(MalformedError):
        one.ask("echo", b"x" * 11, bytes)
    assert lost(one)


def test_one_that_announces_an_endless_answer_is_not_listened_to(process, monkeypatch):
    one = process()
    one.ask("echo", b"", bytes)
    one._answers.close()
    monkeypatch.setattr(one, "_answers", io.BytesIO(b"D\xff\xff\xff\xff" + b"x" * 100))
    with pytest.raises(MalformedError):
        one.ask("echo", b"", bytes)
    assert lost(one)


def test_it_lives_for_so_many_tasks(process):
    one = process(replace(PLAIN, longest_life=2))
    for usable in (True, False):
        one.ask("echo", b"", bytes)
        assert one.usable is usable


def test_one_that_does_not_start_is_nobodys_fault_and_the_remedy_is_told(process):
    one = process(replace(PLAIN, tasks="tests.no_such_tasks"))
    with pytest.raises(UnavailableError, match="does not start") as refused:
        one.ask("echo", b"", bytes)
    assert not isinstance(refused.value, LimitsExceededError)
    assert refused.value.remedy == "look at the tests"
    assert lost(one)
