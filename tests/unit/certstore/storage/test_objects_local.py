"""The local object store: what it promises, its volumes' torn ends, and its other processes."""

import hashlib
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from certstore.errors import MalformedError, NotFoundError, TooLargeError, UnavailableError
from certstore.objects import LARGEST_OBJECT, DigestMismatchError, ObjectStore, digest_of
from certstore.storage.objects_local import LocalObjects
from certstore.storage.volume import pack


def only_volume(folder):
    (path,) = folder.glob("*.objects")
    return path


def test_what_was_put_is_got_back_and_named_by_its_sha_256(tmp_path):
    store: ObjectStore = LocalObjects(tmp_path)
    digest = store.put(b"a photo")
    assert digest == hashlib.sha256(b"a photo").hexdigest()
    assert store.get(digest) == b"a photo"
    assert store.has(digest)
    store.check()


def test_an_empty_object_is_an_object(tmp_path):
    store = LocalObjects(tmp_path)
    assert store.get(store.put(b"")) == b""
    assert LocalObjects(tmp_path).get(digest_of(b"")) == b""


def test_a_batch_gives_its_digests_in_order_and_keeps_duplicates_once(tmp_path):
    store = LocalObjects(tmp_path)
    items = [b"one", b"two", b"one", b"three"]
    assert store.put_many(items) == tuple(digest_of(item) for item in items)
    assert [store.get(digest_of(item)) for item in items] == items
    assert only_volume(tmp_path).stat().st_size == 3 * 64 + len(b"onetwothree")
    assert store.put_many([]) == ()


def test_putting_the_same_bytes_again_writes_nothing(tmp_path):
    store = LocalObjects(tmp_path)
    store.put(b"once")
    size = only_volume(tmp_path).stat().st_size
    assert store.put(b"once", digest=digest_of(b"once")) == digest_of(b"once")
    assert only_volume(tmp_path).stat().st_size == size


def test_other_bytes_under_a_digest_are_refused_and_nothing_is_kept(tmp_path):
    store = LocalObjects(tmp_path)
    with pytest.raises(DigestMismatchError):
        store.put(b"other bytes", digest=digest_of(b"bytes"))
    assert not store.has(digest_of(b"other bytes"))
    assert not store.has(digest_of(b"bytes"))


def test_an_object_nobody_put_is_not_found(tmp_path):
    store = LocalObjects(tmp_path)
    assert not store.has("0" * 64)
    with pytest.raises(NotFoundError):
        store.get("0" * 64)


@pytest.mark.parametrize("digest", ["", "0" * 63, "A" * 64, "../" + "0" * 61, "0" * 64 + "\n"])
def test_what_is_no_digest_is_refused(tmp_path, digest):
    store = LocalObjects(tmp_path)
    for ask in (store.get, store.has, lambda text: store.put(b"x", digest=text)):
        with pytest.raises(MalformedError):
            ask(digest)


def test_an_object_above_the_limit_is_refused(tmp_path):
    with pytest.raises(TooLargeError):
        LocalObjects(tmp_path).put(bytes(LARGEST_OBJECT + 1))


def test_a_store_opened_again_has_everything_and_begins_a_volume_of_its_own(tmp_path):
    first = LocalObjects(tmp_path)
    digests = [first.put(bytes([n]) * n) for n in range(1, 20)]
    first.close()
    again = LocalObjects(tmp_path)
    assert [again.get(digest) for digest in digests] == [bytes([n]) * n for n in range(1, 20)]
    again.put(b"more")
    assert len(list(tmp_path.glob("*.objects"))) == 2


def test_a_full_volume_is_followed_by_the_next(tmp_path):
    store = LocalObjects(tmp_path, volume_size=500)
    digests = [store.put(bytes([n]) * 200) for n in range(6)]
    assert len(list(tmp_path.glob("*.objects"))) == 3
    assert store.has(store.put(b"x" * 1000))  # larger than a volume: has one for itself
    assert all(LocalObjects(tmp_path).has(digest) for digest in digests)


@pytest.mark.parametrize("position", [0, 9, 20, 59, 64, 70, 86])
def test_a_changed_byte_is_never_served(tmp_path, position):
    store = LocalObjects(tmp_path)
    digest = store.put(b"the bytes of a document")
    path = only_volume(tmp_path)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    if position >= 64:
        with pytest.raises(DigestMismatchError):
            store.get(digest)
        with pytest.raises(DigestMismatchError):  # nor does it pass for already kept
            store.put(b"the bytes of a document")
    with pytest.raises(NotFoundError):
        LocalObjects(tmp_path).get(digest)
    if position >= 64:
        assert path.read_bytes() == data  # a whole record with other bytes is not cut away


@pytest.mark.parametrize("kept", range(0, 290, 7))
def test_a_torn_end_is_cut_off_and_what_was_flushed_before_stays(tmp_path, kept):
    store = LocalObjects(tmp_path)
    before = store.put_many([b"flushed " * 4, b"as well"])
    flushed = only_volume(tmp_path).stat().st_size
    store.put_many([b"torn " * 10, b"away " * 10])
    store.close()
    path = only_volume(tmp_path)
    os.truncate(path, min(flushed + kept, path.stat().st_size))
    again = LocalObjects(tmp_path)
    assert all(again.has(digest) for digest in before)
    whole = (kept >= 64 + 50) + (kept >= 2 * (64 + 50))
    assert again.has(digest_of(b"torn " * 10)) == (whole >= 1)
    assert path.stat().st_size == flushed + whole * (64 + 50)
    again.check()  # a torn end is no damage
    assert again.get(again.put(b"away " * 10)) == b"away " * 10


def test_a_torn_end_full_of_zeros_or_of_old_bytes_is_cut_off(tmp_path):
    for number, rest in enumerate((bytes(5000), os.urandom(5000), b"OBJECT\r\n" * 600)):
        folder = tmp_path / str(number)
        store = LocalObjects(folder)
        digest = store.put(b"flushed")
        store.close()
        path = only_volume(folder)
        size = path.stat().st_size
        path.write_bytes(path.read_bytes() + rest)
        again = LocalObjects(folder)
        assert again.get(digest) == b"flushed"
        assert path.stat().st_size == size
        again.check()


def test_in_a_torn_batch_the_good_objects_behind_a_bad_one_are_kept(tmp_path):
    store = LocalObjects(tmp_path)
    digests = store.put_many([b"a" * 100, b"b" * 100, b"c" * 100])
    store.close()
    path = only_volume(tmp_path)
    data = bytearray(path.read_bytes())
    data[164 + 64 : 164 + 164] = bytes(100)  # the second object's page never reached the disk
    path.write_bytes(data)
    again = LocalObjects(tmp_path)
    assert [again.has(digest) for digest in digests] == [True, False, True]
    assert again.get(again.put(b"b" * 100)) == b"b" * 100


def test_damage_in_the_middle_is_reported_and_costs_only_what_was_damaged(tmp_path):
    store = LocalObjects(tmp_path)
    digests = [store.put(bytes([n]) * 100) for n in range(4)]
    store.close()
    path = only_volume(tmp_path)
    data = bytearray(path.read_bytes())
    data[164 + 10] ^= 1  # the head of the second of four batches
    path.write_bytes(data)
    again = LocalObjects(tmp_path)
    assert [again.has(digest) for digest in digests] == [True, False, True, True]
    assert path.stat().st_size == len(data)  # not taken for a torn end
    with pytest.raises(DigestMismatchError) as told:
        again.check()
    assert told.value.where == "volume-000001.objects at byte 164"


def test_an_object_that_imitates_records_misleads_nobody(tmp_path):
    false, _ = pack([(digest_of(b"real"), b"fake")], 10**6)
    inner, _ = pack([(digest_of(b"inner"), b"inner")], 0)
    store = LocalObjects(tmp_path)
    digests = [store.put(false), store.put(inner), store.put(b"after")]
    store.close()
    again = LocalObjects(tmp_path)
    assert all(again.has(digest) for digest in digests)
    assert not again.has(digest_of(b"real"))
    assert not again.has(digest_of(b"inner"))


def test_two_stores_on_one_folder_read_what_the_other_writes(tmp_path):
    one, two = LocalObjects(tmp_path), LocalObjects(tmp_path)
    for n in range(5):
        assert two.get(one.put(b"from one %d" % n)) == b"from one %d" % n
        assert one.get(two.put(b"from two %d" % n)) == b"from two %d" % n
    assert len(list(tmp_path.glob("*.objects"))) == 2


def test_the_volume_of_a_living_writer_is_not_cut(tmp_path):
    writer = LocalObjects(tmp_path)
    writer.put(b"flushed")
    path = only_volume(tmp_path)
    with path.open("ab") as half:
        half.write(b"OBJECT\r\n half a batch")
    size = path.stat().st_size
    assert LocalObjects(tmp_path).get(digest_of(b"flushed")) == b"flushed"
    assert path.stat().st_size == size
    writer.close()
    LocalObjects(tmp_path)
    assert path.stat().st_size < size


def _write_some(folder, name):
    store = LocalObjects(folder)
    for n in range(20):
        store.put_many([b"%s %d" % (name, n), b"common to all %d" % n])


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    names = [b"web", b"worker", b"import"]
    writers = [spawn.Process(target=_write_some, args=(tmp_path, name)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    store = LocalObjects(tmp_path)
    for n in range(20):
        assert store.has(digest_of(b"common to all %d" % n))
        assert all(store.get(digest_of(b"%s %d" % (name, n))) for name in names)


def test_a_fork_begins_a_volume_of_its_own(tmp_path):
    store = LocalObjects(tmp_path)
    store.put(b"by the parent")
    child = os.fork()
    if child == 0:  # nothing of pytest may run here
        kept = store.get(store.put(b"by the child")) == b"by the child"
        os._exit(0 if kept and store.has(digest_of(b"by the parent")) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    store.put(b"by the parent again")
    assert len(list(tmp_path.glob("*.objects"))) == 2
    again = LocalObjects(tmp_path)
    for data in (b"by the parent", b"by the child", b"by the parent again"):
        assert again.get(digest_of(data)) == data


def test_threads_that_write_at_once_lose_nothing(tmp_path):
    store = LocalObjects(tmp_path, volume_size=4096)
    items = [b"object %d" % n * (n % 7) for n in range(200)]
    with ThreadPoolExecutor(8) as threads:
        digests = list(threads.map(store.put, items))
    assert [store.get(digest) for digest in digests] == items
    again = LocalObjects(tmp_path)
    assert [again.get(digest) for digest in digests] == items


def test_a_folder_that_cannot_be_used_is_unavailable(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError):
        LocalObjects(tmp_path / "file")
