"""Files of strangers are opened by processes with limits; whatever they do, an answer comes."""

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import verifiers
from certstore.errors import UnavailableError
from tests.unit.certstore.codes.sealed_house import house
from tests.unit.verifiers.limited.rooms import room_of, within
from tests.unit.verifiers.scanning.hostile_files import HOSTILE, large_picture, laughing
from tests.unit.verifiers.scanning.signed_document import genuine
from tests.unit.verifiers.scanning.test_verify import picture
from verifiers.limited.child import DONE, FAILED
from verifiers.limited.process import LimitedProcess
from verifiers.limited.room import RETRY_AFTER_S
from verifiers.scanning.frames import DOCUMENT, PICTURE, spell_answer
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown, OpenedPicture
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.reading_room import ASSIGNMENT, ReadingRoom, reading_room
from verifiers.scanning.reading_tasks import tasks

ROOT = Path(verifiers.__file__).parents[1]
CODE = house().printed()
SMALL = picture(CODE)
COSTLY = NothingShown(FILE_TOO_COSTLY)
SERVICE = """
import sys
from verifiers.scanning.reading_room import reading_room
room = reading_room().room
room.warm()
print(*room.processes(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def room():
    opened = []

    def make(assignment=ASSIGNMENT, **how):
        opened.append(room_of(assignment, replaces=True, **how))
        return ReadingRoom(opened[-1])

    yield make
    for one in opened:
        one.close()


def ended(pid: int) -> bool:
    """Whether the process is gone, waiting for it if need be."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 30)[0])
    finally:
        os.close(handle)


needs_pidfd = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="needs Linux to wait for another's process"
)


def test_a_process_finds_what_the_libraries_find_here():
    room = reading_room()
    assert room.open_document(genuine()) == OpenedHere().open_document(genuine())
    assert room.open_picture(SMALL) == OpenedHere().open_picture(SMALL)
    assert room.open_picture(SMALL) == OpenedPicture((CODE,))


def test_one_process_opens_many_files(room):
    one = room()
    for _ in range(3):
        assert one.open_picture(SMALL) == OpenedPicture((CODE,))
    (pid,) = one.room.processes()
    one.open_document(genuine())
    assert one.room.processes() == (pid,)


@pytest.mark.parametrize(
    "limits", [{"cpu_s": 0, "wall_s": 60}, {"cpu_s": 60, "wall_s": 0.5}], ids=["cpu", "clock"]
)
def test_a_file_that_takes_too_long_ends_its_process_and_the_next_file_has_another(room, limits):
    one = room(within(ASSIGNMENT, **limits))
    one.room.warm()
    (first,) = one.room.processes()
    assert one.open_document(laughing()) == COSTLY
    (second,) = one.room.processes()
    assert second != first
    with pytest.raises(ProcessLookupError):  # ended, and not left as a zombie
        os.kill(first, 0)
    assert one.open_picture(SMALL) == OpenedPicture((CODE,))


def test_a_picture_full_of_finder_patterns_is_too_costly(room):
    one = room(within(ASSIGNMENT, cpu_s=0, wall_s=60))
    assert one.open_picture(HOSTILE["finder patterns"]) == COSTLY


def test_a_picture_that_takes_too_much_memory_is_too_costly(room):
    one = room(within(ASSIGNMENT, memory_mb=8))
    one.room.warm()
    before = one.room.processes()
    assert one.open_picture(large_picture()) == COSTLY
    assert one.room.processes() != before
    assert room().open_picture(large_picture()) == OpenedPicture(())


@pytest.fixture
def struck(room, monkeypatch):
    """A room whose only reader gets signals just before it is handed a file."""

    def make(*signals):
        one = room()
        one.open_picture(SMALL)
        (pid,) = one.room.processes()
        exchange = LimitedProcess._exchange

        def strike(self, task, data):
            for number in signals:
                os.kill(self.pid, number)
            return exchange(self, task, data)

        monkeypatch.setattr(LimitedProcess, "_exchange", strike)
        return one, pid

    return make


def test_a_reader_that_crashes_is_an_answer_and_is_replaced(struck):
    one, pid = struck(signal.SIGSEGV)
    assert one.open_picture(SMALL) == COSTLY
    assert pid not in one.room.processes()


def test_a_reader_that_an_operator_ends_says_nothing_about_the_file(struck):
    one, pid = struck(signal.SIGSTOP, signal.SIGTERM, signal.SIGCONT)
    with pytest.raises(UnavailableError):
        one.open_picture(SMALL)
    assert pid not in one.room.processes()


@pytest.mark.parametrize(
    "said", [b"not json", b"{}", b'{"nothing":5}', b'{"codes":[1]}', b'{"codes":[],"x":1}']
)
def test_a_reader_that_was_taken_over_is_not_believed(room, said, monkeypatch):
    one = room()
    one.room.warm()
    (pid,) = one.room.processes()
    monkeypatch.setattr(LimitedProcess, "_exchange", lambda _self, _task, _data: (DONE, said))
    assert one.open_picture(SMALL) == NothingShown("FILE_UNREADABLE")
    assert pid not in one.room.processes()


def test_a_reader_that_fails_or_says_too_much_found_nothing_legible(room, monkeypatch):
    one = room()
    monkeypatch.setattr(LimitedProcess, "_exchange", lambda _self, _task, _data: (FAILED, b""))
    assert one.open_picture(SMALL) == NothingShown("FILE_UNREADABLE")
    assert one.open_document(genuine()) == NothingShown("FILE_UNREADABLE")
    monkeypatch.undo()
    small = room(replace(ASSIGNMENT, largest_answer=10))
    assert small.open_picture(SMALL) == NothingShown("FILE_UNREADABLE")


def test_an_answer_of_the_other_kind_is_no_answer():
    def other(task, data, read):
        here = OpenedHere()
        is_picture = task == PICTURE
        return read(
            spell_answer(here.open_document(genuine()) if is_picture else here.open_picture(SMALL))
        )

    one = ReadingRoom(other)
    assert one.open_document(genuine()) == NothingShown("FILE_UNREADABLE")
    assert one.open_picture(SMALL) == NothingShown("FILE_UNREADABLE")


def test_where_all_places_are_taken_and_nobody_may_wait_one_is_sent_away(room):
    one = room(waiting=0)
    with one.room._place(), pytest.raises(UnavailableError) as refused:
        one.open_picture(SMALL)
    assert refused.value.facts["retry_after"] == RETRY_AFTER_S
    assert one.open_picture(SMALL) == OpenedPicture((CODE,))


def test_many_threads_share_few_readers(room):
    one = room(places=2, waiting=30, patience_s=60)
    files = [SMALL, genuine()] * 5
    with ThreadPoolExecutor(10) as threads:
        found = list(
            threads.map(
                lambda file: (
                    one.open_document(file) if file.startswith(b"%PDF") else one.open_picture(file)
                ),
                files,
            )
        )
    here = OpenedHere()
    assert found == [here.open_picture(SMALL), here.open_document(genuine())] * 5
    assert len(one.room.processes()) <= 2


@needs_pidfd
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_reader_survives_the_service(how):
    service = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SERVICE,
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with service:
        pid = int(service.stdout.readline())
        service.send_signal(how)
        assert ended(pid)


@needs_pidfd
def test_a_reader_has_nothing_of_the_services_secrets_or_files(room, monkeypatch):
    monkeypatch.setenv("CERTSTORE_KEY_PASSPHRASE", "a very secret passphrase")
    one = room()
    one.open_picture(SMALL)
    (pid,) = one.room.processes()
    there = Path(f"/proc/{pid}")
    assert b"passphrase" not in (there / "environ").read_bytes()
    opened = {str(link.readlink()) for link in (there / "fd").iterdir()}
    assert all(name.startswith(("pipe:", "/dev/null")) for name in opened), opened


def test_memory_that_a_library_ran_out_of_ends_its_process(monkeypatch):
    monkeypatch.setattr(OpenedHere, "open_document", lambda _self, _pdf: COSTLY)
    monkeypatch.setattr(OpenedHere, "open_picture", lambda _self, _data: COSTLY)
    for open_it in (tasks()[DOCUMENT], tasks()[PICTURE]):
        with pytest.raises(MemoryError):
            open_it(SMALL)
