"""Objects in S3 (MinIO or any other): `obstore` carries the bytes, `minio` keeps the bucket.

Every put is conditional (If-None-Match: *), so that bytes under a digest are never written
over; a bucket made here has versions and object lock, so that nobody else can do it either.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import minio
import obstore
import urllib3
from minio.commonconfig import ENABLED
from minio.objectlockconfig import DAYS, YEARS, ObjectLockConfig
from minio.versioningconfig import VersioningConfig
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from certstore.errors import ConflictError, NotFoundError, UnavailableError
from certstore.objects import (
    LARGEST_OBJECT,
    DigestMismatchError,
    admit,
    require_digest,
    require_match,
)

_TIMEOUT = timedelta(seconds=20)  # for one request with its bytes
_CONNECT_TIMEOUT = timedelta(seconds=3)
_GIVE_UP = timedelta(seconds=30)  # for all attempts at one request
_ANY_DIGEST = "0" * 64
_REFUSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidTokenId"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where objects are kept, and the keys that open it."""

    name: str
    endpoint: str  # http(s)://host:port, no path
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days nobody may delete an object; under COMPLIANCE not even the owner."""

    days: int
    mode: Literal["COMPLIANCE", "GOVERNANCE"] = "COMPLIANCE"


class S3Objects:
    """An ObjectStore (see certstore/objects.py) in a bucket; safe for threads and processes."""

    def __init__(
        self,
        bucket: Bucket,
        *,
        timeout: timedelta = _TIMEOUT,
        give_up: timedelta = _GIVE_UP,
        parallel: int = 16,
    ) -> None:
        """Remember where; nothing is asked of the store until the first call (or `check`)."""
        self._bucket = bucket
        self._threads = ThreadPoolExecutor(parallel, thread_name_prefix="objects")
        self._store = S3Store(
            bucket.name,
            endpoint=bucket.endpoint,
            access_key_id=bucket.access_key,
            secret_access_key=bucket.secret_key,
            region=bucket.region,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": bucket.endpoint.startswith("http://"),
                "timeout": timeout,
                "connect_timeout": min(timeout, _CONNECT_TIMEOUT),
            },
            retry_config={"max_retries": 3, "retry_timeout": give_up},
        )

    def put(self, data: bytes, *, digest: str | None = None) -> str:
        """Keep the bytes and return their digest; durable as the store promises it."""
        actual = admit(data, digest)
        try:
            with self._trouble():
                obstore.put(self._store, _key(actual), data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            self.get(actual)  # changed bytes under this digest must not pass for kept
        return actual

    def put_many(self, items: Sequence[bytes]) -> tuple[str, ...]:
        """Keep a batch, several at a time, and return the digests in order."""
        digests = tuple(admit(data) for data in items)
        distinct = dict(zip(digests, items, strict=True))
        for _ in self._threads.map(self.put, distinct.values()):
            pass  # the first failure is raised here
        return digests

    def get(self, digest: str) -> bytes:
        """The bytes, checked against the digest."""
        with self._trouble(digest):
            found = obstore.get(self._store, _key(require_digest(digest)))
            if found.meta["size"] > LARGEST_OBJECT:
                raise DigestMismatchError("the stored object is larger than any put", where=digest)
            data = bytes(found.bytes())
        return require_match(data, digest, where=f"{self._bucket.name}/{_key(digest)}")

    def has(self, digest: str) -> bool:
        """Whether the bucket holds the object.

        Asks with GET and leaves the body: the answer to HEAD cannot say which is missing,
        the object or the whole bucket.
        """
        try:
            with self._trouble(digest):
                obstore.get(self._store, _key(require_digest(digest)))
        except NotFoundError:
            return False
        return True

    def check(self) -> None:
        """Raise UnavailableError unless the bucket answers and our keys open it."""
        self.has(_ANY_DIGEST)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown()

    @contextmanager
    def _trouble(self, digest: str | None = None) -> Iterator[None]:
        """Say an error of the store in the house's words."""
        try:
            yield
        except AlreadyExistsError:
            raise
        except FileNotFoundError as error:  # what obstore makes of 404
            if digest is None or "NoSuchBucket" in str(error):
                raise _no_bucket(self._bucket) from error
            raise NotFoundError("no such object is kept here", where=digest) from error
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise _keys_refused(self._bucket) from error
        except BaseError as error:
            raise _not_answering(self._bucket) from error


def prepare_bucket(bucket: Bucket, retention: Retention | None = None) -> None:
    """Make the bucket unless it is there, with versions, and with retention if it is asked for.

    Safe to repeat. A longer retention already set is left. Raises ConflictError if retention
    is asked of a bucket made without object lock, UnavailableError if the store is down.
    """
    client = minio.Minio(
        bucket.endpoint.split("://", 1)[1],
        access_key=bucket.access_key,
        secret_key=bucket.secret_key,
        region=bucket.region,
        secure=not bucket.endpoint.startswith("http://"),
        http_client=urllib3.PoolManager(
            timeout=urllib3.Timeout(
                connect=_CONNECT_TIMEOUT.total_seconds(), read=_TIMEOUT.total_seconds()
            ),
            retries=urllib3.Retry(2, backoff_factor=0.1),
        ),
    )
    try:
        _make_bucket(client, bucket, locked=retention is not None)
        if retention is not None:
            _set_retention(client, bucket, retention)
    except minio.error.S3Error as error:
        if error.code in _REFUSED:
            raise _keys_refused(bucket) from error
        raise _not_answering(bucket) from error
    except (minio.error.MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _not_answering(bucket) from error
    finally:
        client._http.clear()  # noqa: SLF001 - the client has no close of its own


def _make_bucket(client: minio.Minio, bucket: Bucket, *, locked: bool) -> None:
    """Make the bucket and turn versions on; another process may do the same at the same time."""
    if not client.bucket_exists(bucket.name):
        try:
            client.make_bucket(bucket.name, location=bucket.region, object_lock=locked)
        except minio.error.S3Error as error:
            if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise
    if client.get_bucket_versioning(bucket.name).status != ENABLED:
        client.set_bucket_versioning(bucket.name, VersioningConfig(ENABLED))


def _set_retention(client: minio.Minio, bucket: Bucket, retention: Retention) -> None:
    """Set the bucket's default retention unless it is at least as long already."""
    try:
        now = client.get_object_lock_config(bucket.name)
    except minio.error.S3Error as error:
        if error.code not in {"ObjectLockConfigurationNotFoundError", "NoSuchBucket"}:
            raise
        raise ConflictError(
            "the bucket was made without object lock, which cannot be added",
            where=bucket.name,
            remedy="make a new bucket and copy the objects, or run without retention",
        ) from error
    days = (now.duration or 0) * (365 if now.duration_unit == YEARS else 1)
    if now.mode != retention.mode or days < retention.days:
        rule = ObjectLockConfig(retention.mode, max(days, retention.days), DAYS)
        client.set_object_lock_config(bucket.name, rule)


def _key(digest: str) -> str:
    return f"sha256/{digest[:2]}/{digest}"


def _no_bucket(bucket: Bucket) -> UnavailableError:
    return UnavailableError(
        "the bucket of the object store does not exist",
        where=bucket.name,
        remedy="make it with prepare_bucket, or correct its name in the settings",
    )


def _keys_refused(bucket: Bucket) -> UnavailableError:
    return UnavailableError(
        "the object store refuses our keys",
        where=bucket.name,
        remedy="look at the access key, the secret key and the rights they have on this bucket",
    )


def _not_answering(bucket: Bucket) -> UnavailableError:
    return UnavailableError(
        "the object store does not answer as it should",
        where=f"{bucket.name} at {bucket.endpoint}",
        remedy="see whether it is up and can be reached, then try again",
    )
