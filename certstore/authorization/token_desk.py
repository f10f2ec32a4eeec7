"""The token endpoint: client_credentials with private_key_jwt, and a proof of possession.

RFC 6749 §4.4, RFC 7523 §3, RFC 9396 (authorization_details), RFC 9068 (at+jwt), RFC 9449 (DPoP).
There are no client secrets. What is not granted is refused here, by name, and not at the pull.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certstore.authorization import client_assertion, dpop
from certstore.authorization.access_token import TOKEN_LIFETIME_S, TokenMint
from certstore.authorization.client_assertion import ASSERTION_TYPE, Expected
from certstore.authorization.details import USABLE, judge_grant, judge_purpose, read_details
from certstore.clock import Clock
from certstore.errors import (
    CertstoreError,
    FieldNotGrantedError,
    InvalidDpopProofError,
    InvalidTokenError,
    MalformedError,
    PurposeError,
    QuotaExceededError,
)
from certstore.tables.books import Archive
from certstore.tables.sharing import Client

GRANT_TYPE: Final = "client_credentials"
ERRORS: Final[tuple[tuple[type[CertstoreError], str], ...]] = (
    (InvalidDpopProofError, "invalid_dpop_proof"),
    (InvalidTokenError, "invalid_client"),
    (FieldNotGrantedError, "invalid_authorization_details"),
    (PurposeError, "invalid_authorization_details"),
    (QuotaExceededError, "temporarily_unavailable"),
    (MalformedError, "invalid_request"),
)
"""The `error` that an OAuth client looks for (RFC 6749 §5.2, RFC 9449 §5, RFC 9396 §5)."""


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The form of a token request, as sent, and the header DPoP where there is one."""

    grant_type: str
    client_assertion_type: str
    client_assertion: str
    authorization_details: str
    dpop_proof: str | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """How a client says who it is, as sent, at an endpoint (its whole address)."""

    type: str
    text: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDesk:
    """Gives tokens to clients that prove who they are."""

    archive: Archive
    mint: TokenMint
    clock: Clock
    usable: frozenset[str] = USABLE  # the states of a purpose that tokens are given for

    @property
    def issuer(self) -> str:
        """Our name, as an issuer and as an audience."""
        return self.mint.issuer

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for; the audience of client assertions, like the issuer."""
        return f"{self.issuer}/oauth2/token"

    def grant(self, request: TokenRequest) -> dict[str, Any]:
        """Answer a token request; a refusal names its exact cause once the client is known."""
        with told_to_oauth_clients():
            return self._grant(request)

    def _grant(self, request: TokenRequest) -> dict[str, Any]:
        if request.grant_type != GRANT_TYPE:
            raise MalformedError(
                f"the grant type is {GRANT_TYPE}",
                where="grant_type",
                error="unsupported_grant_type",
            )
        now = self.clock.now()
        sent = Assertion(
            request.client_assertion_type, request.client_assertion, self.token_endpoint
        )
        client = self.authenticate(sent, now)
        # The assertion is used up by now, whatever becomes of the request.
        with noting(client):
            jkt = self._bound_to(client, request.dpop_proof, now)
            detail = self._granted(client, request.authorization_details, now)
        return {
            "access_token": self.mint.write(client, detail, jkt, now),
            "token_type": "Bearer" if jkt is None else "DPoP",
            "expires_in": TOKEN_LIFETIME_S,
            "authorization_details": [detail],
        }

    def _granted(self, client: Client, details: str, now: datetime) -> dict[str, Any]:
        wanted = read_details(details)
        with self.archive.reading() as books:
            known = wanted.purpose_id.isprintable()
            purpose = books.sharing.purpose(wanted.purpose_id) if known else None
        return judge_grant(judge_purpose(client, wanted, purpose, now, self.usable), wanted)

    def authenticate(self, sent: Assertion, now: datetime) -> Client:
        """The client whose assertion this is; its jti is used up, by one atomic insert.

        Raises MalformedError or InvalidTokenError, and UnavailableError where that cannot be
        recorded.
        """
        if sent.type != ASSERTION_TYPE:
            raise MalformedError(
                f"the assertion type is {ASSERTION_TYPE}", where="client_assertion_type"
            )
        token = client_assertion.read_assertion(sent.text)
        with self.archive.reading() as books:
            named = client_assertion.named_client(token)
            found = books.sharing.client(named) if named else None
        client, claims = client_assertion.verified_claims(found, token)
        with noting(client):
            client_assertion.judge_claims(claims, client, self.expected(sent.endpoint, now))
            self._use_up(client, claims)
            client_assertion.judge_state(client)
        return client

    def _use_up(self, client: Client, claims: client_assertion.Claims) -> None:
        jti = client_assertion.identifier_of(claims)
        until = client_assertion.remembered_until(claims)
        with self.archive.writing() as books:
            first = books.sharing.use_once(client.client_id, jti, until)
        if not first:
            raise client_assertion.replayed()

    def expected(self, endpoint: str, now: datetime) -> Expected:
        """What an assertion sent to this endpoint is held against."""
        audiences = frozenset({self.issuer, self.token_endpoint, endpoint})
        return Expected(audiences, self.issuer, now)

    def _bound_to(self, client: Client, proof: str | None, now: datetime) -> str | None:
        """The thumbprint of the key that the token will be bound to; None for a bearer token."""
        if proof is None:
            if client.dpop_bound:
                raise dpop.missing()
            return None
        judged = dpop.judge_proof(proof, dpop.Sent("POST", self.token_endpoint), now)
        with self.archive.writing() as books:
            first = books.sharing.use_once(judged.issuer, judged.jti, judged.forget_after)
        if not first:
            raise dpop.replayed()
        return judged.jkt


@contextmanager
def noting(client: Client) -> Iterator[None]:
    """Let a refusal say, to us alone, whose it is: the client that proved who it is."""
    try:
        yield
    except CertstoreError as error:
        error.facts.setdefault("client", client.client_id)
        raise


@contextmanager
def told_to_oauth_clients() -> Iterator[None]:
    """Give what is refused inside the `error` that OAuth clients look for."""
    try:
        yield
    except CertstoreError as error:
        code = next((code for kind, code in ERRORS if isinstance(error, kind)), None)
        if code is not None:
            error.facts.setdefault("error", code)
        raise
