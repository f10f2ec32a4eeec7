"""What a wallet is sent: the signed request (RFC 9101), and the link that leads to it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from certstore import base64url
from certstore.certificate_chain import spell_x5c
from certstore.clock import unix
from certstore.errors import PurposeError
from certstore.keys import Purpose, Signer
from certstore.sd_jwt import TYP as SD_JWT
from certstore.sealed_answer import ENCRYPTIONS
from certstore.tokens import sign_compact
from verifiers.wallets.wanted import ALGORITHM

TYP: Final = "oauth-authz-req+jwt"
MEDIA_TYPE: Final = "application/oauth-authz-req+jwt"
_ANY_WALLET: Final = "https://self-issued.me/v2"  # OpenID4VP §5.8: whoever it is that reads it
_FORMATS: Final = {SD_JWT: {"sd-jwt_alg_values": [ALGORITHM], "kb-jwt_alg_values": [ALGORITHM]}}


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletRequest:
    """The parts of a request that are its own."""

    question: dict[str, object]
    nonce: str
    state: str
    response_uri: str
    answer_key: dict[str, str]  # a public JWK
    expires_at: datetime


def client_id(signer: Signer) -> str:
    """Who asks, as wallets know it: the digest of the signing certificate (`x509_hash`)."""
    digest = hashlib.sha256(signer.chain[0]).digest()
    return f"x509_hash:{base64url.encode(digest)}"


def sign_request(
    request: WalletRequest, signer: Signer, now: datetime, wallet_nonce: str | None = None
) -> str:
    """Sign the request, with the wallet's own nonce if it sent one (§5.10).

    The chain goes along without the root. PurposeError unless the key is for wallet requests.
    """
    if signer.purpose is not Purpose.WALLET_REQUEST:
        raise PurposeError("requests to wallets are signed by a wallet_request key")
    claims: dict[str, Any] = {
        "aud": _ANY_WALLET,
        "iat": unix(now),
        "exp": unix(request.expires_at),
        "client_id": client_id(signer),
        "response_type": "vp_token",
        "response_mode": "direct_post.jwt",
        "response_uri": request.response_uri,
        "nonce": request.nonce,
        "state": request.state,
        "dcql_query": request.question,
        "client_metadata": {
            "jwks": {"keys": [request.answer_key]},
            "encrypted_response_enc_values_supported": list(ENCRYPTIONS),
            "vp_formats_supported": _FORMATS,
        },
    }
    if wallet_nonce is not None:
        claims["wallet_nonce"] = wallet_nonce
    return sign_compact(claims, typ=TYP, signer=signer, header={"x5c": spell_x5c(signer.chain)})


def link(signer: Signer, request_uri: str) -> str:
    """What a code shows, or a button opens: where the wallet finds the request."""
    asked = {
        "client_id": client_id(signer),
        "request_uri": request_uri,
        "request_uri_method": "post",
    }
    return f"openid4vp://?{urlencode(asked)}"
