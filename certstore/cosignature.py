"""Cosignatures of witnesses over a checkpoint (c2sp.org/tlog-cosignature, Ed25519, version 1).

A witness that cosigns says: at this time, this was the largest tree of this log that I have seen,
and it continues every one I cosigned before. Without such witnesses a log could show one history
to an auditor and another to a citizen, each soundly signed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ed25519

from certstore.errors import MalformedError
from certstore.keys import Signer
from certstore.signed_note import Note, Signature, VerifierKey, raw_key

COSIGNATURE = 4  # the signature type of a witness's key
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_LATEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's word whose signature was checked; `at` in seconds since 1970."""

    witness: VerifierKey
    at: int
    signature: Signature


def read_witness_key(vkey: str) -> VerifierKey:
    """A witness's vkey line; MalformedError if it is none (a log's key is not a witness's)."""
    return VerifierKey.parse(vkey, COSIGNATURE)


def witness_key(name: str, public_key: ed25519.Ed25519PublicKey) -> VerifierKey:
    """By what others check our cosignatures."""
    return VerifierKey(name, COSIGNATURE, raw_key(public_key))


def cosign(body: str, key: VerifierKey, signer: Signer, at: int) -> Signature:
    """Cosign a checkpoint's text at a time (seconds since 1970); the signer's key is Ed25519.

    Not checked here: anything about the log's history. Whoever calls has checked it.
    """
    value = at.to_bytes(_TIME_BYTES, "big") + signer.sign(_message(body, at))
    return Signature(key.name, key.key_id, value)


def cosignatures(note: Note, witnesses: Iterable[VerifierKey]) -> list[Cosignature]:
    """The cosignatures of these witnesses under a note, one each: the latest.

    Lines of anybody else are passed over. MalformedError for a line of one of these witnesses
    that is not its signature: somebody wrote it in their name.
    """
    found: dict[VerifierKey, Cosignature] = {}
    for witness in witnesses:
        for signature in note.signatures:
            if (signature.name, signature.key_id) != (witness.name, witness.key_id):
                continue
            read = _checked(note.body, witness, signature)
            if witness not in found or found[witness].at < read.at:
                found[witness] = read
    return list(found.values())


def _checked(body: str, witness: VerifierKey, signature: Signature) -> Cosignature:
    value = signature.value
    if len(value) != _TIME_BYTES + _SIGNATURE_BYTES:
        raise MalformedError("a cosignature of another length", where=witness.name)
    at = int.from_bytes(value[:_TIME_BYTES], "big")
    if at > _LATEST:
        raise MalformedError("a cosignature whose time cannot be", where=witness.name)
    if not witness.signed(_message(body, at), value[_TIME_BYTES:]):
        raise MalformedError("a witness's cosignature is wrong", where=witness.name)
    return Cosignature(witness, at, signature)


def _message(body: str, at: int) -> bytes:
    """What is signed: the header and the time keep it from being taken for anything else."""
    return f"cosignature/v1\ntime {at}\n{body}".encode()
