"""Tokens as they are used: at a search or pull, with their proof (RFC 6750, RFC 9449 §7).

One signature for the token, one for its proof, and one transaction for everything that may have
changed meanwhile: the proof's identifier used up, the token not revoked, the client active.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn

from certstore.authorization import dpop
from certstore.authorization.access_token import OpenedToken, TokenMint
from certstore.callers import Service
from certstore.clock import Clock
from certstore.errors import (
    CertstoreError,
    InvalidDpopProofError,
    InvalidTokenError,
    PurposeError,
    UnauthenticatedError,
    UnprovenTokenError,
)
from certstore.tables.books import Archive, Books
from certstore.tables.sharing import Standing, Used

# One on trial is usable on the sandbox alone: elsewhere no token is given for it.
_USABLE: Final = frozenset({"active", "approved", "over_quota"})


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


@dataclass(frozen=True, slots=True)
class Admission:
    """A token and its proof, both sound. Whether they still count is asked where it is used.

    Not checked here: that the proof is used for the first time, that the token was not revoked,
    and that its client is active.
    """

    token: OpenedToken
    proof: dpop.Proof | None

    @property
    def service(self) -> Service:
        """Whom the token speaks for."""
        return self.token.service


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceGate:
    """Lets a service in whose token and proof hold."""

    archive: Archive
    mint: TokenMint
    clock: Clock

    def admit(self, presented: Presented, *, also_unusable: bool = False) -> Service:
        """The service a token speaks for, whose purpose still stands as it did when it was given.

        Raises UnauthenticatedError without a token, InvalidTokenError for one that does not hold,
        UnprovenTokenError (slug invalid-dpop-proof) for one without the proof that it needs,
        PurposeError for one of a purpose that was suspended or changed since. The last is left to
        who asks for `also_unusable`: a search is refused for it on record.
        """
        admission = self.open(presented)
        opening = self.archive.reading if admission.proof is None else self.archive.writing
        with opening() as books:
            (refusal,) = self.admit_all(books, [admission])
            if refusal is None and not also_unusable:
                stands = books.sharing.purpose_standing(admission.service.purpose_id)
                refusal = judge_purpose_standing(stands, admission.service)
        if refusal is not None:
            raise refusal
        return admission.service

    def open(self, presented: Presented) -> Admission:
        """Check everything that a request itself shows; no IO, and nothing is used up.

        Raises as `admit`.
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
        if token.jkt is not None:
            return Admission(token, self._proof(presented, scheme, token, now))
        if scheme == "dpop":
            _refuse("not_bound", "the access token is not bound to a key: send it as Bearer")
        return Admission(token, None)

    def admit_all(
        self, books: Books, admissions: Sequence[Admission]
    ) -> list[CertstoreError | None]:
        """Use the proofs up and look at the tokens; for each, why it is not let in, or None.

        In one transaction with what the services are let in for.
        """
        proofs = [each.proof for each in admissions if each.proof is not None]
        used = [Used(proof.issuer, proof.jti, proof.forget_after) for proof in proofs]
        firsts = iter(books.sharing.use_all_once(used) if used else ())
        standings = books.sharing.standings(
            (each.token.client_id, each.token.jti) for each in admissions
        )
        found: list[CertstoreError | None] = []
        for each in admissions:
            if each.proof is not None and not next(firsts):
                found.append(_unproven(dpop.replayed()))
            else:
                token = each.token
                found.append(_judged(standings.get((token.client_id, token.jti)), token))
        return found

    def _proof(
        self, presented: Presented, scheme: str, token: OpenedToken, now: datetime
    ) -> dpop.Proof:
        try:
            if scheme != "dpop":
                raise dpop.missing("Authorization")
            if len(presented.proofs) != 1:
                raise dpop.missing()
            sent = dpop.Sent(presented.method, presented.url, presented.token)
            proof = dpop.judge_proof(presented.proofs[0], sent, now)
            if proof.jkt != token.jkt:
                raise dpop.other_key()
        except InvalidDpopProofError as error:
            raise _unproven(error) from error
        return proof


def judge_purpose_standing(stands: tuple[str, int] | None, service: Service) -> PurposeError | None:
    """Why a purpose may not be used any more with a token that was given before; None if it may.

    `stands` is its state and version at this moment; None: there is no such purpose.
    """
    if stands is None or stands[0] not in _USABLE:
        return PurposeError(
            "the purpose is not active any more", where="purpose_id", cause="purpose_inactive"
        )
    if stands[1] != service.version:
        return PurposeError(
            "what the purpose covers was changed after the token was given",
            where="purpose_id",
            remedy="get a new token",
            cause="purpose_changed",
        )
    return None


def _judged(standing: Standing | None, token: OpenedToken) -> InvalidTokenError | None:
    try:
        _judge(standing, token)
    except InvalidTokenError as refusal:
        return refusal
    return None


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
