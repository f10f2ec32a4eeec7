"""Nonces that need no table: a moment and some randomness, sealed by the house.

Every process of the house knows them again, and asking for many costs nobody anything. That a
`c_nonce` is used once is kept where it is used.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from certstore import base64url
from certstore.chance import random_bytes
from certstore.clock import Clock, unix
from certstore.errors import CertstoreError
from certstore.safekeeping import Safe, Wrapped

Kind = Literal["c_nonce", "dpop"]
LIFETIME: Final = timedelta(minutes=5)
_MOMENT, _CHANCE = 8, 16  # bytes
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Nonce:
    """A nonce of ours: what names it, and until when it is good."""

    digest: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceMint:
    """Makes nonces, and knows them again."""

    open_safe: Callable[[], Safe]
    clock: Clock

    def make(self, kind: Kind) -> str:
        """A new nonce, good for five minutes."""
        ends = unix(self.clock.now() + LIFETIME).to_bytes(_MOMENT, "big")
        safe = self.open_safe()
        sealed = safe.keys[safe.newest].wrap(ends + random_bytes(_CHANCE), _context(kind))
        return base64url.encode(sealed)

    def read(self, kind: Kind, text: object) -> Nonce | None:
        """The nonce if it is one of ours, of this kind, and still good; else None."""
        if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
            return None
        try:
            sealed = base64url.decode(text)
        except CertstoreError:
            return None
        for kid in self.open_safe().keys:
            opened = self._opened(Wrapped(kid, sealed), kind)
            if opened is not None:
                ends = datetime.fromtimestamp(int.from_bytes(opened[:_MOMENT], "big"), UTC)
                named = Nonce(hashlib.sha256(sealed).hexdigest(), ends)
                return named if self.clock.now() < ends else None
        return None

    def _opened(self, wrapped: Wrapped, kind: Kind) -> bytes | None:
        try:
            key = self.open_safe().keys[wrapped.key_id]
            opened = key.unwrap(wrapped.sealed, _context(kind))
        except CertstoreError:
            return None
        return opened if len(opened) == _MOMENT + _CHANCE else None


def _context(kind: Kind) -> bytes:
    return f"wallet nonce/{kind}".encode()
