"""Signing in with an OpenID provider: authorization code flow with PKCE (OIDC Core, RFC 7636).

Discovery and keys are fetched from the provider and kept for a while; the ID token is judged by
`id_tokens.py`, who it names by `identity_claims.py`.

A session belongs to one account and one browser. It ends when its time is over, when its holder
signs out, and when somebody signs in anew in the same browser, the same person or another. The
account's sessions in other browsers go on; the provider is not told.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from certstore import base64url
from certstore.callers import Caller, Resident, caller_as_json, caller_from_json
from certstore.chance import token
from certstore.clock import Clock
from certstore.earlier_verification import read_earlier
from certstore.errors import InvalidTokenError, MalformedError, UnauthenticatedError
from certstore.id_tokens import Expected, IdToken, Jwk, choose_key, claims_of, read_id_token
from certstore.identity_claims import read_caller
from certstore.kept_forms import KeptForms, account_of
from certstore.tables.books import Archive, Books
from certstore.tables.sessions import SessionRow, SignInRow

_SIGN_IN_TIME = timedelta(minutes=10)


class Provider(Protocol):
    """What is asked of an OpenID provider; certstore/service/openid.py asks it by HTTP."""

    issuer: str

    def authorization_endpoint(self) -> str:
        """Where the browser goes."""
        ...

    def algorithms(self) -> frozenset[str]:
        """What ID tokens may be signed with: by the provider's metadata and by our settings."""
        ...

    def names_itself(self) -> bool:
        """Whether every authorization response carries `iss` (RFC 9207)."""
        ...

    def exchange(self, code: str, code_verifier: str, redirect_uri: str) -> str:
        """Exchange a code for the ID token; UnavailableError when the provider does not answer."""
        ...

    def keys(self, *, anew: bool = False) -> Sequence[Jwk]:
        """The provider's public keys; `anew` when one is missing, since providers rotate."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: who it is, its CSRF token, when it ends, and inside which app it runs."""

    caller: Caller
    csrf: str
    expires_at: datetime
    host: str = ""  # the code of the app it was handed over by


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What came back from the provider with the browser (RFC 6749 §4.1.2, RFC 9207)."""

    state: str
    code: str
    issuer: str | None = None
    bound_state: str = ""  # the state this browser left with
    session: str = ""  # the secret of the session it has, which ends now


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInDesk:
    """Signs people in and out."""

    archive: Archive
    provider: Provider
    clock: Clock
    client_id: str
    redirect_uri: str
    session_time: timedelta = field(default=timedelta(minutes=30))

    @property
    def forms(self) -> KeptForms:
        """Forms that arrived after their session had ended."""
        return KeptForms(self.archive, self.clock)

    def begin(self, return_to: str) -> tuple[str, str]:
        """Where to send the browser, and the state to bind to it; `return_to` is a local path."""
        if not is_local_path(return_to):
            raise MalformedError("only paths of this service are returned to", where="return_to")
        leads_to = self.provider.authorization_endpoint()
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
        return f"{leads_to}{'&' if '?' in leads_to else '?'}{urlencode(query)}", state

    def complete(self, returned: Returned) -> tuple[str, str]:
        """Finish a sign-in that came back: the new session's token, and where to go.

        UnauthenticatedError if the state is not the one this browser left with, or too old, or
        the answer is another provider's; InvalidTokenError where the ID token is refused. The
        session that the browser had ends with this one's beginning, and only then.
        """
        now = self.clock.now()
        left = self._left(returned, now)
        id_token = self.provider.exchange(returned.code, left.code_verifier, self.redirect_uri)
        claims = self._claims(id_token, left.nonce, now)
        caller = read_caller(claims, now)
        with self.archive.writing() as books:
            secret = self.open(books, caller, returned.session)
            if isinstance(caller, Resident):
                told = read_earlier(claims, caller.holder)
                books.earlier.replace(caller.account, caller.holder, told)
        return secret, left.return_to

    def open(self, books: Books, caller: Caller, former: str, host: str = "") -> str:
        """Open a session in this transaction; its secret. The browser's `former` one ends.

        `host` is the code of the app that vouched for the caller; empty: the identity provider.
        """
        now, secret = self.clock.now(), token()
        csrf = _end_former(books, former, caller) or token()
        row = SessionRow(caller_as_json(caller), csrf, now, now + self.session_time, host)
        books.sessions.forget_ended(now)
        books.sessions.open(secret, row)
        if isinstance(caller, Resident) and not host:  # an app renames nobody
            holder = caller.holder
            if books.people.find(holder.id_type, holder.id_number):
                books.people.named(holder)
        return secret

    def session(self, secret: str) -> Session | None:
        """The session with this secret, if it has not ended.

        One that an app opened ends when the person is on record by another name than the app's.
        """
        with self.archive.reading() as books:
            row = books.sessions.find(secret, self.clock.now())
            if row is None:
                return None
            caller = caller_from_json(row.caller)
            if row.host and isinstance(caller, Resident):
                renamed = books.people.named_otherwise(caller.holder)
                if renamed:  # what is done in this session would undo it
                    return None
        return Session(caller, row.csrf, row.expires_at, row.host)

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self.archive.writing() as books:
            books.sessions.close(secret)

    def _left(self, returned: Returned, now: datetime) -> SignInRow:
        """The sign-in this browser left with; taken, so that it comes back once."""
        with self.archive.writing() as books:
            left = books.sessions.take_sign_in(returned.state)
        if left is None or returned.state != returned.bound_state or left.expires_at < now:
            raise UnauthenticatedError("this sign-in was not begun here", remedy="sign in again")
        if returned.issuer != self.provider.issuer and (
            returned.issuer is not None or self.provider.names_itself()
        ):
            raise UnauthenticatedError(
                "another identity provider answered than was asked", remedy="sign in again"
            )
        return left

    def _claims(self, id_token: str, nonce: str, now: datetime) -> dict[str, Any]:
        parsed = read_id_token(id_token, self.provider.algorithms())
        expected = Expected(issuer=self.provider.issuer, client_id=self.client_id, nonce=nonce)
        return claims_of(parsed, self._key(parsed), expected, now)

    def _key(self, parsed: IdToken) -> Jwk:
        key = choose_key(parsed, self.provider.keys())
        if key is None:
            key = choose_key(parsed, self.provider.keys(anew=True))
        if key is None:
            raise InvalidTokenError(
                "the identity provider does not publish the key its ID token names",
                cause="kid",
                remedy="sign in again",
            )
        return key


def _end_former(books: Books, session: str, caller: Caller) -> str | None:
    """End the browser's former session; its form token, if it was the same account's.

    Pages that the same person still has open in other tabs keep working.
    """
    former = books.sessions.find_even_ended(session) if session else None
    if former is None:
        return None
    books.sessions.close(session)
    same = account_of(caller_from_json(former.caller)) == account_of(caller)
    return former.csrf if same else None


def is_local_path(path: str) -> bool:
    """Whether a path leads nowhere but into this service."""
    return (
        path.startswith("/")
        and not path.startswith("//")  # another host
        and "\\" not in path  # which browsers read as a slash
        and path.isprintable()  # browsers drop tabs and line ends
    )
