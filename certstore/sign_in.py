"""Signing in with an OpenID provider: authorization code flow with PKCE (OIDC Core, RFC 7636).

Discovery and keys are fetched from the provider and kept; the ID token passes the strict
pre-parser before anything in it is believed. Who somebody is comes from the provider's claims
`name`, `id_type`, `id_number` (residents) or `staff_number`, `station` (officers).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from certstore import base64url
from certstore.callers import Caller, Officer, Resident, caller_as_json, caller_from_json
from certstore.certificates import Holder
from certstore.chance import token
from certstore.clock import Clock
from certstore.errors import InvalidTokenError, MalformedError, UnauthenticatedError
from certstore.identifiers import ResidentId
from certstore.jwk import from_jwk
from certstore.keys import algorithm_of
from certstore.tables.books import Archive
from certstore.tables.sessions import SessionRow, SignInRow
from certstore.tokens import check_times, parse_compact

_SIGN_IN_TIME = timedelta(minutes=10)
_ID_TOKEN_LIFETIME_S = 3600


class Provider(Protocol):
    """What is asked of an OpenID provider; certstore/service/openid.py asks it by HTTP."""

    issuer: str

    def authorization_endpoint(self) -> str:
        """Where the browser goes."""
        ...

    def exchange(self, code: str, code_verifier: str, redirect_uri: str) -> str:
        """Exchange a code for the ID token; UnavailableError when the provider does not answer."""
        ...

    def key(self, kid: str) -> Mapping[str, Any] | None:
        """The provider's public key with this identifier, as a JWK."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: who it is, its CSRF token, and when it ends."""

    caller: Caller
    csrf: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInDesk:
    """Signs people in and out."""

    archive: Archive
    provider: Provider
    clock: Clock
    client_id: str
    redirect_uri: str
    session_time: timedelta = field(default=timedelta(minutes=30))

    def begin(self, return_to: str) -> tuple[str, str]:
        """Where to send the browser, and the state to bind to it; `return_to` is a local path."""
        if not is_local_path(return_to):
            raise MalformedError("only paths of this service are returned to", where="return_to")
        state, nonce, verifier = token(), token(), token(48)
        ends = self.clock.now() + _SIGN_IN_TIME
        with self.archive.writing() as books:
            books.sessions.begin_sign_in(state, SignInRow(nonce, verifier, return_to, ends))
        challenge = base64url.encode(hashlib.sha256(verifier.encode()).digest())
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.provider.authorization_endpoint()}?{urlencode(query)}", state

    def complete(self, state: str, bound_state: str, code: str) -> tuple[str, str]:
        """Finish a sign-in that came back: the new session's token, and where to go.

        UnauthenticatedError if the state is not the one this browser left with, or too old.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            left = books.sessions.take_sign_in(state)
        if left is None or state != bound_state or left.expires_at < now:
            raise UnauthenticatedError("this sign-in was not begun here", remedy="sign in again")
        id_token = self.provider.exchange(code, left.code_verifier, self.redirect_uri)
        caller = self._caller(id_token, left.nonce, now)
        secret = token()
        row = SessionRow(caller_as_json(caller), token(), now, now + self.session_time)
        with self.archive.writing() as books:
            books.sessions.forget_ended(now)
            books.sessions.open(secret, row)
        return secret, left.return_to

    def session(self, secret: str) -> Session | None:
        """The session with this secret, if it has not ended."""
        with self.archive.reading() as books:
            row = books.sessions.find(secret, self.clock.now())
        if row is None:
            return None
        return Session(caller_from_json(row.caller), row.csrf, row.expires_at)

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self.archive.writing() as books:
            books.sessions.close(secret)

    def _caller(self, id_token: str, nonce: str, now: datetime) -> Caller:
        parsed = parse_compact(id_token, typ="JWT", optional=frozenset({"typ"}))
        jwk = self.provider.key(parsed.kid)
        if jwk is None:
            raise InvalidTokenError("the identity provider does not know this key", cause="kid")
        key = from_jwk({name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk})
        claims = parsed.verified(key, algorithm_of(key))
        check_times(claims, now, max_lifetime=_ID_TOKEN_LIFETIME_S)
        meant = {
            "iss": claims.get("iss") == self.provider.issuer,
            "aud": _is_audience(claims, self.client_id),
            "nonce": claims.get("nonce") == nonce,
        }
        for name, holds in meant.items():
            if not holds:
                raise InvalidTokenError("an ID token was made for another sign-in", cause=name)
        return _read_caller(claims)


def is_local_path(path: str) -> bool:
    """Whether a path leads nowhere but into this service."""
    return (
        path.startswith("/")
        and not path.startswith("//")  # another host
        and "\\" not in path  # which browsers read as a slash
        and path.isprintable()  # browsers drop tabs and line ends
    )


def _is_audience(claims: Mapping[str, Any], client_id: str) -> bool:
    """Whether an ID token is for us: alone, or with others as the party it was given to.

    OpenID Connect Core §3.1.3.7, steps 3 to 5.
    """
    audience = claims.get("aud")
    if audience in (client_id, [client_id]):
        return True
    return isinstance(audience, list) and client_id in audience and claims.get("azp") == client_id


def _read_caller(claims: Mapping[str, Any]) -> Caller:
    name, verified = claims.get("name"), claims.get("auth_time", claims.get("iat"))
    if not isinstance(name, str) or not isinstance(verified, int):
        raise InvalidTokenError("the identity provider gave no name or time", cause="claims")
    number, station = claims.get("staff_number"), claims.get("station")
    if isinstance(number, str) and isinstance(station, str):
        return Officer(name, number, station)
    id_number, id_type = claims.get("id_number"), claims.get("id_type", "111")
    if not isinstance(id_number, str) or id_type != "111":
        raise InvalidTokenError("the identity provider gave no identity number", cause="claims")
    holder = Holder(name, id_type, ResidentId.parse(id_number).value)
    account = f"{claims['iss']}#{claims.get('sub', '')}"
    return Resident(holder, account, datetime.fromtimestamp(verified, UTC))
