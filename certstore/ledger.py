"""The tamper-evident record of every access: leaves, checkpoints, proofs.

A leaf commits to the full record without holding it: erase the record's salt and the
person's key, and the leaf says nothing about anybody while every proof still holds. No two
leaves about one person can be told to be so (docs/adr/0011).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from certstore import merkle
from certstore.chance import random_bytes, reference
from certstore.clock import Clock
from certstore.errors import MalformedError, NotFoundError
from certstore.keys import KeySigner, Signer
from certstore.leaves import (
    LEAF_VERSION,
    SALT_BYTES,
    Leaf,
    payload_commitment,
    subject_commitment,
    subject_key,
    whole_minute,
)
from certstore.ledger_proof import AccessProof, Check, Judged, judge_proof
from certstore.signed_note import Checkpoint, open_checkpoint, sign_checkpoint, verifier_key
from certstore.tables.books import Archive, Books
from certstore.tables.ledger import StoredCheckpoint, recording
from certstore.tables.people import Person
from certstore.tables.usage import UsageEntry
from certstore.tokens import sign_compact
from certstore.witness_policy import WitnessPolicy
from certstore.witnessing import cosigned, newest_cosigned

MAX_MERGE_DELAY_S = 60
ERASURE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One access to record: who, what for, about whom, and everything the citizen may see of it.

    `kind` is issue, status, pull, verify, scan, present, look, review, relative or erase.
    `case_ref` is another person's case that relied on a record of this one; it stands beside the
    record, not in it. `given_of` is the certificate that the client was given something of; none,
    if nothing.
    """

    kind: str
    at: datetime
    client: str
    agency: str
    purpose: str
    person: Person | None
    record: Mapping[str, Any]
    case_ref: str | None = None
    given_of: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an access was recorded; `leaf_hash` in hex."""

    usage_ref: str
    leaf_index: int
    leaf_hash: str


def record_access(books: Books, origin: str, access: Access) -> Recorded:
    """Write the usage row and its leaf in the transaction of what is released.

    Raises LedgerUnavailableError if they cannot be written; then nothing may be released.
    """
    return record_accesses(books, origin, [access])[0]


def record_accesses(books: Books, origin: str, accesses: Sequence[Access]) -> list[Recorded]:
    """The same for several at once, in their order: a few statements for all of them."""
    if not accesses:
        return []
    salts = [random_bytes(SALT_BYTES) for _ in accesses]
    records = [{**each.record, "kind": each.kind, "at": each.at.isoformat()} for each in accesses]
    leaves = [_leaf(origin, *each) for each in zip(accesses, records, salts, strict=True)]
    with recording():
        first = books.ledger.append_all(leaves)
        entries = [
            _entry(first + place, *each)
            for place, each in enumerate(zip(accesses, records, salts, strict=True))
        ]
        books.usage.add(*entries)
    return [
        Recorded(entry.ref, entry.leaf_index, merkle.leaf_hash(leaf).hex())
        for entry, leaf in zip(entries, leaves, strict=True)
    ]


def _entry(index: int, access: Access, record: dict[str, Any], salt: bytes) -> UsageEntry:
    return UsageEntry(
        ref=reference(),
        person_id=access.person.id if access.person else None,
        kind=access.kind,
        at=access.at,
        record=record,
        salt=salt,
        leaf_index=index,
        case_ref=access.case_ref,
        client=access.client if access.given_of else None,
        certificate_ref=access.given_of,
    )


def _leaf(origin: str, access: Access, record: Mapping[str, Any], salt: bytes) -> bytes:
    person = access.person
    key = subject_key(LEAF_VERSION, person.subject_key if person else b"", salt)
    leaf = Leaf(
        v=LEAF_VERSION,
        log=origin,
        kind=access.kind,
        at=whole_minute(access.at),
        client=access.client,
        agency=access.agency,
        purpose=access.purpose,
        subject_commitment=subject_commitment(key, person.holder.id_number if person else ""),
        payload_commitment=payload_commitment(salt, record),
    )
    return leaf.written()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDesk:
    """Signs checkpoints and gives proofs."""

    archive: Archive
    signer: KeySigner
    clock: Clock
    origin: str
    policy: WitnessPolicy | None = None  # whose cosignatures make a checkpoint worth proving by

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

    def published(self) -> str:
        """The newest checkpoint's note with the cosignatures there are; NotFoundError as above."""
        head = self.latest()
        with self.archive.reading() as books:
            return cosigned(books, head)

    def inclusion(self, leaf_index: int) -> AccessProof:
        """Prove that a leaf stands in the tree of the newest checkpoint."""
        head = self._covering(leaf_index + 1)
        with self.archive.reading() as books:
            leaf = books.ledger.leaf(leaf_index)
            path = merkle.inclusion_path(leaf_index, head.size, books.ledger.node)
            note = cosigned(books, head)
        return AccessProof(
            leaf_hash=merkle.leaf_hash(leaf).hex(),
            leaf_index=leaf_index,
            tree_size=head.size,
            root=head.root.hex(),
            audit_path=tuple(step.hex() for step in path),
            note=note,
            leaf=leaf,
        )

    def proof(self, entry: UsageEntry) -> AccessProof:
        """Prove an access to the person it concerns: its place, its record, and that it is theirs.

        The key shown is that leaf's own and opens no other.
        """
        proof = self.inclusion(entry.leaf_index)
        if entry.person_id is None or entry.salt is None:
            return proof
        with self.archive.reading() as books:
            person = books.people.get(entry.person_id)
        version = _version(proof.leaf)
        return replace(
            proof,
            record=entry.record,
            salt=entry.salt,
            id_number=person.holder.id_number,
            subject_key=subject_key(version, person.subject_key, entry.salt),
        )

    def judge(self, proof: AccessProof) -> tuple[Judged, datetime]:
        """Judge a proof just made, as a stranger would; and when its checkpoint was signed."""
        with self.archive.reading() as books:
            head = books.ledger.checkpoint_of(proof.tree_size)
        try:
            opened = open_checkpoint(proof.note, self.vkey())
        except MalformedError as error:
            return Judged((Check("checkpoint", passed=False, detail=error.detail),)), head.made_at
        return judge_proof(proof, opened), head.made_at

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
        """Leaves as they were hashed, as far as the newest checkpoint covers them, for monitors.

        A younger leaf is not listed: who watches the list learns no moment from its growth.
        """
        with self.archive.reading() as books:
            head = books.ledger.checkpoint()
            count = min(count, (head.size if head else 0) - start)
            leaves = books.ledger.entries(start, count) if count > 0 else []
        return [json.loads(leaf) for leaf in leaves]

    def _covering(self, size: int) -> StoredCheckpoint:
        with self.archive.reading() as books:
            last, grown = books.ledger.checkpoint(), books.ledger.size()
            agreed = newest_cosigned(books, self.policy, size) if self.policy else None
        if size > grown:
            raise NotFoundError("the ledger has no such leaf", where=str(size - 1))
        if agreed is not None:  # an older tree that witnesses vouch for proves more
            return agreed
        return last if last is not None and last.size >= size else self.checkpoint()


def receipt(recorded: Recorded, signer: Signer, issuer: str, at: datetime, **more: object) -> str:
    """The signed promise that the access will stand in the ledger within the delay it names.

    `more` are further claims; none of them may be a personal datum.
    """
    return sign_compact(
        {
            "iss": issuer,
            "iat": int(at.timestamp()),
            "usage": recorded.usage_ref,
            "leaf_index": recorded.leaf_index,
            "leaf_hash": recorded.leaf_hash,
            "max_merge_delay_s": MAX_MERGE_DELAY_S,
            **more,
        },
        typ="receipt+jwt",
        signer=signer,
    )


def _version(leaf: bytes | None) -> int:
    """The version of a leaf; of what is none, the newest, and its judgement says so."""
    try:
        return Leaf.parse(leaf or b"").v
    except MalformedError:
        return LEAF_VERSION
