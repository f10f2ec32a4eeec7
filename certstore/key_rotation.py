"""A key's successors: the next one is published before it signs, the former ones still verify.

The files of a successor lie beside the first key's, numbered from 2: `token-2.key.pem`,
`token-2.pem`. A running process looks at the folder's names and takes new ones by itself,
so that a rotation needs no restart.
"""

import logging
import os
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certstore.authority import (
    BACKDATED,
    KeyRing,
    check_issued_by,
    open_root,
    purpose_certificate,
    read_certificate,
)
from certstore.errors import ConflictError, MalformedError, UnavailableError
from certstore.keys import (
    KeySigner,
    PublicKey,
    Purpose,
    generate,
    key_id,
    read_private_key,
    write_private_key,
)

_PATIENCE_S = 1.0
log = logging.getLogger("certstore")


@dataclass(frozen=True, slots=True)
class DatedKey:
    """One key of the row: from when it signs, and until when it may."""

    name: str
    kid: str
    public_key: PublicKey
    begins: datetime
    ends: datetime
    certificate: bytes


def add_successor(
    ring: KeyRing,
    passphrase: bytes,
    purpose: Purpose,
    root: tuple[Path, bytes],
    now: datetime,
    lead: timedelta,
) -> DatedKey:
    """Make the key that signs after the lead, certified by the root (its folder, passphrase).

    Raises ConflictError while another successor waits for its time.
    """
    folder, begins = ring.folder, now + lead
    waiting = [key for key in keys_in(folder, ring.root, purpose) if key.begins > now]
    if waiting:
        raise ConflictError(
            "a later key of this purpose is there already",
            where=waiting[0].name,
            remedy=f"it signs from {waiting[0].begins:%Y-%m-%d %H:%M} UTC on; rotate again after",
        )
    name = _free_name(folder, purpose)
    key = generate("ES256")
    made = purpose_certificate(key.public_key(), purpose, ring.authority, open_root(*root), begins)
    check_issued_by(ring.root, made, f"{name}.pem")
    write_private_key(folder / f"{name}.key.pem", key, passphrase)
    # Last, and in one step: whoever sees the certificate finds the key, and the whole of both.
    half = folder / f".{name}.pem.new"
    half.write_bytes(made.public_bytes(Encoding.PEM))
    half.replace(folder / f"{name}.pem")
    return _dated(name, made)


def _free_name(folder: Path, purpose: Purpose) -> str:
    number = 2
    while any((folder / f"{purpose}-{number}{end}").exists() for end in (".pem", ".key.pem")):
        number += 1
    return f"{purpose}-{number}"


def keys_in(folder: Path, root: x509.Certificate, purpose: Purpose) -> Sequence[DatedKey]:
    """Every key of this purpose, the earliest first; MalformedError if one is not the root's."""
    return sorted(_read(folder, root, purpose), key=lambda key: key.begins)


def _read(folder: Path, root: x509.Certificate, purpose: Purpose) -> Iterator[DatedKey]:
    shape = re.compile(rf"{purpose}(-[0-9]+)?\.pem")
    for path in sorted(folder.iterdir()):
        if shape.fullmatch(path.name):
            certificate = read_certificate(path)
            check_issued_by(root, certificate, path.name)
            yield _dated(path.stem, certificate)


def _dated(name: str, certificate: x509.Certificate) -> DatedKey:
    key = certificate.public_key()
    if not isinstance(key, PublicKey):
        raise MalformedError("a certified key is of a kind not used here", where=f"{name}.pem")
    begins = certificate.not_valid_before_utc + BACKDATED
    ends = certificate.not_valid_after_utc
    return DatedKey(name, key_id(key), key, begins, ends, certificate.public_bytes(Encoding.DER))


class KeySuccession:
    """The keys of one purpose as a running process holds them; safe to share between threads.

    `lifetime` is how long what they sign may live: so long a former key still verifies.
    """

    def __init__(
        self, ring: KeyRing, passphrase: bytes, purpose: Purpose, lifetime: timedelta
    ) -> None:
        """Read the row; raises MalformedError if a key of it cannot be trusted."""
        self._folder, self._root, self._purpose = ring.folder, ring.root, purpose
        self._passphrase, self._lifetime = passphrase, lifetime
        self._lock = threading.Lock()
        self._signers = {ring.signer(purpose).kid: ring.signer(purpose)}
        self._names, self._looked = _names(self._folder), time.monotonic()
        self._row = keys_in(self._folder, self._root, purpose)

    def signer(self, now: datetime) -> KeySigner:
        """The key that signs now: the last one whose time has begun.

        Raises UnavailableError if there is none whose time has not ended, either.
        """
        self._look()
        begun = [key for key in self._row if key.begins <= now < key.ends]
        # The first key of a folder signs from when it was made, whatever a clock says.
        current = begun[-1] if begun else next(iter(self._row), None)
        if current is None or current.ends <= now:
            raise UnavailableError(
                "no key may sign now", where=self._purpose, remedy="run `certstore keys rotate`"
            )
        return self._signers.get(current.kid) or self._open(current)

    def find(self, kid: str, now: datetime) -> PublicKey | None:
        """The key with this identifier, if what it signed may still be good."""
        if time.monotonic() > self._looked + _PATIENCE_S:
            self._look()  # asked at every pull: a key that is known is not looked for each time
        found = self._in_force(now, kid)
        if found is None:
            self._look()
            found = self._in_force(now, kid)
        return found

    def published(self, now: datetime) -> Sequence[DatedKey]:
        """The next key, the present one, and former ones until what they signed has ended."""
        self._look()
        return list(self._all_in_force(now))

    def _in_force(self, now: datetime, kid: str) -> PublicKey | None:
        return next((key.public_key for key in self._all_in_force(now) if key.kid == kid), None)

    def _all_in_force(self, now: datetime) -> Iterator[DatedKey]:
        for key, following in zip_longest(self._row, self._row[1:]):
            if key.ends > now and (following is None or now < following.begins + self._lifetime):
                yield key

    def _look(self) -> None:
        self._looked = time.monotonic()
        try:
            names = _names(self._folder)
        except OSError:
            return  # gone for a moment, or for good: the keys in memory speak until they end
        if names == self._names:
            return
        with self._lock:
            self._names = names
            try:
                self._row = keys_in(self._folder, self._root, self._purpose)
            except MalformedError as error:  # what was good stays in use
                log.error(  # noqa: TRY400 - a sentence for the operator, as in trust_file.py
                    "key not taken", extra={"why": error.detail, "file": error.where}
                )

    def _open(self, key: DatedKey) -> KeySigner:
        with self._lock:
            path = self._folder / f"{key.name}.key.pem"
            private = read_private_key(path, self._passphrase)
            signer = KeySigner(self._purpose, private, (key.certificate,))
            if _spki(signer.public_key) != _spki(key.public_key):
                raise MalformedError(
                    "a key and its certificate do not belong together", where=f"{key.name}.pem"
                )
            self._signers[key.kid] = signer
            return signer


def _spki(key: PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _names(folder: Path) -> frozenset[str]:
    """What lies there. By names, as none is ever overwritten; a folder's date is too coarse."""
    return frozenset(os.listdir(folder))  # noqa: PTH208 - asked at every pull
