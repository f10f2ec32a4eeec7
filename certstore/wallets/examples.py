"""What the API's description shows of the calls of wallets: bodies, answers, refusals."""

from collections.abc import Mapping
from typing import Any, Final

from certstore.wallets.metadata import PRE_AUTHORIZED
from certstore.wallets.wire import FORM, JSON

_ORIGIN: Final = "https://certstore.example"
_CODE: Final = "8c1f" * 16
_TEXT: Final = {"type": "string", "maxLength": 2048}
OFFER: Final = {
    "credential_issuer": _ORIGIN,
    "credential_configuration_ids": ["residence_voucher"],
    "grants": {
        PRE_AUTHORIZED: {
            "pre-authorized_code": _CODE,
            "tx_code": {"input_mode": "numeric", "length": 6},
            "authorization_server": f"{_ORIGIN}/wallets",
        },
        "authorization_code": {
            "issuer_state": "k7m2x9qd4wzr5t8vbn3c",
            "authorization_server": f"{_ORIGIN}/wallets",
        },
    },
}
PUSHED: Final = {
    "request_uri": "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c",
    "expires_in": 90,
}
TOKEN: Final = {"access_token": "pLjt1MB9-jz5YDDwrVV0bU27HZTO", "token_type": "DPoP"} | {
    "expires_in": 3600
}
NONCE: Final = {"c_nonce": "wKI4LT17ac15ES9bw8ac4"}
GIVEN: Final = {
    "credentials": [{"credential": "eyJ4NWMiOlsiTUlJ…~WyJ…~"}],
    "notification_id": "3fwe98js",
}
LATER: Final = {"transaction_id": "8xLOxBtZp8", "interval": 60}
TYPE: Final = {
    "vct": f"{_ORIGIN}/credentials/residence_voucher",
    "name": "Residence Registration Voucher",
    "display": [{"locale": "zh-CN", "name": "居住登记凭证"}],
    "claims": [
        {"path": ["name"], "display": [{"locale": "zh-CN", "label": "姓名"}], "sd": "always"}
    ],
}
ISSUER: Final = {
    "credential_issuer": _ORIGIN,
    "authorization_servers": [f"{_ORIGIN}/wallets"],
    "credential_endpoint": f"{_ORIGIN}/wallets/credential",
    "credential_configurations_supported": {
        "residence_voucher": {"format": "dc+sd-jwt", "scope": "residence_voucher"}
    },
}
SERVER: Final = {
    "issuer": f"{_ORIGIN}/wallets",
    "token_endpoint": f"{_ORIGIN}/wallets/token",
    "pushed_authorization_request_endpoint": f"{_ORIGIN}/wallets/par",
}
PUSHED_FORM: Final = {
    "response_type": "code",
    "client_id": "wallet",
    "redirect_uri": "https://wallet.example/cb",
    "scope": "residence_voucher",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}
TOKEN_FORM: Final = {
    "grant_type": PRE_AUTHORIZED,
    "pre-authorized_code": _CODE,
    "tx_code": "493536",
}
REQUEST: Final = {
    "credential_configuration_id": "residence_voucher",
    "proofs": {"jwt": ["eyJ0eXAiOiJvcGVuaWQ0dmNpLXByb29mK2p3dCIs…"]},
}
NOTIFICATION: Final = {"notification_id": "3fwe98js", "event": "credential_accepted"}
_ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}


def takes_form(example: Mapping[str, str]) -> dict[str, Any]:
    """The description of a body that is a form; members beside these are passed over."""
    schema = {"type": "object", "properties": dict.fromkeys(example, _TEXT)}
    return _body(FORM, schema, example)


def takes_json(example: Mapping[str, Any]) -> dict[str, Any]:
    """The description of a body that is JSON."""
    known = {name: _TEXT if isinstance(v, str) else _PROOFS for name, v in example.items()}
    return _body(JSON, {"type": "object", "properties": known}, example)


def gives(
    example: Mapping[str, Any], said: str = "Done", *, signed: bool = False
) -> dict[str, Any]:
    """The description of a good answer; `signed`: also as a JWT."""
    content: dict[str, Any] = {JSON: {"schema": {"type": "object"}, "example": dict(example)}}
    if signed:
        content["application/jwt"] = {"schema": {"type": "string"}, "example": "eyJ4NWMiOlsi…"}
    return {"description": said, "content": content}


def refuses(**words: str) -> dict[int | str, dict[str, Any]]:
    """The descriptions of refusals: `on_400="invalid_grant"` and so on, with an example of each."""
    return {
        int(name.removeprefix("on_")): {
            "description": "refused in the words of RFC 6749 and OpenID4VCI 1.0: `error`",
            "content": {JSON: {"schema": _ERROR, "example": {"error": error}}},
        }
        for name, error in words.items()
    }


_PROOFS: Final = {
    "type": "object",
    "properties": {
        "jwt": {"type": "array", "items": {"type": "string", "maxLength": 8192}, "maxItems": 10}
    },
}


def _body(kind: str, schema: Mapping[str, Any], example: Mapping[str, Any]) -> dict[str, Any]:
    content = {kind: {"schema": dict(schema), "example": dict(example)}}
    return {"requestBody": {"required": True, "content": content}}
