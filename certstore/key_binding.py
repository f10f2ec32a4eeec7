"""Proof that a credential is shown by its holder, now, and to us: key binding (RFC 9901 §4.3).

A presentation is a credential with the disclosures to be shown, and behind them a small token
(`kb+jwt`) by the key that the credential names in `cnf`. The credential itself is judged in
certstore/sd_jwt.py; nothing of its claims may be believed before that.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import ec

from certstore import base64url
from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError
from certstore.jwk import from_jwk
from certstore.keys import Signer
from certstore.sd_jwt import MAX_CHARACTERS
from certstore.tokens import LEEWAY, parse_compact, sign_compact

TYP: Final = "kb+jwt"
_ALGORITHM: Final = "ES256"
_HEADER: Final = frozenset({"alg", "typ", "kid"})
_MAX_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Presentation:
    """A credential as it is shown, its last `~` included, and the holder's proof behind it."""

    credential: str
    proof: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take the two apart; MalformedError for no SD-JWT, InvalidTokenError without a proof."""
        if len(text) > MAX_CHARACTERS:
            raise MalformedError(
                f"a presentation has at most {MAX_CHARACTERS} characters",
                where="vp_token",
                cause="too-large",
            )
        credential, tilde, proof = text.rpartition("~")
        if not tilde:
            raise MalformedError("this is no SD-JWT", where="vp_token", cause="sd-jwt")
        if not proof:
            raise InvalidTokenError("no proof of the holder stands behind it", cause="missing")
        return cls(credential + tilde, proof)


@dataclass(frozen=True, slots=True)
class AskedOf:
    """What a proof must answer: who asked, with which nonce, and when."""

    audience: str
    nonce: str
    asked_at: datetime


def verify_key_binding(
    shown: Presentation, claims: Mapping[str, object], asked: AskedOf, now: datetime
) -> None:
    """Check the proof; `claims` are those of the credential, already verified.

    Raises MalformedError, or InvalidTokenError with `facts["cause"]`: unbound (the credential
    names no key), signature, audience, nonce, fields (another selection was signed), time (made
    before we asked or in the future, ±30 s). What else the proof says is not looked at.
    """
    key = _holder_key(claims.get("cnf"))
    token = parse_compact(
        shown.proof,
        typ=TYP,
        max_bytes=_MAX_BYTES,
        header_fields=_HEADER,
        optional=frozenset({"kid"}),
    )
    said = token.verified(key, _ALGORITHM)
    if said.get("aud") != asked.audience:
        raise InvalidTokenError("the proof was made for another verifier", cause="audience")
    if said.get("nonce") != asked.nonce:
        raise InvalidTokenError("the proof answers another question", cause="nonce")
    if said.get("sd_hash") != sd_hash(shown.credential):
        raise InvalidTokenError("the proof was made for other fields", cause="fields")
    made = said.get("iat")
    if type(made) is not int or not unix(asked.asked_at) - LEEWAY <= made <= unix(now) + LEEWAY:
        raise InvalidTokenError("the proof was not made since we asked", cause="time")


def bind(credential: str, holder: Signer, *, audience: str, nonce: str, at: datetime) -> str:
    """Show a credential (its last `~` included) with the holder's proof behind it."""
    claims = {"iat": unix(at), "aud": audience, "nonce": nonce, "sd_hash": sd_hash(credential)}
    return credential + sign_compact(claims, typ=TYP, signer=holder)


def sd_hash(credential: str) -> str:
    """The digest of a credential as it is shown, its last `~` included."""
    return base64url.encode(hashlib.sha256(credential.encode("ascii")).digest())


def _holder_key(cnf: object) -> ec.EllipticCurvePublicKey:
    if not isinstance(cnf, dict) or cnf.keys() != {"jwk"}:
        raise InvalidTokenError("the credential names no key of its holder", cause="unbound")
    key = from_jwk(cnf["jwk"])
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise InvalidTokenError("the holder's key is no P-256 key", cause="unbound")
    return key
