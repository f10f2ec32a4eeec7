"""Addresses and codes at rest: sealed under a key of each contact, which a storage key wraps."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from certstore.chance import random_below
from certstore.safekeeping import DataKey, Safe, Wrapped
from certstore.tables.message_rows import Contact

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class SealedAddress:
    """An address as the database keeps it, with the digest of the code that was sent there."""

    key_id: str
    wrapped_key: bytes
    address: bytes
    code: bytes


def new_code() -> str:
    """Six digits."""
    return f"{random_below(10**_DIGITS):0{_DIGITS}d}"


@dataclass(frozen=True, slots=True)
class ContactKeeper:
    """Seals and opens; the storage keys are opened when first needed."""

    open_safe: Callable[[], Safe]

    def seal(self, ref: str, address: str, code: str) -> SealedAddress:
        """An address and a code for a contact, sealed under a fresh key."""
        key, wrapped = self.open_safe().new_key(_context(ref))
        sealed = key.seal(address.encode(), f"{_context(ref)} address")
        return SealedAddress(wrapped.key_id, wrapped.sealed, sealed, _sealed(key, ref, code))

    def address(self, contact: Contact) -> str:
        """Where it is."""
        sealed = self._key(contact).open(contact.address, f"{_context(contact.ref)} address")
        return sealed.decode()

    def seal_code(self, contact: Contact, code: str) -> bytes:
        """Another code for a contact."""
        return _sealed(self._key(contact), contact.ref, code)

    def is_code(self, contact: Contact, code: str) -> bool:
        """Whether this is the code that was sent there."""
        if contact.code is None:
            return False
        kept = self._key(contact).open(contact.code, f"{_context(contact.ref)} code")
        return hmac.compare_digest(kept, _digest(contact.ref, code))

    def wrap_anew(self, contact: Contact) -> Wrapped | None:
        """The contact's key under the newest storage key; None if it is there already."""
        safe = self.open_safe()
        if contact.key_id == safe.newest:
            return None
        return safe.wrap_anew(_wrapped(contact), _context(contact.ref))

    def _key(self, contact: Contact) -> DataKey:
        return self.open_safe().open_key(_wrapped(contact), _context(contact.ref))


def _sealed(key: DataKey, ref: str, code: str) -> bytes:
    """The digest alone would be tried through in a moment: it is sealed, too."""
    return key.seal(_digest(ref, code), f"{_context(ref)} code")


def _digest(ref: str, code: str) -> bytes:
    return hashlib.sha256(f"{ref}\x00{code}".encode()).digest()


def _wrapped(contact: Contact) -> Wrapped:
    return Wrapped(contact.key_id, contact.wrapped_key)


def _context(ref: str) -> str:
    return f"contact {ref}"
