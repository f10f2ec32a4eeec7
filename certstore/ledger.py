"""The tamper-evident record of every access: leaves, checkpoints, proofs.

A leaf commits to the full record without holding it: erase the record's salt and the
person's key, and the leaf says nothing about anybody while every proof still holds.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ed25519

from certstore import merkle
from certstore.chance import random_bytes, reference
from certstore.clock import Clock
from certstore.errors import NotFoundError
from certstore.keys import KeySigner, Signer
from certstore.signed_note import Checkpoint, sign_checkpoint, verifier_key
from certstore.tables.books import Archive, Books
from certstore.tables.ledger import StoredCheckpoint
from certstore.tables.people import Person
from certstore.tables.usage import UsageEntry
from certstore.tokens import sign_compact

MAX_MERGE_DELAY_S = 60
LEAF_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One access to record: who, what for, about whom, and everything the citizen may see of it.

    `kind` is issue, status, pull, scan, present, look or review.
    """

    kind: str
    at: datetime
    client: str
    agency: str
    purpose: str
    person: Person | None
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an access was recorded; `leaf_hash` in hex."""

    usage_ref: str
    leaf_index: int
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That a leaf stands in the tree of a checkpoint (`note`, signed); hashes in hex."""

    leaf_hash: str
    leaf_index: int
    tree_size: int
    root: str
    audit_path: tuple[str, ...]
    note: str

    def as_json(self) -> dict[str, Any]:
        """The proof file a citizen can check without us."""
        return {
            "leaf_hash": self.leaf_hash,
            "leaf_index": self.leaf_index,
            "tree_size": self.tree_size,
            "root": self.root,
            "audit_path": list(self.audit_path),
        }

    def holds(self) -> bool:
        """Whether the path leads to the root."""
        return merkle.verify_inclusion(
            bytes.fromhex(self.leaf_hash),
            self.leaf_index,
            self.tree_size,
            [bytes.fromhex(step) for step in self.audit_path],
            bytes.fromhex(self.root),
        )


def record_access(books: Books, origin: str, access: Access) -> Recorded:
    """Write the usage row and its leaf in the transaction of what is released."""
    salt = random_bytes(16)
    record = {**access.record, "kind": access.kind, "at": access.at.isoformat()}
    leaf = rfc8785.dumps(
        {
            "v": LEAF_VERSION,
            "log": origin,
            "kind": access.kind,
            "at": access.at.isoformat(),
            "client": access.client,
            "agency": access.agency,
            "purpose": access.purpose,
            "subject_commitment": access.person.commitment() if access.person else "",
            "payload_commitment": payload_commitment(salt, record),
        }
    )
    index = books.ledger.append(leaf)
    entry = UsageEntry(
        ref=reference(),
        person_id=access.person.id if access.person else None,
        kind=access.kind,
        at=access.at,
        record=record,
        salt=salt,
        leaf_index=index,
    )
    books.usage.add(entry)
    return Recorded(entry.ref, index, merkle.leaf_hash(leaf).hex())


def payload_commitment(salt: bytes, record: Mapping[str, Any]) -> str:
    """SHA-256 over salt and the record's canonical JSON (RFC 8785), in hex."""
    return hashlib.sha256(salt + rfc8785.dumps(dict(record))).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDesk:
    """Signs checkpoints and gives proofs."""

    archive: Archive
    signer: KeySigner
    clock: Clock
    origin: str

    @property
    def public_key(self) -> ed25519.Ed25519PublicKey:
        """The key checkpoints are signed with."""
        key = self.signer.public_key
        if not isinstance(key, ed25519.Ed25519PublicKey):
            raise TypeError("the ledger's key is not Ed25519")
        return key

    def vkey(self) -> str:
        """The line by which others check our checkpoints (C2SP signed note)."""
        return verifier_key(self.origin, self.public_key)

    def checkpoint(self) -> StoredCheckpoint:
        """The newest checkpoint, made now if the ledger has grown since the last."""
        with self.archive.writing() as books:
            last = books.ledger.checkpoint()
            size = books.ledger.size()
            if last is not None and last.size == size:
                return last
            root = merkle.root(size, books.ledger.node)
            note = sign_checkpoint(
                Checkpoint(self.origin, size, root), self.signer, self.public_key
            )
            made = StoredCheckpoint(size, root, note, self.clock.now())
            books.ledger.save_checkpoint(made)
            return made

    def latest(self) -> StoredCheckpoint:
        """The newest checkpoint there is; NotFoundError before the first."""
        with self.archive.reading() as books:
            last = books.ledger.checkpoint()
        if last is None:
            raise NotFoundError("there is no checkpoint yet", remedy="ask again in a minute")
        return last

    def inclusion(self, leaf_index: int) -> InclusionProof:
        """Prove that a leaf stands in the tree of the newest checkpoint."""
        head = self._covering(leaf_index + 1)
        with self.archive.reading() as books:
            leaf = merkle.leaf_hash(books.ledger.leaf(leaf_index))
            path = merkle.inclusion_path(leaf_index, head.size, books.ledger.node)
        return InclusionProof(
            leaf_hash=leaf.hex(),
            leaf_index=leaf_index,
            tree_size=head.size,
            root=head.root.hex(),
            audit_path=tuple(step.hex() for step in path),
            note=head.note,
        )

    def consistency(self, old: int, new: int) -> list[str]:
        """Prove that the tree of `new` leaves begins with that of `old`; hashes in hex."""
        head = self.latest()
        if not 0 <= old <= new <= head.size:
            raise NotFoundError(
                "sizes must be ordered and lie within the newest checkpoint", where=f"{old}..{new}"
            )
        with self.archive.reading() as books:
            return [step.hex() for step in merkle.consistency_path(old, new, books.ledger.node)]

    def entries(self, start: int, count: int) -> list[dict[str, Any]]:
        """Leaves as they were hashed, for monitors."""
        with self.archive.reading() as books:
            return [json.loads(leaf) for leaf in books.ledger.entries(start, count)]

    def audit(self) -> tuple[bool, str]:
        """Recompute the root from the leaves, compare it with the checkpoint, count usage rows."""
        with self.archive.reading() as books:
            head = books.ledger.checkpoint()
            size, rows = books.ledger.size(), books.usage.count()
            rebuilt = _rebuilt_root(books, head.size) if head else b""
        if size != rows:
            return False, f"{size} leaves and {rows} accesses"
        if head is not None and rebuilt != head.root:
            return False, "the leaves do not give the root that was signed"
        return True, f"{size} leaves, as many accesses, and the signed root"

    def _covering(self, size: int) -> StoredCheckpoint:
        with self.archive.reading() as books:
            last, grown = books.ledger.checkpoint(), books.ledger.size()
        if size > grown:
            raise NotFoundError("the ledger has no such leaf", where=str(size - 1))
        return last if last is not None and last.size >= size else self.checkpoint()


def receipt(recorded: Recorded, signer: Signer, issuer: str, at: datetime) -> str:
    """The signed promise that the access will stand in the ledger within the delay it names."""
    return sign_compact(
        {
            "iss": issuer,
            "iat": int(at.timestamp()),
            "usage": recorded.usage_ref,
            "leaf_index": recorded.leaf_index,
            "leaf_hash": recorded.leaf_hash,
            "max_merge_delay_s": MAX_MERGE_DELAY_S,
        },
        typ="receipt+jwt",
        signer=signer,
    )


def _rebuilt_root(books: Books, size: int) -> bytes:
    nodes: dict[tuple[int, int], bytes] = {}
    index = 0
    while index < size:
        leaves = books.ledger.entries(index, size - index)
        if not leaves:
            return b""  # fewer leaves than were signed: no root can be theirs
        for leaf in leaves:
            done = merkle.completed_nodes(
                index, merkle.leaf_hash(leaf), lambda level, place: nodes[level, place]
            )
            nodes.update({(level, place): value for level, place, value in done})
            index += 1
    return merkle.root(size, lambda level, place: nodes[level, place])
