"""Proof that a wallet holds the key its credential is bound to (OpenID4VCI 1.0, appendix F.1).

ES256 by the key in the header alone. Key attestations are not asked for, and not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn, cast

from cryptography.hazmat.primitives.asymmetric import ec

from certstore.clock import unix
from certstore.errors import CertstoreError
from certstore.jwk import from_jwk, thumbprint, to_jwk
from certstore.tokens import LEEWAY, parse_compact
from certstore.wallets.refusal import WalletRefusedError

TYP: Final = "openid4vci-proof+jwt"
PROOF_LIFETIME_S: Final = 300
MAX_BYTES: Final = 8192
_HEADER: Final = frozenset({"alg", "typ", "jwk", "key_attestation"})
_OPTIONAL: Final = frozenset({"key_attestation"})
_KEY: Final = frozenset({"kty", "crv", "x", "y"})
_BESIDE: Final = frozenset({"alg", "use", "kid", "key_ops", "ext"})  # as wallets export a key


@dataclass(frozen=True, slots=True)
class ProofExpected:
    """For whom a proof must be made, and by which client; None: by one that gave no name."""

    issuer: str
    client_id: str | None


@dataclass(frozen=True, slots=True)
class ProvenKey:
    """A key whose holder asked: the bare public JWK, its thumbprint, and the nonce as it came.

    Not checked here: the nonce.
    """

    jwk: Mapping[str, str]
    thumbprint: str
    nonce: str


def judge_key_proof(text: object, expected: ProofExpected, now: datetime) -> ProvenKey:
    """The proven key; WalletRefusedError (`invalid_proof`) says what is wrong with the proof."""
    if not isinstance(text, str):
        _refuse("a key proof is a compact JWT")
    try:
        token = parse_compact(
            text, typ=TYP, max_bytes=MAX_BYTES, header_fields=_HEADER, optional=_OPTIONAL
        )
        if token.header["alg"] != "ES256":
            _refuse("a key proof is signed with ES256")
        key = _public_key(cast("Mapping[str, Any]", token.header["jwk"]))
        claims = token.verified(key, "ES256")
    except WalletRefusedError:
        raise
    except CertstoreError as error:
        _refuse(f"the key proof does not hold: {error.facts.get('cause', 'form')}")
    _check_names(claims, expected)
    _check_moment(claims, unix(now))
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        _refuse("a key proof carries a c_nonce of the nonce endpoint")
    return ProvenKey(to_jwk(key), thumbprint(key), nonce)


def _public_key(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    if jwk.keys() - _KEY - _BESIDE:
        _refuse("the jwk of a key proof is a public key and nothing else")
    if jwk.get("alg", "ES256") != "ES256" or jwk.get("use", "sig") != "sig":
        _refuse("the jwk of a key proof is for another use")
    key = from_jwk({name: value for name, value in jwk.items() if name in _KEY})
    if not isinstance(key, ec.EllipticCurvePublicKey):
        _refuse("the key of a key proof is on P-256")
    return key


def _check_names(claims: Mapping[str, object], expected: ProofExpected) -> None:
    if claims.get("aud") != expected.issuer:
        _refuse("the key proof is for another credential issuer")
    if "iss" in claims and claims["iss"] != expected.client_id:
        _refuse("iss is the client_id, and is left out where the client gave none")


def _check_moment(claims: Mapping[str, object], now: int) -> None:
    issued, ends, begins = claims.get("iat"), claims.get("exp"), claims.get("nbf")
    if type(issued) is not int or any(
        type(moment) is not int for moment in (ends, begins) if moment is not None
    ):
        _refuse("iat of a key proof is whole seconds since 1970")
    if issued > now + LEEWAY or (isinstance(begins, int) and begins > now + LEEWAY):
        _refuse("the key proof was made in the future")
    if issued <= now - PROOF_LIFETIME_S - LEEWAY or (
        isinstance(ends, int) and ends <= now - LEEWAY
    ):
        _refuse("the key proof is too old")


def _refuse(detail: str) -> NoReturn:
    raise WalletRefusedError("invalid_proof", detail)
