"""Access tokens (`at+jwt`, RFC 9068): written with the key of the moment, opened with any in force.

A token that is bound to a key says so in `cnf.jkt` (RFC 9449 §6.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from certstore.authorization.details import FIRST_ACTIONS
from certstore.callers import Service
from certstore.chance import reference
from certstore.clock import unix
from certstore.errors import CertstoreError, InvalidTokenError
from certstore.key_rotation import KeySuccession
from certstore.keys import algorithm_of
from certstore.tables.sharing import Client
from certstore.tokens import check_times, parse_compact, sign_compact

TYP: Final = "at+jwt"
TOKEN_LIFETIME_S: Final = 300
_MOST_KNOWN: Final = 4096  # tokens remembered as verified


@dataclass(frozen=True)
class OpenedToken:
    """A token of ours whose signature and times hold.

    Not checked here: whether it was revoked, how its client stands, and its proof.
    """

    kid: str
    claims: Mapping[str, Any]

    @cached_property
    def jti(self) -> str:
        """Its identifier."""
        return str(self.claims["jti"])

    @cached_property
    def client_id(self) -> str:
        """Whose it is."""
        return str(self.claims["client_id"])

    @cached_property
    def jkt(self) -> str | None:
        """The thumbprint of the key that it is bound to, if it is."""
        found: str | None = self.claims.get("cnf", {}).get("jkt")
        return found

    @cached_property
    def service(self) -> Service:
        """Whom it speaks for, and what it was granted."""
        claims, detail = self.claims, self.claims["authorization_details"][0]
        return Service(
            client_id=self.client_id,
            agency=claims["agency"],
            agency_en=claims["agency_en"],
            agency_uscc=claims["agency_uscc"],
            purpose_id=detail["purpose_id"],
            matter_code=detail["matter_code"],
            title_zh=detail["title_zh"],
            title_en=detail["title_en"],
            fields={kind: tuple(paths) for kind, paths in detail["fields"].items()},
            legal_basis=detail["legal_basis"],
            version=detail.get("version", 1),
            actions=tuple(detail.get("actions", FIRST_ACTIONS)),  # none: version 0.1.0
        )


@dataclass(frozen=True, slots=True)
class TokenMint:
    """Writes and opens the tokens of one issuer; safe to share between threads."""

    keys: KeySuccession
    issuer: str
    _known: dict[str, OpenedToken] = field(default_factory=dict, repr=False, compare=False)

    def write(
        self, client: Client, detail: Mapping[str, Any], jkt: str | None, now: datetime
    ) -> str:
        """A token for what was granted, bound to the key with this thumbprint if there is one."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": client.client_id,
            "client_id": client.client_id,
            "aud": self.issuer,
            "iat": unix(now),
            "exp": unix(now) + TOKEN_LIFETIME_S,
            "jti": reference(),
            "agency": client.agency,
            "agency_en": client.agency_en,
            "agency_uscc": client.agency_uscc,
            "authorization_details": [detail],
        }
        if jkt is not None:
            claims["cnf"] = {"jkt": jkt}
        return sign_compact(claims, typ=TYP, signer=self.keys.signer(now))

    def open(self, text: str, now: datetime) -> OpenedToken:
        """Open a token; InvalidTokenError with its cause if it does not hold."""
        try:
            return self._opened(text, now)
        except CertstoreError as error:
            raise InvalidTokenError(
                "the access token does not hold",
                where="Authorization",
                remedy="get a new one from the token endpoint",
                cause=error.facts.get("cause", "token"),
            ) from error

    def _opened(self, text: str, now: datetime) -> OpenedToken:
        known = self._known.get(text)
        if known is None:
            kid, claims = self._verified(text, now)
            known = OpenedToken(kid, claims)
            self._remember(text, known)
        elif self.keys.find(known.kid, now) is None:  # retired since
            raise InvalidTokenError("no key of ours has this kid", cause="signature")
        check_times(known.claims, now, max_lifetime=TOKEN_LIFETIME_S, leeway=0)
        return known

    def _remember(self, text: str, opened: OpenedToken) -> None:
        """A token is verified once, and its times and its key are looked at each time."""
        while len(self._known) >= _MOST_KNOWN:
            self._known.pop(next(iter(self._known), ""), None)  # the first to come
        self._known[text] = opened

    def _verified(self, text: str, now: datetime) -> tuple[str, Mapping[str, Any]]:
        token = parse_compact(text, typ=TYP)
        key = self.keys.find(token.kid, now)
        if key is None:
            raise InvalidTokenError("no key of ours has this kid", cause="signature")
        claims = token.verified(key, algorithm_of(key))
        if claims.get("iss") != self.issuer or claims.get("aud") != self.issuer:
            raise InvalidTokenError("the token is another server's", cause="iss_mismatch")
        return token.kid, claims

    def client_of(self, text: str, now: datetime) -> str | None:
        """Whom a token was given to, also one that has expired; None if it is none of ours."""
        try:
            token = parse_compact(text, typ=TYP)
            key = self.keys.find(token.kid, now)
            named = None if key is None else token.verified(key, algorithm_of(key)).get("client_id")
        except CertstoreError:
            return None
        return named if isinstance(named, str) else None
