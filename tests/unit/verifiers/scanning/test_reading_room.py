"""Files of strangers are opened by processes with limits; whatever they do, an answer comes."""

import io
import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import verifiers
from certstore.errors import UnavailableError
from tests.unit.certstore.codes.sealed_house import house
from tests.unit.verifiers.scanning.hostile_files import HOSTILE, large_picture, laughing
from tests.unit.verifiers.scanning.signed_document import genuine
from tests.unit.verifiers.scanning.test_verify import picture
from verifiers.scanning.frames import Kind
from verifiers.scanning.limits import OVER_MEMORY, Limits
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown, OpenedPicture
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.reader import Reader
from verifiers.scanning.reading_room import RETRY_AFTER_S, ReadingRoom, reading_room

ROOT = Path(verifiers.__file__).parents[1]
CODE = house().printed()
SMALL = picture(CODE)
COSTLY = NothingShown(FILE_TOO_COSTLY)
SERVICE = """
import sys
from verifiers.scanning.reading_room import reading_room
room = reading_room()
room.warm()
print(*room.readers(), flush=True)
sys.stdin.read()
"""
WRITING = """
import sys
from verifiers.scanning.limits import Limits
Limits().take_on()
with open(sys.argv[1], "wb", buffering=0) as file:
    file.write(b"x")
"""


@pytest.fixture
def room():
    opened = []

    def make(limits=None, **how):
        opened.append(ReadingRoom(limits=limits, **how))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def reader():
    started = []

    def start(limits=None):
        started.append(Reader(limits or Limits()))
        return started[-1]

    yield start
    for one in started:
        one.end()


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
    one = room(places=1)
    for _ in range(3):
        assert one.open_picture(SMALL) == OpenedPicture((CODE,))
    (pid,) = one.readers()
    one.open_document(genuine())
    assert one.readers() == (pid,)


@pytest.mark.parametrize(
    "limits", [Limits(cpu_s=0, wall_s=60), Limits(cpu_s=60, wall_s=0.5)], ids=["cpu", "clock"]
)
def test_a_file_that_takes_too_long_ends_its_process_and_the_next_file_has_another(room, limits):
    one = room(limits, places=1)
    one.warm()
    (first,) = one.readers()
    assert one.open_document(laughing()) == COSTLY
    (second,) = one.readers()
    assert second != first
    with pytest.raises(ProcessLookupError):  # ended, and not left as a zombie
        os.kill(first, 0)
    assert one.open_picture(SMALL) == OpenedPicture((CODE,))


def test_a_picture_full_of_finder_patterns_is_too_costly(room):
    one = room(Limits(cpu_s=0, wall_s=60), places=1)
    assert one.open_picture(HOSTILE["finder patterns"]) == COSTLY


def test_a_picture_that_takes_too_much_memory_is_too_costly(room):
    one = room(Limits(memory_mb=8), places=1)
    one.warm()
    before = one.readers()
    assert one.open_picture(large_picture()) == COSTLY
    assert one.readers() != before
    assert room(places=1).open_picture(large_picture()) == OpenedPicture(())


def test_a_reader_that_crashes_is_an_answer_and_is_replaced(reader):
    one = reader()
    assert one.ask(Kind.PICTURE, SMALL) == OpenedPicture((CODE,))
    os.kill(one.pid, signal.SIGSEGV)
    assert one.ask(Kind.PICTURE, SMALL) == COSTLY
    assert not one.usable


def test_a_reader_that_dies_between_two_files_is_replaced(room):
    one = room(places=1)
    one.open_picture(SMALL)
    (pid,) = one.readers()
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert one.open_picture(SMALL) == OpenedPicture((CODE,))


def test_a_reader_that_an_operator_ends_says_nothing_about_the_file(reader):
    one = reader()
    one.ask(Kind.PICTURE, SMALL)
    os.kill(one.pid, signal.SIGSTOP)
    os.kill(one.pid, signal.SIGTERM)
    os.kill(one.pid, signal.SIGCONT)
    with pytest.raises(UnavailableError):
        one.ask(Kind.PICTURE, SMALL)


@pytest.mark.parametrize(
    "said", [b"not json", b"{}", b'{"nothing":5}', b'{"codes":[1]}', b'{"codes":[],"x":1}']
)
def test_a_reader_that_was_taken_over_is_not_believed(reader, said, monkeypatch):
    one = reader()
    monkeypatch.setattr(one, "_exchange", lambda _kind, _data: said)
    assert one.ask(Kind.PICTURE, SMALL) == NothingShown("FILE_UNREADABLE")
    assert not one.usable


def test_a_reader_that_announces_an_endless_answer_is_not_listened_to(reader, monkeypatch):
    one = reader()
    one.ask(Kind.PICTURE, SMALL)
    monkeypatch.setattr(one, "_answers", io.BytesIO(b"\xff\xff\xff\xff" + b"x" * 100))
    assert one.ask(Kind.PICTURE, SMALL) == NothingShown("FILE_UNREADABLE")


def test_an_answer_of_the_other_kind_is_no_answer(room, monkeypatch):
    one = room(places=1)
    monkeypatch.setattr(one, "_open", lambda _kind, _data: OpenedPicture(()))
    assert one.open_document(genuine()) == NothingShown("FILE_UNREADABLE")
    monkeypatch.setattr(one, "_open", lambda _k, _d: OpenedHere().open_document(genuine()))
    assert one.open_picture(SMALL) == NothingShown("FILE_UNREADABLE")


def test_where_all_places_are_taken_and_nobody_may_wait_one_is_sent_away(room):
    one = room(places=1, waiting=0)
    with one._place(), pytest.raises(UnavailableError) as refused:
        one.open_picture(SMALL)
    assert refused.value.facts["retry_after"] == RETRY_AFTER_S
    assert one.open_picture(SMALL) == OpenedPicture((CODE,))


def test_whoever_waits_is_sent_away_in_time_and_takes_no_place_with_them(room):
    one = room(places=1, waiting=1, patience_s=0.01)
    with one._place():
        for _ in range(3):
            with pytest.raises(UnavailableError) as refused:
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
    assert len(one.readers()) <= 2


def test_a_closed_room_leaves_no_process(room):
    one = room(places=2)
    one.open_picture(SMALL)
    pids = one.readers()
    one.close()
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(UnavailableError):
        one.open_picture(SMALL)


def test_a_room_closed_while_a_file_is_open_ends_that_reader_afterwards(room, monkeypatch):
    one = room(places=1)
    asked, go_on = threading.Event(), threading.Event()

    def slow(self, _kind, _data):
        asked.set()
        assert go_on.wait(30)
        return OpenedPicture((str(self.pid),))

    monkeypatch.setattr(Reader, "ask", slow)
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(one.open_picture, SMALL)
        assert asked.wait(30)
        one.close()
        go_on.set()
        (pid,) = answer.result().codes
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


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
def test_a_reader_has_nothing_of_the_services_secrets_or_files(reader, monkeypatch):
    monkeypatch.setenv("CERTSTORE_KEY_PASSPHRASE", "a very secret passphrase")
    one = reader()
    one.ask(Kind.PICTURE, SMALL)
    there = Path(f"/proc/{one.pid}")
    assert b"passphrase" not in (there / "environ").read_bytes()
    opened = {str(link.readlink()) for link in (there / "fd").iterdir()}
    assert all(name.startswith(("pipe:", "/dev/null")) for name in opened), opened


def test_a_limited_process_writes_no_file(tmp_path):
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            WRITING,
            tmp_path / "left",
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert ran.returncode != 0
    assert (tmp_path / "left").stat().st_size == 0


def test_where_the_kernel_keeps_no_limit_of_memory_the_process_watches_itself():
    watching = "from verifiers.scanning.limits import Limits; Limits(memory_mb=-1)._watch_memory()"
    ran = subprocess.run([sys.executable, "-c", watching], cwd=ROOT, check=False, timeout=60)
    assert ran.returncode == OVER_MEMORY


def test_limits_are_handed_over_as_they_are():
    assert Limits.parse(Limits(1, 0.5, 3).spell()) == Limits(1, 0.5, 3)
    for text in ("", "1,2", "1,2,x", "1,2,3,4"):
        with pytest.raises(ValueError, match=r"limits|invalid|could not"):
            Limits.parse(text)
