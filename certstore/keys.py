"""The only module that opens private keys; everybody else is handed a Signer."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from certstore.chance import random_bytes
from certstore.errors import ConflictError, MalformedError

_SMALLEST_RSA = 2048  # bits
_ES256 = ec.ECDSA(hashes.SHA256())
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
    WALLET_REQUEST = "wallet_request"  # asks wallets; trusted by its certificate, never listed
    WITNESS = "witness"  # cosigns other logs' checkpoints; trusted by its vkey, never listed
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
        r, s = decode_dss_signature(self._key.sign(message, _ES256))
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
    _write_once(path, pem)


def _write_once(path: Path, sealed: bytes) -> None:
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
        file.write(sealed)


def read_private_key(path: Path, passphrase: bytes) -> PrivateKey:
    """Open an encrypted PEM key; raise MalformedError when the passphrase or the file is wrong."""
    key = _opened(path, passphrase)
    if not isinstance(key, (ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)):
        raise MalformedError("a private key is of a kind not used here", where=path.name)
    return key


@dataclass(frozen=True, slots=True)
class RsaSigner:
    """Signs what we send to a service that asks for RSA; nothing of ours is signed by it."""

    _key: rsa.RSAPrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2)."""
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def read_rsa_signer(path: Path, passphrase: bytes) -> RsaSigner:
    """Open an encrypted PEM key of 2048 bits or more; raise MalformedError as read_private_key."""
    key = _opened(path, passphrase)
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _SMALLEST_RSA:
        raise MalformedError(
            f"this is no RSA key of {_SMALLEST_RSA} bits or more",
            where=path.name,
            remedy="make one, and hand its public half to the service that asks for it",
        )
    return RsaSigner(key)


def _opened(path: Path, passphrase: bytes) -> object:
    try:
        return serialization.load_pem_private_key(  # noqa: TID251 - here, and nowhere else
            path.read_bytes(), passphrase
        )
    except (ValueError, TypeError) as error:
        raise MalformedError(
            "a private key cannot be opened",
            where=path.name,
            remedy="check CERTSTORE_KEY_PASSPHRASE and that the file is an encrypted PKCS#8 PEM",
        ) from error


_NONCE, _KEY, _SALT = 12, 32, 16  # bytes
_SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}  # 32 MB and some 80 ms for each guess at a passphrase


@dataclass(frozen=True, slots=True)
class StorageKey:
    """Wraps the keys of what is stored (AES-256-GCM); for no other purpose, and never listed.

    It lies in this process's memory, opened from an encrypted file. Not checked here: that a
    context is used once.
    """

    kid: str
    _key: bytes = field(repr=False)

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """The data key enciphered: nonce, ciphertext, tag; it opens in the same context only."""
        nonce = random_bytes(_NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, data_key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The data key; MalformedError if it was wrapped by another key or for another context."""
        try:
            return AESGCM(self._key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context)
        except (InvalidTag, ValueError) as error:
            raise MalformedError(
                "a wrapped key does not open: it was changed, or belongs to something else",
                where=self.kid,
            ) from error


def make_storage_key(path: Path, passphrase: bytes) -> StorageKey:
    """Make a storage key and write it enciphered under the passphrase (scrypt, AES-256-GCM).

    Raises ConflictError where a key lies already: none is ever overwritten.
    """
    key, salt, nonce = random_bytes(_KEY), random_bytes(_SALT), random_bytes(_NONCE)
    kid = _storage_key_id(key)
    sealed = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, key, kid.encode())
    kept = {"v": 1, "kid": kid, "salt": salt.hex(), "nonce": nonce.hex(), "key": sealed.hex()}
    _write_once(path, json.dumps(kept).encode())
    return StorageKey(kid, key)


def read_storage_key(path: Path, passphrase: bytes) -> StorageKey:
    """Open a storage key; MalformedError when the passphrase or the file is wrong."""
    try:
        kept = json.loads(path.read_bytes())
        salt, nonce, sealed = (bytes.fromhex(kept[name]) for name in ("salt", "nonce", "key"))
        kid = str(kept["kid"])
        key = AESGCM(_stretched(passphrase, salt)).decrypt(nonce, sealed, kid.encode())
    except (InvalidTag, ValueError, TypeError, KeyError) as error:
        raise MalformedError(
            "a storage key cannot be opened",
            where=path.name,
            remedy="check CERTSTORE_KEY_PASSPHRASE, or restore the file from its backup",
        ) from error
    return StorageKey(kid, key)


def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=_KEY, **_SCRYPT).derive(passphrase)


def _storage_key_id(key: bytes) -> str:
    return hashlib.sha256(b"certstore storage key\x00" + key).hexdigest()[:16]
