"""What a leaf of the ledger says in public, and what it commits to (docs/adr/0011).

Both commitments of a leaf stand on a random salt of its own: two leaves about one person have
nothing in common that others could see, and what is shown of one leaf opens no other.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn, Self

from certstore import jcs
from certstore.errors import MalformedError
from certstore.strict_json import parse_json_strict

LEAF_VERSION = 2
SALT_BYTES = 16
_FIRST_VERSION = 1
_MAX_LEAF = 4096
_LABEL = b"certstore ledger leaf 2\x00"
_TEXTS = (
    *("log", "kind", "at", "client", "agency", "purpose"),
    *("subject_commitment", "payload_commitment"),
)
_MEMBERS = ("v", *_TEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf; `at` is ISO 8601, in whole minutes since version 2, commitments are in hex."""

    v: int
    log: str
    kind: str
    at: str
    client: str
    agency: str
    purpose: str
    subject_commitment: str
    payload_commitment: str

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a leaf of either version; MalformedError if it is none."""
        said = parse_json_strict(data, max_bytes=_MAX_LEAF, max_depth=1)
        if not isinstance(said, dict) or said.keys() != {"v", *_TEXTS}:
            _refuse("a leaf has other members than a leaf has")
        if type(said["v"]) is not int or not _FIRST_VERSION <= said["v"] <= LEAF_VERSION:
            _refuse("a leaf of a version that is not known here")
        if not all(isinstance(said[name], str) for name in _TEXTS):
            _refuse("a member of a leaf is not a text")
        return cls(**said)

    def written(self) -> bytes:
        """The bytes that are hashed: canonical JSON (RFC 8785)."""
        return jcs.canonical({name: getattr(self, name) for name in _MEMBERS})

    def fits(self, record: Mapping[str, Any], salt: bytes) -> bool:
        """Whether this is the leaf of that record: its commitment, its kind and its time."""
        try:
            committed = payload_commitment(salt, record)
        except (TypeError, ValueError):  # what has no canonical JSON was never committed to
            return False
        return (
            self.payload_commitment == committed
            and self.kind == record.get("kind")
            and self.at == _time_of(record, self.v)
        )

    def concerns(self, id_number: str, subject_key: bytes) -> bool:
        """Whether it is about the person of that number; the key is that of `subject_key`."""
        if self.v == _FIRST_VERSION and not id_number:
            return not self.subject_commitment  # about nobody known, and said so
        return self.subject_commitment == subject_commitment(subject_key, id_number)


@lru_cache(maxsize=64)  # accesses that are recorded together are of one moment
def whole_minute(at: datetime) -> str:
    """A leaf's time: the minute, so that nobody is found by having been somewhere at a second."""
    return at.astimezone(UTC).replace(second=0, microsecond=0).isoformat()


def payload_commitment(salt: bytes, record: Mapping[str, Any]) -> str:
    """SHA-256 over salt and the record's canonical JSON (RFC 8785), in hex."""
    return hashlib.sha256(salt + jcs.canonical(dict(record))).hexdigest()


def subject_commitment(subject_key: bytes, id_number: str) -> str:
    """HMAC-SHA-256 over the identity number with the leaf's subject key, in hex."""
    return hmac.digest(subject_key, id_number.encode(), "sha256").hex()


def subject_key(version: int, person_key: bytes, salt: bytes) -> bytes:
    """The key of a leaf's subject commitment: HMAC-SHA-256 over the leaf's salt.

    It may be shown with its leaf: neither the person's key nor another leaf's follows from it.
    In version 1 it was the person's key itself. `person_key` is empty where an access concerns
    nobody known; such a leaf looks like any other.
    """
    if version == _FIRST_VERSION:
        return person_key
    return hmac.digest(person_key, _LABEL + salt, "sha256")


def _time_of(record: Mapping[str, Any], version: int) -> str:
    """The time a record's leaf must say; empty if the record has none."""
    said = record.get("at")
    if not isinstance(said, str) or version == _FIRST_VERSION:
        return said if isinstance(said, str) else ""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return ""
    return whole_minute(at) if at.tzinfo else ""


def _refuse(detail: str) -> NoReturn:
    raise MalformedError(detail, where="leaf", remedy="take the leaf as the ledger lists it")
