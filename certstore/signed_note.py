"""C2SP signed notes and tree-head checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint)."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from certstore.errors import MalformedError
from certstore.keys import Signer

_ED25519 = b"\x01"
_MAX_NOTE = 4096
_ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: which log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The body that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def verifier_key(name: str, public_key: ed25519.Ed25519PublicKey) -> str:
    """The vkey line `<name>+<hash>+<key>` by which others check our notes."""
    raw = _raw(public_key)
    return f"{name}+{_key_hash(name, raw).hex()}+{base64.b64encode(_ED25519 + raw).decode()}"


def sign_checkpoint(
    checkpoint: Checkpoint, signer: Signer, public_key: ed25519.Ed25519PublicKey
) -> str:
    """The checkpoint as a signed note; the signer's key is Ed25519."""
    body = checkpoint.text()
    signature = _key_hash(checkpoint.origin, _raw(public_key)) + signer.sign(body.encode())
    return f"{body}\n— {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def open_checkpoint(note: str, vkey: str) -> Checkpoint:
    """Check a signed checkpoint against a vkey; MalformedError says what is wrong with it."""
    if len(note) > _MAX_NOTE:
        raise MalformedError("a checkpoint is longer than a checkpoint can be")
    name, key = read_verifier_key(vkey)
    body, separator, signatures = note.rpartition("\n\n")
    if not separator:
        raise MalformedError("a checkpoint without signatures")
    body += "\n"
    wanted = _key_hash(name, _raw(key))
    for line in signatures.splitlines():
        prefix, _, encoded = line.rpartition(" ")
        raw = _decode(encoded)
        if prefix == f"— {name}" and raw[:4] == wanted:
            return _verified(body, raw[4:], key, name)
    raise MalformedError("a checkpoint not signed by the expected log", where=name)


def _verified(body: str, signature: bytes, key: ed25519.Ed25519PublicKey, name: str) -> Checkpoint:
    try:
        key.verify(signature, body.encode())
    except InvalidSignature as error:
        raise MalformedError("a checkpoint's signature is wrong", where=name) from error
    origin, size, root, *_ = [*body.split("\n"), "", "", ""]
    if origin != name or not size.isascii() or not size.isdigit() or str(int(size)) != size:
        raise MalformedError("a checkpoint whose lines cannot be read", where=name)
    decoded = _decode(root)
    if len(decoded) != _ROOT_BYTES:
        raise MalformedError("a checkpoint whose root is not of 32 bytes", where=name)
    return Checkpoint(origin, int(size), decoded)


def read_verifier_key(vkey: str) -> tuple[str, ed25519.Ed25519PublicKey]:
    """The log's name and key of a vkey line; MalformedError if it is none."""
    name, _, rest = vkey.strip().partition("+")
    key_hash, _, encoded = rest.partition("+")
    raw = _decode(encoded)
    if raw[:1] != _ED25519 or len(raw) != 33:  # noqa: PLR2004 - one type byte and 32 key bytes
        raise MalformedError("a verifier key that is not Ed25519", where=name)
    if _key_hash(name, raw[1:]).hex() != key_hash:
        raise MalformedError("a verifier key whose hash does not fit", where=name)
    return name, ed25519.Ed25519PublicKey.from_public_bytes(raw[1:])


def _key_hash(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:4]


def _raw(public_key: ed25519.Ed25519PublicKey) -> bytes:
    return public_key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _decode(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error, or characters beyond ASCII
        raise MalformedError("a checkpoint with damaged base64") from error
    if base64.b64encode(raw).decode() != text:  # one value, one spelling (RFC 4648 §3.5)
        raise MalformedError("a checkpoint with base64 that is not canonical")
    return raw
