"""Files that are handed in, in their limited process: what one may cost, what becomes of us."""

import os
import signal
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest

from certstore.errors import MalformedError, UnavailableError
from tests.unit.verifiers.limited.rooms import room_of, within
from tests.unit.verifiers.materials.handed_in_files import jpeg, pdf, saved, sheet
from tests.unit.verifiers.materials.hostile_files import HOSTILE, chunk
from verifiers.limited.asking import LimitsExceededError
from verifiers.materials.handed_in import Cleaned, Fault, Refused
from verifiers.materials.handed_in_profile import read_profile
from verifiers.materials.handed_in_work import TASK, judge_within
from verifiers.materials.limited_room import ASSIGNMENT

PROFILE = read_profile()


@pytest.fixture(scope="module")
def room():
    opened = room_of(ASSIGNMENT)
    yield opened
    opened.close()


def test_a_good_file_comes_back_cleaned_and_the_process_stays_warm(room):
    first = judge_within(room, jpeg(), PROFILE)
    (pid,) = room.processes()
    second = judge_within(room, saved(pdf()), PROFILE)
    assert isinstance(first, Cleaned)
    assert isinstance(second, Cleaned)
    assert room.processes() == (pid,)


@pytest.mark.parametrize("name", ["a PDF that starts a program", "half a JPEG", "a PNG bomb"])
def test_a_hostile_file_is_an_answer_and_harms_nobody(room, name):
    make, reason = HOSTILE[name]
    assert judge_within(room, make(), PROFILE) == Refused((Fault(reason),))
    assert len(room.processes()) == 1


def drawn_for_ever() -> bytes:
    """A page that draws a picture of forty pictures of forty pictures, twelve times over."""
    document = pdf()
    former, drawn = None, b"0 0 595 842 re f " * 200
    for _ in range(12):
        form = document.make_stream(drawn)
        form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        form.BBox = pikepdf.Array([0, 0, 595, 842])
        if former is not None:
            form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=former))
        former, drawn = document.make_indirect(form), b"/X Do " * 40
    page = document.pages[0].obj
    page.Resources.XObject.X = former
    page.Contents = document.make_stream(b"/X Do")
    return saved(document)


def test_what_takes_too_long_ends_the_process_and_is_refused():
    room = room_of(within(ASSIGNMENT, cpu_s=1, wall_s=10))
    try:
        assert judge_within(room, drawn_for_ever(), PROFILE) == Refused((Fault.COSTLY,))
        assert room.processes() == ()
        assert isinstance(judge_within(room, jpeg(sheet((600, 849))), PROFILE), Cleaned)
    finally:
        room.close()


def large_png(side: int = 4800) -> bytes:
    """Twenty-three megapixels with transparency: as much as is decoded at all."""
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\xff" * (4 * side)) * side, 1)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_what_needs_too_much_memory_is_refused():
    room = room_of(within(ASSIGNMENT, memory_mb=64))
    try:
        assert judge_within(room, large_png(), PROFILE) == Refused((Fault.COSTLY,))
    finally:
        room.close()


def test_the_largest_picture_that_is_decoded_fits_the_limits(room):
    assert judge_within(room, large_png(), PROFILE) == Refused((Fault.BLANK,))


def test_a_process_that_an_operator_ended_says_nothing_about_the_file(room):
    judge_within(room, jpeg(), PROFILE)
    (pid,) = room.processes()
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(room, TASK, jpeg(), bytes)
        while room.processes():  # until it was taken
            pass
        os.kill(pid, signal.SIGTERM)
        os.kill(pid, signal.SIGCONT)
        with pytest.raises(UnavailableError) as ended:
            waiting.result(timeout=60)
    assert not isinstance(ended.value, LimitsExceededError)
    assert isinstance(judge_within(room, jpeg(), PROFILE), Cleaned)


def test_a_task_that_is_not_known_fails_and_the_next_one_does_not(room):
    with pytest.raises(LimitsExceededError):  # the process ends over it
        room("another", b"", bytes)
    assert isinstance(judge_within(room, jpeg(), PROFILE), Cleaned)


def test_the_process_has_no_environment_and_no_file_of_the_service(room, tmp_path):
    judge_within(room, jpeg(), PROFILE)
    (pid,) = room.processes()
    if not os.path.isdir("/proc/self/fd"):  # noqa: PTH112 - a system without /proc
        pytest.skip("/proc is missing: this system shows no open files")
    names = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]  # noqa: PTH115, PTH208 - links of the kernel
    assert not any(str(tmp_path.parent) in name or "socket" in name for name in names)
    with open(f"/proc/{pid}/environ", "rb") as kept:  # noqa: PTH123 - a file of the kernel
        assert {part.split(b"=")[0] for part in kept.read().split(b"\x00") if part} <= {
            b"PATH", b"LC_ALL", b"LC_CTYPE",
        }  # fmt: skip


def test_an_answer_that_is_no_answer_refuses_the_file():
    with pytest.raises(MalformedError):
        judge_within(lambda task, data, read: read(b"\x00"), jpeg(), PROFILE)
