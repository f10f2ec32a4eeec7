"""Webhook secrets at rest: sealed under a key of each subscription, which a storage key wraps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certstore.events import signing
from certstore.safekeeping import Safe, Wrapped
from certstore.tables.webhook_rows import Subscription

FORMER_SECRET_FOR: Final = timedelta(hours=24)
_CLOCKS_DIFFER_BY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret as the database keeps it."""

    key_id: str
    wrapped_key: bytes
    secret: bytes


@dataclass(frozen=True, slots=True)
class SecretKeeper:
    """Makes, seals and opens webhook secrets; the storage keys are opened when first needed."""

    open_safe: Callable[[], Safe]

    def make(self, ref: str) -> tuple[bytes, SealedSecret]:
        """A new secret for a subscription, and the same sealed under a fresh key."""
        secret = signing.new_secret()
        key, wrapped = self.open_safe().new_key(_context(ref))
        return secret, SealedSecret(wrapped.key_id, wrapped.sealed, key.seal(secret, _context(ref)))

    def anew(self, subscription: Subscription) -> tuple[bytes, bytes]:
        """A second secret for a subscription, and the same sealed under the key it has."""
        secret = signing.new_secret()
        context = _context(subscription.ref)
        key = self.open_safe().open_key(_wrapped(subscription), context)
        return secret, key.seal(secret, context)

    def opened(self, subscription: Subscription, now: datetime) -> list[bytes]:
        """The secrets that are good just now, newest first."""
        context = _context(subscription.ref)
        key = self.open_safe().open_key(_wrapped(subscription), context)
        sealed = [subscription.secret]
        if subscription.former_secret is not None and former_until(subscription, now) is not None:
            sealed.append(subscription.former_secret)
        return [key.open(each, context) for each in sealed]

    def wrap_anew(self, subscription: Subscription) -> Wrapped | None:
        """The subscription's key under the newest storage key; None if it is there already."""
        safe = self.open_safe()
        if subscription.key_id == safe.newest:
            return None
        return safe.wrap_anew(_wrapped(subscription), _context(subscription.ref))


def former_until(subscription: Subscription, now: datetime) -> datetime | None:
    """Until when the former secret signs, too; None if there is none, or its time is over.

    One that would end later than it may was given by a clock that ran ahead: it is over.
    """
    until = subscription.former_until
    if until is None or not now < until <= now + FORMER_SECRET_FOR + _CLOCKS_DIFFER_BY:
        return None
    return until


def _wrapped(subscription: Subscription) -> Wrapped:
    return Wrapped(subscription.key_id, subscription.wrapped_key)


def _context(ref: str) -> str:
    return f"webhook secret {ref}"
