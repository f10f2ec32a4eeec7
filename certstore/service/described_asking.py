"""Calls for asking wallets as the API's description has them."""

from collections.abc import Mapping
from typing import Any, Final

from certstore.service.answer_shapes import in_json, in_text

_PATH: Final = "/v1/verify/wallet-requests"
_REF: Final = "k7m2x9qd4wzr5t8vbn3c"
_SECRET: Final = "Yk3v…"  # noqa: S105 - an example
_ASKED: Final = {
    "ref": _REF,
    "secret": _SECRET,
    "link": f"openid4vp://?client_id=x509_hash%3A…&request_uri=https%3A…%2F{_REF}%2Frequest"
    "&request_uri_method=post",
    "expires_at": "2026-11-25T02:05:00Z",
}
_RESULT: Final = {
    "state": "answered",
    "error": "",
    "verdict": {
        "verdict": "valid",
        "reasons": [],
        "checks": [{"name": "holder_proof", "passed": True, "detail": ""}],
        "fields": {"name": "林晓禾", "valid_to": "2027-11-24", "type": "residence_voucher"},
        "photo": None,
        "checked_at": "2026-11-25T02:01:12Z",
        "list_age_s": 0,
    },
}
_REQUEST: Final = in_text("eyJ4NWMiOlsi…", "application/oauth-authz-req+jwt")

ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("GET", f"{_PATH}/{{ref}}/request"): {200: _REQUEST},
    ("POST", f"{_PATH}/{{ref}}/request"): {200: _REQUEST},
    ("POST", f"{_PATH}/{{ref}}/response"): {
        200: {
            **in_json({"redirect_uri": f"https://certstore.example/scan/wallet/{_REF}?…"}),
            "description": "Taken. On one device `redirect_uri` leads back; else the answer is {}",
        }
    },
}
EXAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", _PATH): _ASKED,
    ("POST", f"{_PATH}/{{ref}}:result"): _RESULT,
}
REQUESTS: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", _PATH): {"wanted": "minimal", "verifier": "望江酒店"},
    ("POST", f"{_PATH}/{{ref}}:result"): {"secret": _SECRET},
}
_OVER: Final = ((409, "conflict"), (410, "not-found"))
REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("POST", f"{_PATH}/{{ref}}:result"): _OVER,
    ("GET", f"{_PATH}/{{ref}}/request"): _OVER,
    ("POST", f"{_PATH}/{{ref}}/request"): _OVER,
    ("POST", f"{_PATH}/{{ref}}/response"): (*_OVER, (503, "ledger-unavailable")),
    ("POST", _PATH): ((404, "not-found"),),
}
"""404 of the first: the key folder holds no key for requests to wallets yet."""
