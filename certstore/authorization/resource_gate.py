"""Tokens as they are used: at a search or pull, with their proof (RFC 6750, RFC 9449 §7).

One signature for the token, one for its proof, and one transaction for everything that may have
changed meanwhile: the proof's identifier used up, the token not revoked, the client active.
"""

from dataclasses import dataclass
from typing import NoReturn

from certstore.authorization import dpop
from certstore.authorization.access_token import OpenedToken, TokenMint
from certstore.callers import Service
from certstore.clock import Clock
from certstore.errors import (
    InvalidDpopProofError,
    InvalidTokenError,
    UnauthenticatedError,
    UnprovenTokenError,
)
from certstore.tables.books import Archive
from certstore.tables.sharing import Standing


@dataclass(frozen=True, slots=True)
class Presented:
    """A token as a request brings it: the scheme before it, the proofs beside it, and to where.

    `url` is the address by which strangers reach us, without a query.
    """

    scheme: str
    token: str
    proofs: tuple[str, ...]
    method: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceGate:
    """Lets a service in whose token and proof hold."""

    archive: Archive
    mint: TokenMint
    clock: Clock

    def admit(self, presented: Presented) -> Service:
        """The service a token speaks for.

        Raises UnauthenticatedError without a token, InvalidTokenError for one that does not hold,
        UnprovenTokenError (slug invalid-dpop-proof) for one without the proof that it needs.
        """
        scheme = presented.scheme.lower()
        if scheme not in {"bearer", "dpop"} or not presented.token:
            raise UnauthenticatedError(
                "an access token is needed",
                where="Authorization",
                remedy="get one from /oauth2/token",
            )
        now = self.clock.now()
        token = self.mint.open(presented.token, now)
        if token.jkt is None:
            if scheme == "dpop":
                _refuse("not_bound", "the access token is not bound to a key: send it as Bearer")
            with self.archive.reading() as books:
                standing = books.sharing.standing(token.client_id, token.jti)
        else:
            proof = self._proof(presented, scheme, token)
            with self.archive.writing() as books:
                first = books.sharing.use_once(proof.issuer, proof.jti, proof.forget_after)
                standing = books.sharing.standing(token.client_id, token.jti)
            if not first:
                raise _unproven(dpop.replayed())
        _judge(standing, token)
        return token.service

    def _proof(self, presented: Presented, scheme: str, token: OpenedToken) -> dpop.Proof:
        try:
            if scheme != "dpop":
                raise dpop.missing("Authorization")
            if len(presented.proofs) != 1:
                raise dpop.missing()
            sent = dpop.Sent(presented.method, presented.url, presented.token)
            proof = dpop.judge_proof(presented.proofs[0], sent, self.clock.now())
            if proof.jkt != token.jkt:
                raise dpop.other_key()
        except InvalidDpopProofError as error:
            raise _unproven(error) from error
        return proof


def _judge(standing: Standing | None, token: OpenedToken) -> None:
    if standing is None or standing.state != "active":
        _refuse("client_inactive", "the token's client is not active any more")
    if standing.revoked:
        _refuse("revoked", "the access token was revoked")
    if standing.dpop_bound and token.jkt is None:
        _refuse(
            "bearer_not_allowed", "the client uses tokens that are bound to a key, and no other"
        )


def _unproven(error: InvalidDpopProofError) -> UnprovenTokenError:
    return UnprovenTokenError(error.detail, where=error.where, remedy=error.remedy, **error.facts)


def _refuse(cause: str, detail: str) -> NoReturn:
    raise InvalidTokenError(
        detail,
        where="Authorization",
        remedy="get a new one from the token endpoint",
        cause=cause,
    )
