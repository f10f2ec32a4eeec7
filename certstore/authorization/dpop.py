"""Proofs of possession (DPoP, RFC 9449): whoever sends the token also holds its key.

Services need no server nonces (wallets do): a proof is used once, lives a minute and is bound to
its token (docs/adr/0016-tokens-bound-to-keys.md).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NoReturn, cast
from urllib.parse import unquote, urlsplit

from certstore import base64url
from certstore.clock import unix
from certstore.errors import InvalidDpopProofError, InvalidTokenError, MalformedError
from certstore.jwk import from_jwk, thumbprint
from certstore.keys import PublicKey, algorithm_of
from certstore.tokens import LEEWAY, CompactToken, parse_compact

TYP: Final = "dpop+jwt"
ALGORITHMS: Final = ("ES256", "EdDSA")
PROOF_LIFETIME_S: Final = 60
MAX_BYTES: Final = 4096
_HEADER: Final = frozenset({"alg", "jwk", "kid", "typ"})
_OPTIONAL: Final = frozenset({"kid"})
_KEY: Final = ("kty", "crv", "x", "y")
_BESIDE: Final = ("alg", "use", "kid", "key_ops", "ext")  # as Web Crypto exports a key
_MEMBERS: Final = frozenset({*_KEY, *_BESIDE})
_JTI: Final = range(8, 121)  # characters
_PORTS: Final = {"http": 80, "https": 443}
_LONGEST_HTU: Final = 2048
_ADDRESS: Final = re.compile(r"[!-~]+")  # no space and no line end, which urlsplit would drop


@dataclass(frozen=True, slots=True)
class Sent:
    """The request that a proof came with: its method, its address, its access token if it has one.

    `url` is the address by which strangers reach us, without a query.
    """

    method: str
    url: str
    access_token: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds: the thumbprint (RFC 7638) of its key, and its identifier to be used up.

    Not checked here: that the identifier was not used before.
    """

    jkt: str
    jti: str
    forget_after: datetime
    nonce: str | None = None  # what it says of a server's nonce; judged where one is asked for

    @property
    def issuer(self) -> str:
        """Under which name its identifier is used up: each key counts its own."""
        return f"dpop:{self.jkt}"


def judge_proof(text: str, sent: Sent, now: datetime) -> Proof:
    """Judge a proof as RFC 9449 §4.3 says; InvalidDpopProofError names what is wrong in `cause`.

    Causes: form (and those of parse_compact), jwk, signature, htm_mismatch, htu_mismatch, times,
    expired, not-yet-valid, jti_missing, ath_mismatch.
    """
    token, (key, algorithm, jkt) = _read(text)
    try:
        claims = token.verified(key, algorithm)
    except (InvalidTokenError, MalformedError) as error:
        _refuse(str(error.facts["cause"]), error.detail)
    if claims.get("htm") != sent.method:
        _refuse("htm_mismatch", "the proof is for another method", expected=sent.method)
    if not _same_place(claims.get("htu"), sent.url):
        _refuse("htu_mismatch", "the proof is for another address", expected=sent.url)
    issued = _check_moment(claims, now)
    jti = claims.get("jti")
    if not isinstance(jti, str) or len(jti) not in _JTI or not jti.isprintable():
        _refuse("jti_missing", "a proof carries a jti of 8 to 120 characters")
    if sent.access_token is not None and claims.get("ath") != token_hash(sent.access_token):
        _refuse("ath_mismatch", "the proof's ath is not the hash of the access token")
    # Remembered past every leeway.
    dead = datetime.fromtimestamp(issued + PROOF_LIFETIME_S + 2 * LEEWAY, UTC)
    nonce = claims.get("nonce")
    return Proof(jkt, jti, dead, nonce if isinstance(nonce, str) else None)


def replayed() -> InvalidDpopProofError:
    """The refusal of a proof whose jti was used before."""
    return _refusal("jti_replayed", "this proof was used before")


def missing(where: str = "DPoP") -> InvalidDpopProofError:
    """The refusal of a request that lacks the proof it needs."""
    return InvalidDpopProofError(
        "a proof of possession is needed",
        where=where,
        remedy="send one proof in the header DPoP (RFC 9449)",
        cause="proof_missing",
    )


def other_key() -> InvalidDpopProofError:
    """The refusal of a good proof by another key than the token is bound to."""
    return InvalidDpopProofError(
        "the proof's key is not the one the access token is bound to",
        where="DPoP",
        remedy="sign the proof with the key that the token was asked for with",
        cause="key_mismatch",
    )


@lru_cache(maxsize=4096)  # a token comes with many proofs
def token_hash(access_token: str) -> str:
    """The `ath` of a token: base64url of its SHA-256 (RFC 9449 §4.2)."""
    return base64url.encode(hashlib.sha256(access_token.encode()).digest())


_Key = tuple[PublicKey, str, str]
"""A key, its algorithm and its thumbprint."""


def _read(text: str) -> tuple[CompactToken, _Key]:
    try:
        token = parse_compact(
            text, typ=TYP, max_bytes=MAX_BYTES, header_fields=_HEADER, optional=_OPTIONAL
        )
        return token, _key(cast("Mapping[str, Any]", token.header["jwk"]))
    except MalformedError as error:
        _refuse(str(error.facts.get("cause", "form")), error.detail)


def _key(jwk: Mapping[str, Any]) -> _Key:
    if not jwk.keys() <= _MEMBERS:
        raise MalformedError("a proof's jwk is a public key and nothing else", cause="jwk")
    bare = [jwk.get(name) for name in _KEY]
    if not all(value is None or isinstance(value, str) for value in bare):
        raise MalformedError("a JWK is an object of texts", cause="jwk")
    found = _known_key(*bare)
    if jwk.get("alg", found[1]) != found[1]:
        raise MalformedError("a proof's jwk is for another algorithm", cause="jwk")
    return found


@lru_cache(maxsize=1024)  # a client signs thousands of proofs with one key
def _known_key(kty: str | None, crv: str | None, x: str | None, y: str | None) -> _Key:
    members = {"kty": kty, "crv": crv, "x": x, "y": y}
    key = from_jwk({name: value for name, value in members.items() if value is not None})
    return key, algorithm_of(key), thumbprint(key)


def _check_moment(claims: Mapping[str, object], now: datetime) -> int:
    issued = claims.get("iat")
    if type(issued) is not int:
        _refuse("times", "iat is whole seconds since 1970")
    if issued > unix(now) + LEEWAY:
        _refuse("not-yet-valid", "the proof was made in the future; set the clock")
    if issued <= unix(now) - PROOF_LIFETIME_S - LEEWAY:
        _refuse("expired", f"a proof is good for {PROOF_LIFETIME_S} s; make one for each request")
    return issued


def _same_place(htu: object, url: str) -> bool:
    """Whether both name one address, after normalising (RFC 3986 §6.2), without query, fragment."""
    if not isinstance(htu, str) or len(htu) > _LONGEST_HTU or not _ADDRESS.fullmatch(htu):
        return False
    if htu == url:  # as nearly everybody spells it
        return True
    found = _normal(htu)
    return found is not None and found == _normal(url)


def _normal(url: str) -> tuple[str, str, int | None, str] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        return None
    # Decoded, as our routes are found by decoded paths, too.
    return parts.scheme, host, port or _PORTS[parts.scheme], unquote(parts.path) or "/"


def _refusal(cause: str, detail: str, **facts: object) -> InvalidDpopProofError:
    return InvalidDpopProofError(
        detail, where="DPoP", remedy="mend the proof (RFC 9449 §4.2)", cause=cause, **facts
    )


def _refuse(cause: str, detail: str, **facts: object) -> NoReturn:
    raise _refusal(cause, detail, **facts)
