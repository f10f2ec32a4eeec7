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
_LONGEST_KEY = 64
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


def transaction_key(provider_ref: str) -> str:
    """What a provider's id is known by here: itself, or its SHA-256 where it is long.

    WeChat's may have 256 characters; a key in two unique constraints should not.
    """
    if len(provider_ref) <= _LONGEST_KEY:
        return provider_ref
    return hashlib.sha256(provider_ref.encode()).hexdigest()


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
    provider_ref: str | None = None  # the same id as the provider writes it
    binding_key: bytes = field(repr=False)
    subject_binding: str
    account_hash: str
    application_ref: str
    return_to: str
    consent_id: str | None  # the separate consent to this verification; given as it began
    consent_notice: str | None  # which text was agreed to
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
    account: str  # issuer and subject, by which the person is signed in
    matter: str
    return_to: str
    client_info: str  # what the provider's own script says of the browser; empty if none ran
    expires_at: datetime

    @property
    def return_url(self) -> str:
        """Where a provider outside leads the person back to: there the result is asked for."""
        return f"{self.audience}/v1/face-transactions/{self.our_txn}/return"


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
    client_info: str = ""


def open_transaction(
    occasion: Occasion, provider: str, now: datetime, *, lifetime: int, consent_notice: str
) -> Transaction:
    """Make a new transaction of `lifetime` seconds, with a nonce and a key of its own.

    Whoever begins has read `consent_notice` on the page and agreed: the consent is numbered.
    """
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
        consent_id=f"FC{reference()}",
        consent_notice=consent_notice,
        begun_at=now,
        expires_at=now + timedelta(seconds=lifetime),
    )
