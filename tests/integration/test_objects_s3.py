"""The S3 object store against a real S3 server."""

import io
from datetime import timedelta

import minio
import pytest

from certstore import chance
from certstore.errors import (
    ConflictError,
    MalformedError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from certstore.objects import LARGEST_OBJECT, DigestMismatchError, ObjectStore, digest_of
from certstore.storage.objects_s3 import Bucket, Retention, S3Objects, prepare_bucket
from tests.servers import free_ports, s3

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def server():
    with s3() as running:
        yield running


@pytest.fixture
def bucket(server):
    made = Bucket(
        f"objects-{chance.reference(8)}", server.endpoint, server.access_key, server.secret_key
    )
    prepare_bucket(made)
    return made


@pytest.fixture
def store(bucket):
    opened = S3Objects(bucket)
    yield opened
    opened.close()


def client_of(server):
    address = server.endpoint.removeprefix("http://")
    return minio.Minio(address, server.access_key, server.secret_key, secure=False)


def key_of(data):
    return f"sha256/{digest_of(data)[:2]}/{digest_of(data)}"


def test_what_was_put_is_got_back(store: ObjectStore):
    digest = store.put(b"a photo")
    assert digest == digest_of(b"a photo")
    assert store.get(digest) == b"a photo"
    assert store.has(digest)
    assert store.get(store.put(b"")) == b""
    store.check()


def test_an_object_of_several_megabytes_is_one_conditional_put(store):
    data = chance.random_bytes(9 * 1024 * 1024)
    assert store.get(store.put(data)) == data
    assert store.put(data) == digest_of(data)


def test_a_batch_gives_its_digests_in_order(store):
    items = [b"object %d" % (n % 30) for n in range(40)]
    assert store.put_many(items) == tuple(digest_of(item) for item in items)
    assert [store.get(digest_of(item)) for item in items] == items
    assert store.put_many([]) == ()


def test_putting_the_same_bytes_again_makes_no_new_version(server, bucket, store):
    store.put(b"once")
    store.put(b"once", digest=digest_of(b"once"))
    versions = list(client_of(server).list_objects(bucket.name, "", True, include_version=True))
    assert [one.object_name for one in versions] == [key_of(b"once")]


def test_other_bytes_under_a_digest_are_refused_and_nothing_is_kept(store):
    with pytest.raises(DigestMismatchError):
        store.put(b"other bytes", digest=digest_of(b"bytes"))
    assert not store.has(digest_of(b"other bytes"))
    assert not store.has(digest_of(b"bytes"))


def test_an_object_nobody_put_is_not_found(store):
    assert not store.has("0" * 64)
    with pytest.raises(NotFoundError):
        store.get("0" * 64)


@pytest.mark.parametrize("digest", ["", "A" * 64, "../" + "0" * 61])
def test_what_is_no_digest_is_refused(store, digest):
    for ask in (store.get, store.has, lambda text: store.put(b"x", digest=text)):
        with pytest.raises(MalformedError):
            ask(digest)


def test_an_object_above_the_limit_is_refused_and_the_batch_with_it(store):
    with pytest.raises(TooLargeError):
        store.put_many([b"small", bytes(LARGEST_OBJECT + 1)])
    assert not store.has(digest_of(b"small"))


def test_bytes_that_somebody_changed_in_the_bucket_are_never_served(server, bucket, store):
    digest = store.put(b"the true bytes")
    client_of(server).put_object(bucket.name, key_of(b"the true bytes"), io.BytesIO(b"false"), 5)
    with pytest.raises(DigestMismatchError):
        store.get(digest)
    with pytest.raises(DigestMismatchError):  # nor do they pass for already kept
        store.put(b"the true bytes")


def test_an_object_too_large_to_be_ours_is_refused_before_it_is_read(server, bucket, store):
    size = LARGEST_OBJECT + 1
    client_of(server).put_object(bucket.name, key_of(b"x"), io.BytesIO(bytes(size)), size)
    with pytest.raises(DigestMismatchError, match="larger"):
        store.get(digest_of(b"x"))


def test_wrong_keys_are_refused(bucket):
    for wrong in (
        Bucket(bucket.name, bucket.endpoint, bucket.access_key, "not the secret"),
        Bucket(bucket.name, bucket.endpoint, "nobody", bucket.secret_key),
    ):
        store = S3Objects(wrong)
        for ask in (
            lambda: store.put(b"x"),  # noqa: B023 - called within this turn of the loop
            lambda: store.get("0" * 64),  # noqa: B023 - the same
            store.check,
            lambda: prepare_bucket(wrong),  # noqa: B023 - the same
        ):
            with pytest.raises(UnavailableError, match="refuses our keys"):
                ask()
        store.close()


def test_a_secret_is_never_shown(bucket):
    assert bucket.secret_key not in repr(bucket)


def test_a_missing_bucket_is_unavailable_and_not_an_object_that_was_not_found(bucket):
    missing = Bucket("no-such-bucket", bucket.endpoint, bucket.access_key, bucket.secret_key)
    store = S3Objects(missing)
    for ask in (lambda: store.get("0" * 64), lambda: store.put(b"x"), store.check):
        with pytest.raises(UnavailableError, match="bucket"):
            ask()
    store.close()


def test_a_bucket_is_prepared_once_and_again_with_versions(server, bucket):
    prepare_bucket(bucket)
    assert client_of(server).get_bucket_versioning(bucket.name).status == "Enabled"


def test_under_retention_nobody_deletes_an_object(server):
    name = f"locked-{chance.reference(8)}"
    bucket = Bucket(name, server.endpoint, server.access_key, server.secret_key)
    prepare_bucket(bucket, Retention(days=30))
    prepare_bucket(bucket, Retention(days=7))  # never shortened
    client = client_of(server)
    assert client.get_object_lock_config(name).duration == 30
    store = S3Objects(bucket)
    digest = store.put(b"kept by law")
    (version,) = client.list_objects(name, "", True, include_version=True)
    with pytest.raises(minio.error.S3Error, match="AccessDenied"):
        client.remove_object(name, version.object_name, version_id=version.version_id)
    assert store.get(digest) == b"kept by law"
    store.close()


def test_retention_is_refused_for_a_bucket_made_without_object_lock(bucket):
    with pytest.raises(ConflictError):
        prepare_bucket(bucket, Retention(days=1))


def test_a_store_that_is_down_is_unavailable_and_goes_on_when_it_is_back():
    with s3() as server:
        bucket = Bucket("comes-and-goes", server.endpoint, server.access_key, server.secret_key)
        prepare_bucket(bucket)
        store = S3Objects(bucket, give_up=timedelta(seconds=1))
        digest = store.put(b"before")
        server.stop()
        for ask in (
            lambda: store.put(b"meanwhile"),
            lambda: store.put_many([b"meanwhile", b"too"]),
            lambda: store.get(digest),
            lambda: store.has(digest),
            store.check,
            lambda: prepare_bucket(bucket),
        ):
            with pytest.raises(UnavailableError) as told:
                ask()
            assert told.value.remedy
        server.start()
        assert store.get(digest) == b"before"
        assert store.get(store.put(b"meanwhile")) == b"meanwhile"
        store.close()


def test_a_server_that_accepts_and_never_answers_is_given_up():
    import socket  # noqa: PLC0415 - only here

    (port,) = free_ports(1)
    with socket.create_server(("127.0.0.1", port)):
        store = S3Objects(
            Bucket("silent", f"http://127.0.0.1:{port}", "a", "b"),
            timeout=timedelta(milliseconds=200),
            give_up=timedelta(milliseconds=300),
        )
        with pytest.raises(UnavailableError):
            store.put(b"x")
        store.close()
