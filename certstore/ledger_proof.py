"""The one-file proof of an access, and how it is judged without us: no IO, no database.

What a proof file need not show it may leave out: the record with its salt, or the subject with
its key. What is left out is not judged, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from certstore import merkle
from certstore.errors import MalformedError
from certstore.leaves import Leaf
from certstore.signed_note import Checkpoint, Note, VerifierKey, open_checkpoint
from certstore.strict_json import parse_json_strict
from certstore.witness_policy import WitnessPolicy

_MAX_PROOF = 262_144
_MAX_STEPS = 64
_HASH_HEX = 64
_MEMBERS = frozenset(
    {
        *("leaf_hash", "leaf_index", "tree_size", "root", "audit_path", "checkpoint", "vkey"),
        *("leaf", "record", "salt", "subject"),
    }
)
_OF_SUBJECT = frozenset({"id_number", "key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessProof:
    """That an access stands in the ledger, what it was, and whom it concerned; hashes in hex.

    `leaf` are the bytes that were hashed, `note` is a signed checkpoint; `record` and `salt`, and
    `id_number` and `subject_key`, come in pairs or not at all.
    """

    leaf_hash: str
    leaf_index: int
    tree_size: int
    root: str
    audit_path: tuple[str, ...]
    note: str = ""
    leaf: bytes | None = None
    record: Mapping[str, Any] | None = None
    salt: bytes | None = None
    id_number: str | None = None
    subject_key: bytes | None = None

    def place_as_json(self) -> dict[str, Any]:
        """Where the leaf stands, which says nothing about anybody."""
        return {
            "leaf_hash": self.leaf_hash,
            "leaf_index": self.leaf_index,
            "tree_size": self.tree_size,
            "root": self.root,
            "audit_path": list(self.audit_path),
        }

    def as_json(self, vkey: str) -> dict[str, Any]:
        """The whole file, as the person concerned takes it away."""
        body = {**self.place_as_json(), "checkpoint": self.note, "vkey": vkey}
        if self.leaf is not None:
            body["leaf"] = self.leaf.decode()
        if self.record is not None and self.salt is not None:
            body |= {"record": dict(self.record), "salt": self.salt.hex()}
        if self.id_number is not None and self.subject_key is not None:
            body["subject"] = {"id_number": self.id_number, "key": self.subject_key.hex()}
        return body


@dataclass(frozen=True, slots=True)
class Check:
    """One step of a judgement; `passed` is None where the file does not show what it needs."""

    name: str
    passed: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found; good when the place is proven and nothing that is shown is wrong."""

    checks: tuple[Check, ...]

    @property
    def good(self) -> bool:
        """Whether every step that could be taken was passed."""
        return all(check.passed is not False for check in self.checks)


def judge_witnesses(note: Note, key: VerifierKey, policy: WitnessPolicy | None) -> Check | None:
    """Whether a quorum of witnesses has cosigned a checkpoint; None where none did or must.

    Without a policy cosignatures are told and not judged. Not checked here: when they were made,
    which the detail says (seconds since 1970 as UTC).
    """
    others = [s for s in note.signatures if (s.name, s.key_id) != (key.name, key.key_id)]
    if policy is None:
        named = ", ".join(s.name if s.name.isprintable() else ascii(s.name) for s in others)
        told = f"{len(others)} further signatures, not judged without a policy: {named}"
        return Check("witnesses", None, told) if others else None
    try:
        found = policy.cosigned(note)
    except MalformedError as error:
        return Check("witnesses", passed=False, detail=f"{error.detail}: {error.where}")
    named = ", ".join(f"{c.witness.name} at {_moment(c.at)}" for c in found) or "nobody"
    enough = policy.satisfied_by(found)
    return Check("witnesses", enough, f"{'' if enough else 'no quorum: '}cosigned by {named}")


def _moment(at: int) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return f"{at} s"


def read_proof(data: bytes) -> AccessProof:
    """Read a proof file; MalformedError if it is none. Members it need not have are left out."""
    said = parse_json_strict(data, max_bytes=_MAX_PROOF)
    if not isinstance(said, dict):
        _refuse("a proof file is one JSON object", "proof")
    if said.keys() - _MEMBERS:
        _refuse("a member that no proof file has; nobody would judge it", "proof")
    path = said.get("audit_path")
    if not isinstance(path, list) or len(path) > _MAX_STEPS:
        _refuse(f"audit_path is a list of at most {_MAX_STEPS} hashes", "audit_path")
    subject = said.get("subject", {})
    if not isinstance(subject, dict) or not isinstance(said.get("record", {}), dict):
        _refuse("record and subject are objects", "record")
    if ("record" in said) != ("salt" in said):
        _refuse("record and salt come together, or not at all", "record")
    if subject.keys() - _OF_SUBJECT:
        _refuse("a subject has an id_number and a key", "subject")
    _text({"vkey": "", **said}, "vkey")
    leaf = _text(said, "leaf") if "leaf" in said else None
    return AccessProof(
        leaf_hash=_hex(said.get("leaf_hash"), "leaf_hash"),
        leaf_index=_count(said.get("leaf_index"), "leaf_index"),
        tree_size=_count(said.get("tree_size"), "tree_size"),
        root=_hex(said.get("root"), "root"),
        audit_path=tuple(_hex(step, "audit_path") for step in path),
        note=_text(said, "checkpoint") if "checkpoint" in said else "",
        leaf=None if leaf is None else leaf.encode(),
        record=said.get("record"),
        salt=bytes.fromhex(_hex(said["salt"], "salt", None)) if "salt" in said else None,
        id_number=_text(subject, "id_number") if "subject" in said else None,
        subject_key=bytes.fromhex(_hex(subject.get("key"), "subject")) if subject else None,
    )


def judge_proof(proof: AccessProof, checkpoint: Checkpoint) -> Judged:
    """Judge a proof against a checkpoint whose signature was checked already.

    1. the path leads from the leaf to the signed root; 2. the leaf is the one that was hashed, of
    this ledger; 3. the record is the one it commits to; 4. it concerns the person that is named.
    """
    checks = [_judge_path(proof, checkpoint)]
    leaf = _read_leaf(proof)
    checks.append(_judge_leaf(proof, leaf, checkpoint))
    checks.append(_judge_record(proof, leaf))
    checks.append(_judge_subject(proof, leaf))
    return Judged(tuple(checks))


def judge_signed_proof(
    proof: AccessProof, note: str, vkey: str, policy: WitnessPolicy | None = None
) -> Judged:
    """Judge a proof with a signed checkpoint: its signature by the ledger's vkey line comes first.

    Raises MalformedError where it cannot be judged: a checkpoint of another size than the proof's.
    """
    try:
        opened = open_checkpoint(note, vkey)
    except MalformedError as error:
        return Judged((Check("checkpoint", passed=False, detail=error.detail),))
    if opened.size != proof.tree_size:
        raise MalformedError(
            f"the checkpoint covers {opened.size} leaves, the proof was made for {proof.tree_size}",
            where="checkpoint",
            remedy="judge with the checkpoint in the proof file, or download the proof again",
        )
    signed = Check("checkpoint", passed=True, detail=f"signed by {opened.origin}")
    witnesses = judge_witnesses(Note.parse(note), VerifierKey.parse(vkey), policy)
    seen = (signed,) if witnesses is None else (signed, witnesses)
    return Judged((*seen, *judge_proof(proof, opened).checks))


def _judge_path(proof: AccessProof, checkpoint: Checkpoint) -> Check:
    same_tree = proof.tree_size == checkpoint.size and proof.root == checkpoint.root.hex()
    leads = merkle.verify_inclusion(
        bytes.fromhex(proof.leaf_hash),
        proof.leaf_index,
        checkpoint.size,
        [bytes.fromhex(step) for step in proof.audit_path],
        checkpoint.root,
    )
    return Check(
        "path",
        same_tree and leads,
        f"leaf {proof.leaf_index + 1} of {checkpoint.size}, to the root",
    )


def _read_leaf(proof: AccessProof) -> Leaf | None:
    if proof.leaf is None or merkle.leaf_hash(proof.leaf).hex() != proof.leaf_hash:
        return None
    try:
        return Leaf.parse(proof.leaf)
    except MalformedError:
        return None


def _judge_leaf(proof: AccessProof, leaf: Leaf | None, checkpoint: Checkpoint) -> Check:
    if proof.leaf is None:
        return Check("leaf", None, "not in the file")
    if leaf is None or leaf.log != checkpoint.origin:
        return Check(
            "leaf", passed=False, detail="not the one that was hashed, or another ledger's"
        )
    said = f"{leaf.kind} at {leaf.at}, by {leaf.client}, for {leaf.purpose}"
    return Check("leaf", passed=True, detail=said)


def _judge_record(proof: AccessProof, leaf: Leaf | None) -> Check:
    if proof.leaf is None or proof.record is None or proof.salt is None:
        return Check("record", None, "not in the file")
    fits = leaf is not None and leaf.fits(proof.record, proof.salt)
    return Check("record", fits, "what was recorded at that time" if fits else "another record")


def _judge_subject(proof: AccessProof, leaf: Leaf | None) -> Check:
    if proof.leaf is None or proof.id_number is None or proof.subject_key is None:
        return Check("subject", None, "not in the file")
    holds = leaf is not None and leaf.concerns(proof.id_number, proof.subject_key)
    return Check("subject", holds, "the person named" if holds else "somebody else, or nobody")


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        _refuse(f"{name} is a text", name)
    return value


def _count(value: object, name: str) -> int:
    if type(value) is not int or value < 0:
        _refuse(f"{name} is a whole number, 0 or more", name)
    return value


def _hex(value: object, name: str, length: int | None = _HASH_HEX) -> str:
    """Lower-case hexadecimal of that many figures; one spelling, so that texts can be compared."""
    figures = value if isinstance(value, str) else ""
    if (length or len(figures)) != len(figures) or len(figures) % 2 or len(figures) > _HASH_HEX:
        _refuse(f"{name} is hexadecimal, a hash has {_HASH_HEX} figures", name)
    if not figures or set(figures) - set("0123456789abcdef"):
        _refuse(f"{name} is lower-case hexadecimal", name)
    return figures


def _refuse(detail: str, where: str) -> NoReturn:
    raise MalformedError(
        detail, where=where, remedy="download the proof again, and hand it in as it is"
    )
