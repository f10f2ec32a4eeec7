"""Proofs of possession as an independent JOSE library writes them, good and hostile."""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from certstore.chance import reference
from certstore.clock import unix
from certstore.service.wiring import House


def public_jwk(key: Any) -> dict[str, str]:
    """The public half as PyJWT writes it, without what it adds."""
    kind = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else OKPAlgorithm
    written = json.loads(kind.to_jwk(key.public_key()))
    return {name: written[name] for name in ("kty", "crv", "x", "y") if name in written}


def ath(token: str) -> str:
    """The hash of an access token, as RFC 9449 §4.2 has it."""
    digest = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def proof(
    key: Any,
    url: str,
    now: datetime,
    *,
    header: Any = None,
    algorithm: str = "ES256",
    **changes: Any,
) -> str:
    """A proof for a POST to this address; a change to `...` leaves a claim or a field out."""
    claims = {"htm": "POST", "htu": url, "iat": unix(now), "jti": reference()} | changes
    kept = {name: value for name, value in claims.items() if value is not ...}
    head = {"typ": "dpop+jwt"} | (header or {})
    if "jwk" not in head:
        head["jwk"] = public_jwk(key)
    kept_head = {name: value for name, value in head.items() if value is not ...}
    return jwt.encode(kept, key, algorithm=algorithm, headers=kept_head)


def token_proof(house: House, key: Any, **changes: Any) -> str:
    """A proof for the token endpoint."""
    url = f"{house.settings.public_url}/oauth2/token"
    return proof(key, url, house.clock.now(), **changes)


def bound_headers(house: House, key: Any, token: str, path: str, **changes: Any) -> dict[str, str]:
    """The headers of a request with a bound token."""
    said = {"ath": ath(token)} | changes
    url = f"{house.settings.public_url}{path}"
    return {"Authorization": f"DPoP {token}", "DPoP": proof(key, url, house.clock.now(), **said)}
