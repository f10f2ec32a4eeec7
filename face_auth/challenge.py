"""A face verification under way: what we ask a provider for, and remember so as to know our own."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from certstore.certificates import Holder
from certstore.chance import random_bytes, reference, token
from certstore.errors import MalformedError

_LONGEST_PATH = 500
_LOCAL_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")  # visible ASCII without the backslash
_BINDING_CONTEXT = b"face-subject-binding/1"


class State(StrEnum):
    """What has become of a transaction."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRED = "expired"


def subject_binding(key: bytes, our_txn: str, holder: Holder) -> str:
    """HMAC-SHA-256 over transaction, name (NFC) and ID number (capitals), in hex.

    Each part is preceded by its length, so that no two different triples are one message.
    """
    mac = hmac.new(key, _BINDING_CONTEXT, hashlib.sha256)
    name = unicodedata.normalize("NFC", holder.name)
    for part in (our_txn, name, holder.id_number.upper()):
        data = part.encode()
        mac.update(len(data).to_bytes(4, "big") + data)
    return mac.hexdigest()


def account_hash(account: str) -> str:
    """What is kept of an account: enough to know it again, nothing to read."""
    return hashlib.sha256(b"face-account/1\x00" + account.encode()).hexdigest()


def local_path(path: str) -> str:
    """Return the path if it leads back to this service, and nowhere else; or MalformedError."""
    if len(path) > _LONGEST_PATH or not _LOCAL_PATH.fullmatch(path):
        raise MalformedError(
            "the way back after a face verification is not a path of this service",
            where="return_to",
            remedy="give a path that begins with one slash",
        )
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One verification of one person for one application; holds neither name nor number."""

    our_txn: str
    nonce: str
    provider: str
    provider_txn: str | None  # None until the provider has answered the start
    binding_key: bytes = field(repr=False)
    subject_binding: str
    account_hash: str
    application_ref: str
    return_to: str
    begun_at: datetime
    expires_at: datetime
    state: State = State.OPEN
    closed_at: datetime | None = None
    reasons: tuple[str, ...] = ()

    def state_at(self, now: datetime) -> State:
        """The state, with expiry worked out from the time."""
        late = self.state is State.OPEN and now >= self.expires_at
        return State.EXPIRED if late else self.state

    def is_of(self, holder: Holder) -> bool:
        """Whether it was begun for this person (name and number)."""
        expected = subject_binding(self.binding_key, self.our_txn, holder)
        return hmac.compare_digest(expected, self.subject_binding)

    def is_of_account(self, account: str) -> bool:
        """Whether this account began it."""
        return hmac.compare_digest(account_hash(account), self.account_hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """What a provider is told; the provider binds its result with `binding_key` and `nonce`."""

    our_txn: str
    nonce: str
    binding_key: bytes = field(repr=False)
    audience: str
    holder: Holder
    matter: str
    return_to: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """A provider's answer to a start: its own transaction id, and where to send the person."""

    provider_txn: str
    url: str


class Starter(Protocol):
    """Begins verifications at one provider."""

    def start(self, request: StartRequest) -> Started:
        """Tell the provider; UnavailableError when it cannot be reached, and nothing was begun."""
        ...


@dataclass(frozen=True, slots=True)
class Challenge:
    """A verification that was begun: where to send the person, and our transaction."""

    url: str
    txn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who verifies, from which account, for what."""

    holder: Holder
    account: str
    application_ref: str
    matter: str
    return_to: str


def open_transaction(
    occasion: Occasion, provider: str, now: datetime, lifetime: int
) -> Transaction:
    """Make a new transaction of `lifetime` seconds, with a nonce and a key of its own."""
    our_txn, key = reference(24), random_bytes(32)
    return Transaction(
        our_txn=our_txn,
        nonce=token(),
        provider=provider,
        provider_txn=None,
        binding_key=key,
        subject_binding=subject_binding(key, our_txn, occasion.holder),
        account_hash=account_hash(occasion.account),
        application_ref=occasion.application_ref,
        return_to=local_path(occasion.return_to),
        begun_at=now,
        expires_at=now + timedelta(seconds=lifetime),
    )
