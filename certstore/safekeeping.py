"""What is kept enciphered: a key of its own for each thing, wrapped by a key of the key room.

What is stored and what the database holds are worth nothing without the key room; and dropping
one wrapped key erases what it opened, wherever copies and backups of the ciphertext lie.

AES-256-GCM (NIST SP 800-38D) throughout, with random nonces: a data key seals some hundred
parts, far below the 2^32 messages for which they may be drawn at random. Every part names in its
context what it is, so that no part passes for another.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certstore.chance import random_bytes
from certstore.errors import ConflictError, NotFoundError
from certstore.keys import StorageKey, make_storage_key, read_storage_key
from certstore.objects import DigestMismatchError

_NONCE, _KEY = 12, 32  # bytes
_FILE = re.compile(r"storage-([0-9]{3})\.key\.json")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key as the database keeps it: enciphered, and by which storage key."""

    key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class DataKey:
    """Seals and opens the parts of one thing."""

    _key: bytes = field(repr=False)

    def seal(self, part: bytes, context: str) -> bytes:
        """The part enciphered: nonce, ciphertext, tag."""
        nonce = random_bytes(_NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, part, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The part; DigestMismatchError if it was changed, or is another part than asked for.

        All of it is checked before any of it is given back.
        """
        try:
            return AESGCM(self._key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise DigestMismatchError(
                "what was kept does not open: damaged, changed, or something else in its place",
                where=context,
                remedy="restore it from the backup; what is there is left as it is",
            ) from error


@dataclass(frozen=True, slots=True)
class Safe:
    """The storage keys of the house: the newest wraps, any of them unwraps."""

    keys: Mapping[str, StorageKey]
    newest: str

    def new_key(self, context: str) -> tuple[DataKey, Wrapped]:
        """A fresh data key, and the same wrapped."""
        plain = random_bytes(_KEY)
        sealed = self.keys[self.newest].wrap(plain, context.encode())
        return DataKey(plain), Wrapped(self.newest, sealed)

    def open_key(self, wrapped: Wrapped, context: str) -> DataKey:
        """Unwrap a data key; NotFoundError if the key room lacks the key that wrapped it."""
        return DataKey(self._unwrapped(wrapped, context))

    def wrap_anew(self, wrapped: Wrapped, context: str) -> Wrapped:
        """The same data key under the newest storage key."""
        sealed = self.keys[self.newest].wrap(self._unwrapped(wrapped, context), context.encode())
        return Wrapped(self.newest, sealed)

    def _unwrapped(self, wrapped: Wrapped, context: str) -> bytes:
        try:
            key = self.keys[wrapped.key_id]
        except KeyError:
            raise NotFoundError(
                "the key folder holds no storage key of this identifier",
                where=wrapped.key_id,
                remedy="restore the key folder from its backup",
            ) from None
        return key.unwrap(wrapped.sealed, context.encode())


def add_storage_key(folder: Path, passphrase: bytes) -> StorageKey:
    """Make the next storage key: it wraps from now on, the former ones go on opening."""
    number = max((int(name) for name in _numbers(folder)), default=0) + 1
    return make_storage_key(folder / f"storage-{number:03}.key.json", passphrase)


def open_safe(folder: Path, passphrase: bytes, *, make: bool) -> Safe:
    """Open every storage key of the folder; with `make`, the first is made where there is none.

    Raises NotFoundError where there is none and none may be made.
    """
    if not _numbers(folder):
        if not make:
            raise NotFoundError(
                "the key folder holds no storage key",
                where=folder.name,
                remedy="make one with `certstore keys storage`",
            )
        with suppress(ConflictError):  # another process that starts at the same time was first
            add_storage_key(folder, passphrase)
    opened = [
        read_storage_key(folder / f"storage-{number}.key.json", passphrase)
        for number in _numbers(folder)
    ]
    return Safe({key.kid: key for key in opened}, opened[-1].kid)


def key_ids(folder: Path) -> list[str]:
    """The identifiers of the storage keys there are, oldest first; nothing is opened."""
    files = (folder / f"storage-{number}.key.json" for number in _numbers(folder))
    return [str(json.loads(file.read_bytes())["kid"]) for file in files]


def _numbers(folder: Path) -> list[str]:
    found = (_FILE.fullmatch(path.name) for path in folder.glob("storage-*.key.json"))
    return sorted(match[1] for match in found if match)
