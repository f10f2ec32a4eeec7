"""ID tokens of an OpenID provider, read and judged strictly (OpenID Connect Core §3.1.3.7).

Providers are not ours, so they may sign with more algorithms than we do; which ones is what the
provider's metadata and our own settings both say. `none` and the HMAC family are not among them
whatever anybody says. Every refusal names its cause; none repeats what the token said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn, Protocol, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm, RSAPSSAlgorithm

from certstore import base64url
from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError
from certstore.strict_json import parse_json_strict
from certstore.tokens import LEEWAY, check_times

Jwk = Mapping[str, Any]
MAX_BYTES: Final = 16_384
_HEADER_BYTES: Final = 2048
_DEPTH: Final = 8
_REQUIRED: Final = frozenset({"alg"})
# The thumbprints are for other readers; everything that could bring in a key, or that a reader
# must understand (`crit`), is refused.
_HEADER: Final = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
_LONGEST_LIFE_S: Final = 86_400
_FRESH_S: Final = 600  # it was made for this very exchange
_RSA_BITS: Final = range(2048, 8193)
_RSA_EXPONENT: Final = 65_537
_LONGEST_SUBJECT: Final = 255  # OpenID Connect Core §2


class _Verifier(Protocol):
    def verify(self, msg: bytes, key: object, sig: bytes) -> bool: ...


_VERIFIERS: Final = {
    "RS256": RSAAlgorithm(RSAAlgorithm.SHA256),
    "PS256": RSAPSSAlgorithm(RSAPSSAlgorithm.SHA256),
    "ES256": ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1),
    "ES384": ECAlgorithm(ECAlgorithm.SHA384, ec.SECP384R1),
    "EdDSA": OKPAlgorithm(),
}
ALGORITHMS: Final = tuple(_VERIFIERS)
_KINDS: Final = {
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "EdDSA": ("OKP", "Ed25519"),
}
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True, slots=True)
class IdToken:
    """An ID token of sound form; nothing in it is believed before `claims_of` verified it."""

    algorithm: str
    kid: str  # empty: the provider named none
    payload: bytes
    signing_input: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an ID token must have been made for."""

    issuer: str
    client_id: str
    nonce: str


def read_id_token(text: str, allowed: frozenset[str]) -> IdToken:
    """Read a compact JWS signed with one of `allowed`; InvalidTokenError names the cause.

    Causes: too-large, parts, header, typ, algorithm, and those of the strict readers
    (base64url, json, duplicate, number, depth, encoding).
    """
    if len(text) > MAX_BYTES or not text.isascii():
        _refuse("too-large", f"has more than {MAX_BYTES} characters, or others than ASCII")
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - header, payload, signature
        _refuse("parts", "does not have three parts")
    header = _object(parts[0], _HEADER_BYTES)
    if not _REQUIRED <= header.keys() <= _HEADER or not all(
        isinstance(value, str) and value for value in header.values()
    ):
        _refuse("header", "has a header that lacks a field or holds one that is not allowed")
    if header.get("typ", "JWT").upper() != "JWT":
        _refuse("typ", "is a token of another kind")
    algorithm = header["alg"]
    if algorithm not in allowed & _VERIFIERS.keys():
        _refuse("algorithm", "is signed with an algorithm that is not allowed here")
    return IdToken(
        algorithm=algorithm,
        kid=header.get("kid", ""),
        payload=_bytes(parts[1]),
        signing_input=f"{parts[0]}.{parts[1]}".encode("ascii"),
        signature=_bytes(parts[2]),
    )


def choose_key(token: IdToken, keys: Sequence[Jwk]) -> Jwk | None:
    """The provider's key that the token names; without a `kid`, the only one that fits.

    None if there is none, which may mean that the provider has a new one. InvalidTokenError
    where several fit: which one was meant is not guessed.
    """
    fitting = [key for key in keys if _fits(key, token.algorithm)]
    named = [key for key in fitting if key.get("kid") == token.kid] if token.kid else fitting
    if len(named) > 1:
        _refuse("key", "could be signed with more than one key of the provider")
    return named[0] if named else None


def claims_of(token: IdToken, key: Jwk, expected: Expected, now: datetime) -> dict[str, Any]:
    """The claims of a token that this key signed for this very sign-in; InvalidTokenError if not.

    Causes: weak-key, jwk, signature, those of `check_times`, stale, and iss, aud, azp, nonce,
    sub by the claim's name. Numbers are the steps of OpenID Connect Core §3.1.3.7.
    """
    verifier = cast("_Verifier", _VERIFIERS[token.algorithm])
    if not verifier.verify(token.signing_input, _public_key(key), token.signature):  # 6
        _refuse("signature", "is not signed with the key it names")
    claims = _parsed(token.payload, MAX_BYTES)
    meant = {
        "iss": claims.get("iss") == expected.issuer,  # 2
        "aud": _is_audience(claims.get("aud"), expected.client_id),  # 3
        "azp": _is_party(claims, expected.client_id),  # 4, 5
        "nonce": claims.get("nonce") == expected.nonce,  # 11
        "sub": _is_subject(claims.get("sub")),
    }
    for name, holds in meant.items():
        if not holds:
            _refuse(name, f"was made for another sign-in, by its {name}")
    check_times(claims, now, max_lifetime=_LONGEST_LIFE_S)  # 9
    if claims["iat"] < unix(now) - _FRESH_S - LEEWAY:  # 10
        _refuse("stale", "was made long before it was asked for")
    return claims


def _is_audience(audience: object, client_id: str) -> bool:
    return audience == client_id or (isinstance(audience, list) and client_id in audience)


def _is_party(claims: Mapping[str, Any], client_id: str) -> bool:
    """Whether we are the party it was given to, which must be said where others are addressed."""
    several = isinstance(claims.get("aud"), list) and claims["aud"] != [client_id]
    return bool(claims.get("azp", None if several else client_id) == client_id)


def _is_subject(subject: object) -> bool:
    return (
        isinstance(subject, str)
        and 0 < len(subject) <= _LONGEST_SUBJECT
        and subject.isascii()
        and subject.isprintable()
    )


def _fits(key: Jwk, algorithm: str) -> bool:
    """Whether a key may be used so, by its kind and by what it says of itself (RFC 7517 §4)."""
    kind, curve = _KINDS[algorithm]
    operations = key.get("key_ops", ["verify"])
    return (
        key.get("kty") == kind
        and (curve is None or key.get("crv") == curve)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and isinstance(operations, list)
        and "verify" in operations
        and not _PRIVATE & key.keys()
    )


def _public_key(key: Jwk) -> object:
    try:
        if key["kty"] == "RSA":
            return _rsa_key(key)
        if key["kty"] == "OKP":
            return ed25519.Ed25519PublicKey.from_public_bytes(base64url.decode(key["x"]))
        curve, width = (ec.SECP256R1(), 32) if key["crv"] == "P-256" else (ec.SECP384R1(), 48)
        x, y = base64url.decode(key["x"]), base64url.decode(key["y"])
        if (len(x), len(y)) != (width, width):
            _refuse("jwk", "names a key whose coordinates have the wrong length")
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\x04" + x + y)
    except (KeyError, TypeError, ValueError, UnsupportedAlgorithm, MalformedError) as error:
        raise _refusal("jwk", "names a key that cannot be read") from error


def _rsa_key(key: Jwk) -> rsa.RSAPublicKey:
    n, e = (int.from_bytes(base64url.decode(key[name]), "big") for name in ("n", "e"))
    if n.bit_length() not in _RSA_BITS or e != _RSA_EXPONENT:
        _refuse("weak-key", "names an RSA key below 2048 bits, above 8192, or of another exponent")
    return rsa.RSAPublicNumbers(e, n).public_key()


def _object(part: str, most: int) -> dict[str, Any]:
    return _parsed(_bytes(part), most)


def _bytes(part: str) -> bytes:
    try:
        return base64url.decode(part)
    except MalformedError as error:
        raise _refusal(str(error.facts["cause"]), "is not spelled as it must be") from error


def _parsed(data: bytes, most: int) -> dict[str, Any]:
    try:
        found = parse_json_strict(data, max_bytes=most, max_depth=_DEPTH)
    except MalformedError as error:
        raise _refusal(str(error.facts["cause"]), "is not strict JSON") from error
    if not isinstance(found, dict):
        _refuse("json", "holds something else than a JSON object")
    return found


def _refuse(cause: str, what: str) -> NoReturn:
    raise _refusal(cause, what)


def _refusal(cause: str, what: str) -> InvalidTokenError:
    return InvalidTokenError(
        f"the identity provider's ID token {what}", cause=cause, remedy="sign in again"
    )
