"""The keys by which this house seals for enrolled authorities: a set of its own for each.

They lie in `issuers/<credit code>/` of the key folder, certified by the same root, and are listed
under the authority's own name, so that a verifier sees whose certificate it is (docs/adr/0022).
"""

import re
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certstore.authority import (
    AuthorityName,
    KeyRing,
    check_issued_by,
    make_key,
    open_root,
    read_certificate,
)
from certstore.errors import MalformedError
from certstore.keys import KeySigner, PublicKey, Purpose, read_private_key
from certstore.trust import TrustedKey

ISSUER_PURPOSES: Final = (
    Purpose.DOCUMENT,
    Purpose.CREDENTIAL,
    Purpose.CODE,
    Purpose.PRESENTATION,
    Purpose.STATUS,
)
_FOLDER: Final = "issuers"
_CODE: Final = re.compile("[0-9A-Z]{18}")


def make_issuer_keys(
    ring: KeyRing,
    passphrase: bytes,
    issuer: AuthorityName,
    root: tuple[Path, bytes],
    now: datetime,
) -> list[Purpose]:
    """Make the keys an authority lacks and have the root (its folder, passphrase) certify them.

    The house's own authority needs none: it has the house's. Which were made is returned.
    """
    if issuer.uscc == ring.authority.uscc:
        return []
    folder = _folder_of(ring.folder, issuer.uscc)
    missing = [p for p in ISSUER_PURPOSES if not (folder / f"{p}.key.pem").exists()]
    if missing:
        certifier = open_root(*root)
        for purpose in missing:
            make_key(folder, passphrase, purpose, issuer, certifier, now)
            check_issued_by(ring.root, read_certificate(folder / f"{purpose}.pem"), purpose)
    return missing


def issuers_listed(ring: KeyRing) -> Iterator[TrustedKey]:
    """Every key of an enrolled authority, as the trust list has it."""
    for path in sorted(ring.folder.glob(f"{_FOLDER}/*/*.pem")):
        if path.name in {f"{p}.pem" for p in ISSUER_PURPOSES}:
            certificate = read_certificate(path)
            check_issued_by(ring.root, certificate, path.name)
            yield _listed(certificate, Purpose(path.stem), path)


class IssuerKeys:
    """Opens an authority's keys as they are needed, and keeps them; safe between threads."""

    def __init__(self, ring: KeyRing, passphrase: bytes) -> None:
        """Nothing is opened yet: an authority may be enrolled while the service runs."""
        self._ring, self._passphrase = ring, passphrase
        self._lock = threading.Lock()
        self._opened: dict[tuple[str, Purpose], KeySigner] = {}

    def find(self, uscc: str, purpose: Purpose) -> KeySigner | None:
        """The authority's key of this purpose; None where it has no keys of its own."""
        known = self._opened.get((uscc, purpose))
        if known is not None or uscc == self._ring.authority.uscc or not _CODE.fullmatch(uscc):
            return known
        folder = _folder_of(self._ring.folder, uscc)
        if not (folder / f"{purpose}.pem").exists():
            return None
        with self._lock:
            opened = self._open(folder, purpose)
            self._opened[uscc, purpose] = opened
        return opened

    def _open(self, folder: Path, purpose: Purpose) -> KeySigner:
        certificate = read_certificate(folder / f"{purpose}.pem")
        check_issued_by(self._ring.root, certificate, f"{purpose}.pem")
        key = read_private_key(folder / f"{purpose}.key.pem", self._passphrase)
        if certificate.public_key() != key.public_key():
            raise MalformedError(
                "a key and its certificate do not belong together",
                where=f"{folder.name}/{purpose}.pem",
            )
        return KeySigner(purpose, key, (certificate.public_bytes(Encoding.DER),))


def _folder_of(folder: Path, uscc: str) -> Path:
    return folder / _FOLDER / uscc


def _listed(certificate: x509.Certificate, purpose: Purpose, path: Path) -> TrustedKey:
    key = certificate.public_key()
    if not isinstance(key, PublicKey):
        raise MalformedError("a certified key is of a kind not used here", where=path.name)
    return TrustedKey(
        purpose=purpose,
        authority_uscc=_said(certificate, NameOID.ORGANIZATION_IDENTIFIER),
        authority_name=_said(certificate, NameOID.ORGANIZATION_NAME),
        public_key=key,
        valid_from=certificate.not_valid_before_utc,
        valid_to=certificate.not_valid_after_utc,
        chain=(certificate.public_bytes(Encoding.DER),),
    )


def _said(certificate: x509.Certificate, name: x509.ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(name)[0].value)
