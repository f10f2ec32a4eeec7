"""Who asks as a wallet: proofs of possession with nonces of ours (RFC 9449 §8), access tokens.

A wallet names itself to nobody here; what it has is a key, and everything it is given is bound
to that key.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certstore.authorization import dpop
from certstore.clock import Clock
from certstore.errors import InvalidDpopProofError
from certstore.tables.books import Archive, Books
from certstore.tables.wallets import WalletGrant
from certstore.wallets.nonces import NonceMint
from certstore.wallets.refusal import WalletRefusedError, unauthorised


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of who asks: Authorization and DPoP, each as often as it came.

    `url` is the address by which strangers reach us, without a query.
    """

    url: str
    proofs: tuple[str, ...] = ()
    authorization: tuple[str, ...] = ()


def digest(secret: str) -> str:
    """What is kept of a code, a token, a link: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletDoor:
    """Judges proofs and tokens of wallets."""

    archive: Archive
    nonces: NonceMint
    clock: Clock

    def key_of(self, shown: Shown) -> str:
        """The thumbprint of the key that asks for a token; its proof is used up.

        WalletRefusedError: `use_dpop_nonce` without a fresh nonce of ours, `invalid_dpop_proof`.
        """
        try:
            proof = self._proof(shown, None)
        except InvalidDpopProofError as error:
            raise WalletRefusedError("invalid_dpop_proof", error.detail) from None
        if self.nonces.read("dpop", proof.nonce) is None:
            raise WalletRefusedError("use_dpop_nonce", "the proof needs the nonce of this answer")
        with self.archive.writing() as books:
            first = books.sharing.use_once(proof.issuer, proof.jti, proof.forget_after)
        if not first:
            raise WalletRefusedError("invalid_dpop_proof", "this proof was used before")
        return proof.jkt

    def admit(self, shown: Shown) -> WalletGrant:
        """The grant of the access token that is shown with the proof it is bound to (401 if not).

        Not checked here: that the grant was not ended meanwhile; who uses it asks again.
        """
        token = _token(shown.authorization)
        try:
            proof = self._proof(shown, token)
        except InvalidDpopProofError as error:
            raise unauthorised("invalid_dpop_proof", error.detail) from None
        if self.nonces.read("dpop", proof.nonce) is None:
            raise unauthorised("use_dpop_nonce", "the proof needs the nonce of this answer")
        now = self.clock.now()
        with self.archive.writing() as books:
            first = books.sharing.use_once(proof.issuer, proof.jti, proof.forget_after)
            grant = standing(books, digest(token), now)
        if not first:
            raise unauthorised("invalid_dpop_proof", "this proof was used before")
        if grant is None or grant.jkt != proof.jkt:
            raise unauthorised("invalid_token", "the access token does not hold for this key")
        return grant

    def _proof(self, shown: Shown, token: str | None) -> dpop.Proof:
        if len(shown.proofs) != 1:
            raise dpop.missing()
        sent = dpop.Sent("POST", shown.url, token)
        return dpop.judge_proof(shown.proofs[0], sent, self.clock.now())


def standing(books: Books, token_digest: str, now: datetime) -> WalletGrant | None:
    """The grant of an access token that still holds."""
    grant = books.wallets.grant(token_digest)
    if grant is None or grant.ended_at is not None or grant.expires_at <= now:
        return None
    return grant


def _token(authorization: Sequence[str]) -> str:
    if not authorization:
        raise unauthorised("", "an access token is needed")
    scheme, _, token = authorization[0].partition(" ")
    if len(authorization) != 1 or scheme.lower() != "dpop" or not 0 < len(token) <= 200:  # noqa: PLR2004 - ours have 43
        raise unauthorised("invalid_token", "one access token is sent, as Authorization: DPoP")
    return token
