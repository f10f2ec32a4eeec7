"""The list of phones that were signed out: a code one of them shows off line is refused.

A compact JWS (`signed-out-devices+jwt`) by a status key of the trust list. It names key ids alone,
for as long as a code that such a key could still show would live.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, NoReturn, Self

from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError, PurposeError
from certstore.keys import Purpose, Signer
from certstore.tokens import LEEWAY, parse_compact, sign_compact
from certstore.trust import TrustList

TYP: Final = "signed-out-devices+jwt"
TTL_S: Final = 300
MOST: Final = 100_000
KEPT_FOR: Final = timedelta(hours=24, seconds=LEEWAY)
MAX_BYTES: Final = 4 * 1024 * 1024
_LIFETIME: Final = timedelta(days=1)
_LONGEST_LIFE_S: Final = 31 * 86400
_MEMBERS: Final = {"iss", "iat", "exp", "ttl", "kids"}
_KID: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOutDevices:
    """The list as a verifier holds it."""

    issuer: str
    issued_at: datetime
    expires_at: datetime
    ttl: timedelta
    kids: frozenset[str]

    @classmethod
    def parse(cls, token: str, trust: TrustList) -> Self:
        """Verify and read a list strictly; its freshness is the caller's matter.

        Raises MalformedError, or InvalidTokenError when no listed status key signed it in its time.
        """
        parsed = parse_compact(token.strip(), typ=TYP, max_bytes=MAX_BYTES)
        key = trust.find(parsed.kid, Purpose.STATUS)
        if key is None:
            raise InvalidTokenError("no trusted status key signed the list", cause="key")
        found = cls._read(parsed.verified(key.public_key, key.algorithm))
        if not key.verifies_at(found.issued_at):
            raise InvalidTokenError("the list was signed outside its key's time", cause="key")
        return found

    @classmethod
    def _read(cls, claims: Mapping[str, object]) -> Self:
        issuer, issued, ends, ttl = (claims.get(name) for name in ("iss", "iat", "exp", "ttl"))
        if claims.keys() != _MEMBERS or not isinstance(issuer, str):
            _refuse("the list holds exactly iss, iat, exp, ttl and kids")
        if type(issued) is not int or type(ends) is not int or type(ttl) is not int:
            _refuse("iat, exp and ttl of the list are whole seconds")
        if not 0 <= issued < ends <= issued + _LONGEST_LIFE_S or not 0 < ttl <= _LONGEST_LIFE_S:
            _refuse("the list lives 31 days at most")
        return cls(
            issuer=issuer,
            issued_at=datetime.fromtimestamp(issued, UTC),
            expires_at=datetime.fromtimestamp(ends, UTC),
            ttl=timedelta(seconds=ttl),
            kids=_read_kids(claims["kids"]),
        )

    def listed(self, kid: str, *, now: datetime) -> bool | None:
        """Whether a key was signed out; None once the list is past its ttl or exp (30 s more)."""
        until = min(self.issued_at + self.ttl, self.expires_at)
        if now > until + timedelta(seconds=LEEWAY):
            return None
        return kid in self.kids


def issue_signed_out(kids: Iterable[str], issuer: str, now: datetime, signer: Signer) -> str:
    """Sign the list of these keys; raise PurposeError unless the signer's is a status key."""
    if signer.purpose is not Purpose.STATUS:
        raise PurposeError("the list of signed-out devices is signed by a status key")
    claims = {
        "iss": issuer,
        "iat": unix(now),
        "exp": unix(now + _LIFETIME),
        "ttl": TTL_S,
        "kids": sorted(kids),
    }
    return sign_compact(claims, typ=TYP, signer=signer)


def _read_kids(value: object) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > MOST:
        _refuse(f"the list names at most {MOST} keys")
    if not all(isinstance(kid, str) and _KID.fullmatch(kid) for kid in value):
        _refuse("a key of the list is named by 16 hexadecimal characters")
    if any(one >= next_one for one, next_one in pairwise(value)):
        _refuse("the keys of the list are sorted, and none stands twice")
    return frozenset(value)


def _refuse(detail: str) -> NoReturn:
    raise MalformedError(detail, where="signed-out devices", cause="signed-out-devices")
