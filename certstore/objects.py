"""Objects: immutable bytes, kept under the SHA-256 of what they are.

What a store promises, whichever it is (certstore/storage/objects_*.py keep the promises):
what `put` returned survives the loss of power; the same bytes may be put any number of times;
other bytes under a digest are refused; `get` gives back exactly what was put or raises.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Protocol

from certstore.errors import CertstoreError, MalformedError, TooLargeError

LARGEST_OBJECT = 64 * 1024 * 1024  # bytes; photos and documents are far smaller


class DigestMismatchError(CertstoreError):
    """Bytes are not what their digest says: refused when put, damaged or tampered when got."""

    code = "internal"


class ObjectStore(Protocol):
    """Keeps bytes by digest (lower-case hex SHA-256, 64 characters)."""

    def put(self, data: bytes, *, digest: str | None = None) -> str:
        """Keep the bytes and return their digest; durable and readable when this returns.

        With `digest`, raises DigestMismatchError if the bytes are others, and keeps nothing.
        Raises TooLargeError above 64 MiB, UnavailableError if it cannot be said to be kept:
        then put again, which is always safe.
        """
        ...

    def put_many(self, items: Sequence[bytes]) -> tuple[str, ...]:
        """Keep a batch for the price of about one, and return the digests in order.

        If it raises, some of the batch may be kept and none may be relied on.
        """
        ...

    def get(self, digest: str) -> bytes:
        """The bytes, checked against the digest.

        Raises NotFoundError, DigestMismatchError if they were changed, UnavailableError.
        """
        ...

    def has(self, digest: str) -> bool:
        """Whether the store holds the object; says nothing about whether it is undamaged."""
        ...

    def check(self) -> None:
        """Raise UnavailableError or DigestMismatchError unless the store can be used now."""
        ...

    def close(self) -> None:
        """Let go of files and connections; nothing is lost if it is never called."""
        ...


def digest_of(data: bytes) -> str:
    """The digest an object is kept under: SHA-256, 64 lower-case hex characters."""
    return hashlib.sha256(data).hexdigest()


def require_digest(text: str) -> str:
    """Return the text if it is written as a digest, or raise MalformedError."""
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise MalformedError("an object's digest is 64 lower-case hexadecimal characters")
    return text


def admit(data: bytes, digest: str | None = None) -> str:
    """The digest of bytes about to be put, after the checks every store makes."""
    if len(data) > LARGEST_OBJECT:
        raise TooLargeError(
            f"an object has at most {LARGEST_OBJECT} bytes, this one has {len(data)}",
            limit=LARGEST_OBJECT,
        )
    actual = digest_of(data)
    if digest is not None and require_digest(digest) != actual:
        raise DigestMismatchError(
            "these are other bytes than the digest says; nothing was kept",
            where=digest,
            remedy="send the bytes again, or put them under their own digest",
        )
    return actual


def require_match(data: bytes, digest: str, *, where: str) -> bytes:
    """The bytes that came out of a store, or DigestMismatchError if they are not those put."""
    if digest_of(data) != digest:
        raise DigestMismatchError(
            "stored bytes are no longer what was put: damaged, or changed by somebody",
            where=where,
            remedy="restore this object from the backup; the damaged bytes are left as they are",
            digest=digest,
        )
    return data
