"""Every step the local store takes on the disk fails once, before and after it took effect."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.errors import UnavailableError
from certstore.objects import digest_of
from certstore.storage.objects_local import LocalObjects
from certstore.storage.volume import Disk

STEPS = ("make_folder", "sync_folder", "create", "write", "sync", "cut", "read")
KEPT = [b"kept before " * 3, b"kept as well"]
BATCH = [b"the batch that failed " * 5, b"its second object"]


class FailingDisk(Disk):
    """A real disk whose `number`-th step fails, before or after it took effect."""

    def __init__(self, number: int, when: str):
        self.number, self.when, self.taken = number, when, []

    def __getattribute__(self, name):
        step = super().__getattribute__(name)
        if name not in STEPS:
            return step

        def counted(*args):
            self.taken.append(name)
            failing = len(self.taken) == self.number
            if failing and self.when == "before":
                raise OSError(errno.EIO, "failed before it took effect")
            if failing and self.when == "half" and name == "write":
                handle, data, offset = args
                step(handle, data[: len(data) // 2], offset)
                raise OSError(errno.ENOSPC, "no space left on device")
            result = step(*args)
            if failing:
                if name == "create":
                    os.close(result)
                raise OSError(errno.EIO, "failed after it took effect")
            return result

        return counted


def prepared(folder):
    """A folder with two objects and a torn end."""
    store = LocalObjects(folder)
    store.put_many(KEPT)
    store.close()
    (path,) = folder.glob("*.objects")
    path.write_bytes(path.read_bytes() + b"OBJECT\r\n torn")
    return folder


def run(folder, disk):
    """Open, put a batch, put again, read: all steps there are."""
    store = LocalObjects(folder, disk=disk)
    store.put_many(BATCH)
    return [store.get(digest_of(data)) for data in (*BATCH, *KEPT)]


def steps_taken(folder):
    disk = FailingDisk(0, "never")
    run(folder, disk)
    return disk.taken


def test_the_steps_are_all_there_and_the_flush_comes_after_the_write(tmp_path):
    taken = steps_taken(prepared(tmp_path))
    assert set(taken) == set(STEPS)
    wrote = taken.index("write")
    assert taken[wrote - 2 : wrote + 2] == ["create", "sync_folder", "write", "sync"]
    assert taken.index("cut") + 1 == taken.index("sync")


@pytest.mark.parametrize("when", ["before", "after", "half"])
def test_whichever_step_fails_nothing_kept_is_lost_and_doing_it_again_succeeds(tmp_path, when):
    number_of_steps = len(steps_taken(prepared(tmp_path / "count")))
    for number in range(1, number_of_steps + 1):
        folder = prepared(tmp_path / f"{number}")
        with pytest.raises(UnavailableError):
            run(folder, FailingDisk(number, when))
        again = LocalObjects(folder)
        assert [again.get(digest_of(data)) for data in KEPT] == KEPT
        assert run(folder, Disk()) == [*BATCH, *KEPT]
        LocalObjects(folder).check()


@pytest.mark.parametrize("when", ["before", "after", "half"])
@pytest.mark.parametrize("step", ["create", "sync_folder", "write", "sync"])
def test_the_same_store_goes_on_after_a_failed_put(tmp_path, step, when):
    disk = FailingDisk(0, when)
    store = LocalObjects(prepared(tmp_path), disk=disk)
    disk.taken.clear()
    disk.number = ["create", "sync_folder", "write", "sync"].index(step) + 1
    with pytest.raises(UnavailableError) as told:
        store.put_many(BATCH)
    assert told.value.remedy
    assert disk.taken[-1] == step
    store.put_many(BATCH)
    assert [store.get(digest_of(data)) for data in (*BATCH, *KEPT)] == [*BATCH, *KEPT]
    assert LocalObjects(tmp_path).get(digest_of(BATCH[1])) == BATCH[1]


def test_after_a_failed_flush_the_volume_is_never_appended_to_again(tmp_path):
    disk = FailingDisk(0, "after")
    store = LocalObjects(tmp_path, disk=disk)
    store.put(b"first")
    disk.number = len(disk.taken) + 2  # write, then flush
    with pytest.raises(UnavailableError):
        store.put(b"second")
    (path,) = tmp_path.glob("*.objects")
    size = path.stat().st_size
    store.put(b"third")
    assert path.stat().st_size == size


class ForgetfulDisk(Disk):
    """A disk that remembers what was flushed, so that a loss of power can be played."""

    def __init__(self):
        self.flushed: dict[str, bytes] = {}

    def sync(self, handle):
        super().sync(handle)
        name = str(Path(f"/proc/self/fd/{handle}").readlink())
        self.flushed[name] = os.pread(handle, os.fstat(handle).st_size, 0)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs Linux's /proc")
@settings(max_examples=60, deadline=None)
@given(
    batches=st.lists(st.lists(st.binary(max_size=90), min_size=1, max_size=4), max_size=5),
    last=st.lists(st.binary(min_size=1, max_size=90), min_size=1, max_size=4),
    survived=st.integers(0, 600),
    noise=st.sampled_from([b"", bytes(300), b"\xff" * 300, b"OBJECT\r\n" * 40]),
)
def test_after_a_loss_of_power_everything_a_put_returned_for_is_there(
    tmp_path_factory, batches, last, survived, noise
):
    folder = tmp_path_factory.mktemp("power")
    disk = ForgetfulDisk()
    store = LocalObjects(folder, disk=disk)
    promised = [digest for batch in batches for digest in store.put_many(batch)]
    flushed = dict(disk.flushed)
    store.put_many(last)  # its flush is the one that the power did not wait for
    store.close()
    for path in folder.glob("*.objects"):
        before = flushed.get(str(path), b"")
        unflushed = path.read_bytes()[len(before) :]
        path.write_bytes(before + unflushed[:survived] + noise[: len(unflushed)])
    again = LocalObjects(folder)
    for digest in promised:
        assert digest_of(again.get(digest)) == digest
    again.put_many(last)
    for data in last:
        assert LocalObjects(folder).get(digest_of(data)) == data
