"""What a client may ask about its own tokens, and do to them (RFC 7662, RFC 7009)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from certstore.authorization.access_token import OpenedToken, TokenMint
from certstore.authorization.token_desk import Assertion, TokenDesk, told_to_oauth_clients
from certstore.clock import Clock
from certstore.errors import ForbiddenError, InvalidTokenError
from certstore.tables.books import Archive

INACTIVE: Final[dict[str, Any]] = {"active": False}
_TOLD: Final = ("iss", "sub", "aud", "client_id", "iat", "exp", "jti", "authorization_details")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenStandingDesk:
    """Introspects and revokes tokens, each for the client that it was given to."""

    archive: Archive
    mint: TokenMint
    tokens: TokenDesk
    clock: Clock

    @property
    def introspection_endpoint(self) -> str:
        """Where tokens are asked about."""
        return f"{self.mint.issuer}/oauth2/introspect"

    @property
    def revocation_endpoint(self) -> str:
        """Where tokens are revoked."""
        return f"{self.mint.issuer}/oauth2/revoke"

    def introspect(self, assertion_type: str, assertion: str, token: str) -> dict[str, Any]:
        """How a token stands; of one that is not the client's, only that it is not active."""
        now = self.clock.now()
        with told_to_oauth_clients():
            sent = Assertion(assertion_type, assertion, self.introspection_endpoint)
            client = self.tokens.authenticate(sent, now)
        found = self._opened(token, now)
        if found is None or found.client_id != client.client_id:
            return INACTIVE
        with self.archive.reading() as books:
            standing = books.sharing.standing(found.client_id, found.jti)
        unusable = client.dpop_bound and found.jkt is None
        if standing is None or standing.revoked or unusable:
            return INACTIVE
        told = {name: found.claims[name] for name in _TOLD}
        kind = "Bearer" if found.jkt is None else "DPoP"
        bound = {} if found.jkt is None else {"cnf": {"jkt": found.jkt}}
        return {"active": True, "token_type": kind, **told, **bound}

    def revoke(self, assertion_type: str, assertion: str, token: str) -> None:
        """Revoke a token from the next request on, in every process.

        One that does not hold anyhow is no error (RFC 7009 §2.2); ForbiddenError for another
        client's.
        """
        now = self.clock.now()
        with told_to_oauth_clients():
            sent = Assertion(assertion_type, assertion, self.revocation_endpoint)
            client = self.tokens.authenticate(sent, now)
        found = self._opened(token, now)
        if found is None:
            return
        if found.client_id != client.client_id:
            raise ForbiddenError(
                "the token was given to another client",
                where="token",
                remedy="only its own client revokes a token",
                error="unauthorized_client",
            )
        with self.archive.writing() as books:
            books.sharing.revoke(found.jti, datetime.fromtimestamp(found.claims["exp"], UTC))

    def _opened(self, token: str, now: datetime) -> OpenedToken | None:
        try:
            return self.mint.open(token, now)
        except InvalidTokenError:
            return None
