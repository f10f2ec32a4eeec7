"""The only module that opens private keys; everybody else is handed a Signer."""

import hashlib
import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from certstore.errors import ConflictError, MalformedError

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Purpose(StrEnum):
    """What a key may sign; a key of one purpose is refused for another."""

    DOCUMENT = "document"
    CREDENTIAL = "credential"
    CODE = "code"
    PRESENTATION = "presentation"
    STATUS = "status"
    LEDGER = "ledger"
    TOKEN = "token"  # noqa: S105 - a purpose's name
    RECEIPT = "receipt"
    SOURCE = "source"
    ROOT = "root"  # certifies the others and signs the trust list; never listed in it


class Signer(Protocol):
    """Signs for one purpose without showing its key."""

    @property
    def kid(self) -> str:
        """First 8 bytes of SHA-256 over the SPKI, in hex (16 characters)."""
        ...

    @property
    def purpose(self) -> Purpose:
        """What the key is for."""
        ...

    @property
    def algorithm(self) -> str:
        """`ES256` or `EdDSA` (RFC 7518, RFC 8037)."""
        ...

    @property
    def chain(self) -> tuple[bytes, ...]:
        """DER certificates, the signer's own first, the root left out; empty for bare keys."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign the message: r‖s of 64 bytes for ES256 (RFC 7518 §3.4), 64 bytes for EdDSA."""
        ...


def key_id(public_key: PublicKey) -> str:
    """The key identifier used in every format: 8 bytes of SHA-256 over the SPKI, as hex."""
    spki = public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(spki).hexdigest()[:16]


def algorithm_of(public_key: PublicKey) -> str:
    """The only algorithm a key of this kind is used with here."""
    if isinstance(public_key, ed25519.Ed25519PublicKey):
        return "EdDSA"
    if isinstance(public_key.curve, ec.SECP256R1):
        return "ES256"
    raise MalformedError(f"keys on the curve {public_key.curve.name} are not used here")


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A Signer whose key lies in this process's memory, opened from an encrypted PEM file."""

    purpose: Purpose
    _key: PrivateKey = field(repr=False)
    chain: tuple[bytes, ...] = ()
    kid: str = field(init=False)
    algorithm: str = field(init=False)

    def __post_init__(self) -> None:
        """Work out what follows from the key."""
        public_key = self._key.public_key()
        object.__setattr__(self, "kid", key_id(public_key))
        object.__setattr__(self, "algorithm", algorithm_of(public_key))

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._key.public_key()

    def sign(self, message: bytes) -> bytes:
        """Sign; see Signer."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def generate(algorithm: str) -> PrivateKey:
    """Make a new private key for `ES256` or `EdDSA`."""
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def write_private_key(path: Path, key: PrivateKey, passphrase: bytes) -> None:
    """Write the key as encrypted PKCS#8 PEM, readable by its owner alone.

    Raises ConflictError where a key lies already: none is ever overwritten.
    """
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConflictError(
            "a private key lies here already, and none is overwritten",
            where=path.name,
            remedy="if the folder was left half made, move it away and begin anew",
        ) from None
    with os.fdopen(opened, "wb") as file:
        file.write(pem)


def read_private_key(path: Path, passphrase: bytes) -> PrivateKey:
    """Open an encrypted PEM key; raise MalformedError when the passphrase or the file is wrong."""
    try:
        key = serialization.load_pem_private_key(  # noqa: TID251 - here, and nowhere else
            path.read_bytes(), passphrase
        )
    except (ValueError, TypeError) as error:
        raise MalformedError(
            "a private key cannot be opened",
            where=path.name,
            remedy="check CERTSTORE_KEY_PASSPHRASE and that the file is an encrypted PKCS#8 PEM",
        ) from error
    if not isinstance(key, (ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)):
        raise MalformedError("a private key is of a kind not used here", where=path.name)
    return key
