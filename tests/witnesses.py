"""Logs and witnesses for tests: notes and cosignatures made with `cryptography` alone.

Nothing of certstore/signed_note.py, cosignature.py or merkle.py is used: what both sides
understand alike is what the specifications say.
"""

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def b64(data):
    return base64.b64encode(data).decode()


def root_of(leaves):
    """The Merkle tree hash of RFC 6962 §2.1, by its definition."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


def proof_of(old, leaves, *, whole=True):
    """The consistency proof of RFC 6962 §2.1.2, by its definition."""
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return [*proof_of(old, leaves[:half], whole=whole), root_of(leaves[half:])]
    return [*proof_of(old - half, leaves[half:], whole=False), root_of(leaves[:half])]


@dataclass
class Key:
    """A name and an Ed25519 key of a signature type."""

    name: str
    kind: int = 1
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def raw(self):
        return self.private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )

    @property
    def key_id(self):
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.raw
        return hashlib.sha256(named).digest()[:4]

    @property
    def vkey(self):
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes([self.kind]) + self.raw)}"

    def line(self, value):
        return f"— {self.name} {b64(self.key_id + value)}\n"

    def signs(self, body):
        return self.line(self.private.sign(body.encode()))

    def cosigns(self, body, at):
        message = f"cosignature/v1\ntime {at}\n{body}".encode()
        return self.line(at.to_bytes(8, "big") + self.private.sign(message))


def witness(name):
    return Key(name, 4)


@dataclass
class Log:
    """Somebody's log: its leaves, and what it would hand to a witness."""

    key: Key
    leaves: list[bytes] = field(default_factory=list)

    def grow(self, count, word=b"leaf"):
        first = len(self.leaves)
        self.leaves += [b"%s %d" % (word, place) for place in range(first, first + count)]
        return self

    def body(self, size=None, extension=""):
        leaves = self.leaves if size is None else self.leaves[:size]
        return f"{self.key.name}\n{len(leaves)}\n{b64(root_of(leaves))}\n{extension}"

    def note(self, size=None, extension=""):
        body = self.body(size, extension)
        return f"{body}\n{self.key.signs(body)}"

    def submission(self, old, size=None, note=None):
        leaves = self.leaves if size is None else self.leaves[:size]
        proof = proof_of(old, leaves) if 0 < old < len(leaves) else []
        steps = "".join(f"{b64(step)}\n" for step in proof)
        return f"old {old}\n{steps}\n{note or self.note(size)}".encode()


def log(name="log.example/one", size=0):
    return Log(Key(name)).grow(size)
