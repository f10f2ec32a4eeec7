"""Public keys as JSON Web Keys (RFC 7517, RFC 8037), read strictly: never a private member."""

import hashlib
import json
from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certstore import base64url
from certstore.errors import MalformedError
from certstore.keys import PublicKey

_COORDINATE = 32
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_MEMBERS = {"EC": {"kty", "crv", "x", "y"}, "OKP": {"kty", "crv", "x"}}


def to_jwk(public_key: PublicKey) -> dict[str, str]:
    """Write a P-256 or Ed25519 key with its required members only."""
    if isinstance(public_key, ed25519.Ed25519PublicKey):
        raw = public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(raw)}
    point = public_key.public_numbers()
    x, y = (base64url.encode(n.to_bytes(_COORDINATE, "big")) for n in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def from_jwk(jwk: object) -> PublicKey:
    """Read a P-256 or Ed25519 key; raise MalformedError for other members or a bad point."""
    if not isinstance(jwk, Mapping) or not all(isinstance(v, str) for v in jwk.values()):
        raise MalformedError("a JWK is an object of texts", cause="jwk")
    kind = jwk.get("kty", "")
    if kind not in _CURVES or set(jwk) != _MEMBERS[kind] or jwk["crv"] != _CURVES[kind]:
        raise MalformedError("a JWK is not a bare P-256 or Ed25519 public key", cause="jwk")
    try:
        if kind == "OKP":
            return ed25519.Ed25519PublicKey.from_public_bytes(_coordinate(jwk["x"]))
        return p256_key(_coordinate(jwk["x"]), _coordinate(jwk["y"]))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError("a JWK does not hold a point of its curve", cause="jwk") from error


def thumbprint(public_key: PublicKey) -> str:
    """The key's thumbprint (RFC 7638, SHA-256), as base64url: 43 characters."""
    members = json.dumps(to_jwk(public_key), sort_keys=True, separators=(",", ":"))
    return base64url.encode(hashlib.sha256(members.encode()).digest())


def p256_key(x: bytes, y: bytes) -> ec.EllipticCurvePublicKey:
    """Make the key from its coordinates; raise ValueError when they are no point of P-256."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)


def _coordinate(text: str) -> bytes:
    data = base64url.decode(text)
    if len(data) != _COORDINATE:
        raise MalformedError("a coordinate of a JWK has 32 bytes", cause="jwk")
    return data
