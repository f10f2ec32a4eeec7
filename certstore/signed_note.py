"""C2SP signed notes and tree-head checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint)."""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import NoReturn, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from certstore.errors import MalformedError
from certstore.keys import Signer

ED25519 = 1  # the signature type of a log's key
MAX_NOTE = 32_768  # characters: room for every signature, each in the longest name
MAX_SIGNATURES = 65  # the log, and as many witnesses as a policy names
MAX_SIZE = 2**63 - 1
_LEAST_LINES = 3  # origin, tree size, root hash
_ROOT_BYTES = 32
_ID_BYTES = 4
_KEY_BYTES = 32
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_SIGNATURE = re.compile(r"— ([^\s+]{1,255}) ([A-Za-z0-9+/=]{1,8192})")
_DECIMAL = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of a note: who signed, the key's id (4 bytes), and the signature as its kind has it.

    Not checked here: whose key it is, and whether it fits.
    """

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line, with its newline."""
        return f"— {self.name} {spelled(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and at least one signature; none of them checked."""

    body: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note; MalformedError says what is wrong with it."""
        if len(text) > MAX_NOTE:
            raise MalformedError("a checkpoint is longer than a checkpoint can be")
        if _CONTROL.search(text):
            raise MalformedError("a checkpoint with a control character")
        body, separator, lines = text.rpartition("\n\n")
        if not separator or not lines or not body:
            raise MalformedError("a checkpoint without signatures")
        if not lines.endswith("\n"):
            raise MalformedError("a checkpoint whose last line does not end")
        read = tuple(map(_read_signature, lines[:-1].split("\n")))
        if len(read) > MAX_SIGNATURES:
            raise MalformedError(f"a checkpoint with more than {MAX_SIGNATURES} signatures")
        return cls(f"{body}\n", read)

    def text(self) -> str:
        """The note as it is written."""
        return f"{self.body}\n{''.join(signature.line() for signature in self.signatures)}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: which log, how many leaves, which root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, body: str) -> Self:
        """Read a note's text; extension lines are let pass and left out (MalformedError)."""
        lines = body.removesuffix("\n").split("\n")
        if len(lines) < _LEAST_LINES or "" in lines:
            raise MalformedError("a checkpoint whose lines cannot be read: one is missing or empty")
        origin, size, root = lines[:_LEAST_LINES]
        if not _DECIMAL.fullmatch(size) or int(size) > MAX_SIZE:
            raise MalformedError("a checkpoint whose tree size cannot be read", where="tree size")
        decoded = decoded_strictly(root)
        if len(decoded) != _ROOT_BYTES:
            raise MalformedError("a checkpoint whose root is not of 32 bytes", where="root hash")
        return cls(origin, int(size), decoded)

    def text(self) -> str:
        """The body that is signed."""
        return f"{self.origin}\n{self.size}\n{spelled(self.root)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signatures are believed: a name, a signature type of one byte, an Ed25519 key."""

    name: str
    kind: int
    raw: bytes  # 32 bytes (RFC 8032)

    @classmethod
    def parse(cls, vkey: str, kind: int = ED25519) -> Self:
        """Read a vkey line `<name>+<hash>+<key>`; MalformedError if it is none of this kind."""
        name, _, rest = vkey.strip(" \t\r\n").partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = decoded_strictly(encoded)
        if raw[:1] != bytes([kind]) or len(raw) != 1 + _KEY_BYTES:
            _refuse_key("a verifier key that is not Ed25519 of the kind expected here", name)
        found = cls(name, kind, raw[1:])
        if not re.fullmatch(r"[^\s+]{1,255}", name) or found.key_id.hex() != key_id:
            _refuse_key("a verifier key whose hash does not fit", name)
        return found

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name ‖ newline ‖ kind ‖ key)."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.raw
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    @property
    def identity(self) -> str:
        """`<name>+<hash>`: which key of whom, short."""
        return f"{self.name}+{self.key_id.hex()}"

    def line(self) -> str:
        """The vkey line, without a newline."""
        return f"{self.identity}+{spelled(bytes([self.kind]) + self.raw)}"

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature (64 bytes) over these bytes is this key's."""
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def verifier_key(name: str, public_key: ed25519.Ed25519PublicKey) -> str:
    """The vkey line `<name>+<hash>+<key>` by which others check our notes."""
    return VerifierKey(name, ED25519, raw_key(public_key)).line()


def sign_checkpoint(
    checkpoint: Checkpoint, signer: Signer, public_key: ed25519.Ed25519PublicKey
) -> str:
    """The checkpoint as a signed note; the signer's key is Ed25519."""
    body = checkpoint.text()
    key = VerifierKey(checkpoint.origin, ED25519, raw_key(public_key))
    return Note(body, (Signature(key.name, key.key_id, signer.sign(body.encode())),)).text()


def open_checkpoint(note: str, vkey: str) -> Checkpoint:
    """Check a signed checkpoint against a vkey; MalformedError says what is wrong with it."""
    key = VerifierKey.parse(vkey)
    read = Note.parse(note)
    if not signed_by(read, key):
        raise MalformedError("a checkpoint not signed by the expected log", where=key.name)
    checkpoint = Checkpoint.parse(read.body)
    if checkpoint.origin != key.name:
        raise MalformedError("a checkpoint of another log", where=key.name)
    return checkpoint


def signed_by(note: Note, key: VerifierKey) -> bool:
    """Whether a log's key signed it; MalformedError for a signature of that key that is wrong."""
    own = [s for s in note.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
    for signature in own:
        if not key.signed(note.body.encode(), signature.value):
            raise MalformedError("a checkpoint's signature is wrong", where=key.name)
    return bool(own)


def raw_key(public_key: ed25519.Ed25519PublicKey) -> bytes:
    """The 32 bytes of an Ed25519 public key."""
    return public_key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def spelled(data: bytes) -> str:
    """Base64 (RFC 4648 §4)."""
    return base64.b64encode(data).decode()


def decoded_strictly(text: str) -> bytes:
    """What base64 says; MalformedError for anything but its one spelling (RFC 4648 §3.5)."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error, or characters beyond ASCII
        raise MalformedError("a checkpoint with damaged base64") from error
    if spelled(raw) != text:
        raise MalformedError("a checkpoint with base64 that is not canonical")
    return raw


def _read_signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise MalformedError("a checkpoint with a line that is no signature")
    raw = decoded_strictly(found[2])
    if len(raw) <= _ID_BYTES:
        raise MalformedError("a checkpoint with a signature that is too short")
    return Signature(found[1], raw[:_ID_BYTES], raw[_ID_BYTES:])


def _refuse_key(detail: str, name: str) -> NoReturn:
    raise MalformedError(detail, where=name, remedy="copy the whole vkey line, as it was published")
