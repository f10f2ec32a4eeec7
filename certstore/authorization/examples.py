"""Examples in the API's description; signatures and identifiers are shortened or invented."""

import json
from typing import Any, Final

from certstore.authorization.client_assertion import ASSERTION_TYPE as ASSERTION_TYPE
from certstore.authorization.details import DETAILS_TYPE

_ISSUER: Final = "https://certstore.example"
_CLIENT: Final = "school-enrolment"
_JKT: Final = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"  # RFC 9449 §6.1
_MOMENT: Final = 1_790_000_000
ASSERTION: Final = "eyJhbGciOiJFUzI1NiIsImtpZCI6Ijk…"
ACCESS_TOKEN: Final = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImI…"  # noqa: S105 - an example's beginning
PROOF: Final = "eyJhbGciOiJFUzI1NiIsImp3ayI6eyJ…"

_ASKED: Final = {
    "type": DETAILS_TYPE,
    "purpose_id": "school-enrolment-2026",
    "matter_code": "school_enrolment",
    "cert_types": ["residence_voucher"],
    "fields": ["name", "residence_district"],
    "actions": ["search", "pull"],
    "legal_basis": {"kind": "statutory_duty", "ref": "义务教育法第十二条"},
}
DETAILS: Final = json.dumps([_ASKED], ensure_ascii=False)
_GRANTED: Final[dict[str, Any]] = {
    "type": DETAILS_TYPE,
    "purpose_id": "school-enrolment-2026",
    "matter_code": "school_enrolment",
    "title_zh": "义务教育入学报名",
    "title_en": "School enrolment",
    "fields": {"residence_voucher": ["name", "residence_district"]},
    "actions": ["search", "pull"],
    "legal_basis": _ASKED["legal_basis"],
    "version": 1,
}
TOKEN_ANSWER: Final[dict[str, Any]] = {
    "access_token": ACCESS_TOKEN,
    "token_type": "DPoP",
    "expires_in": 300,
    "authorization_details": [_GRANTED],
}
INTROSPECTION_ANSWER: Final[dict[str, Any]] = {
    "active": True,
    "token_type": "DPoP",
    "iss": _ISSUER,
    "sub": _CLIENT,
    "aud": _ISSUER,
    "client_id": _CLIENT,
    "iat": _MOMENT,
    "exp": _MOMENT + 300,
    "jti": "k7m2x9qd4wzr5t8vbn3c",
    "authorization_details": [_GRANTED],
    "cnf": {"jkt": _JKT},
}
DEBUG_ANSWER: Final[dict[str, Any]] = {
    "outcome": "would_refuse",
    "steps": [
        {"step": "form", "outcome": "passed"},
        {"step": "signature", "outcome": "passed"},
        {"step": "subject", "outcome": "passed"},
        {
            "step": "audience",
            "outcome": "failed",
            "cause": "aud_mismatch",
            "expected": _ISSUER,
            "detail": "the audience is not this server alone",
            "where": "client_assertion",
            "remedy": "mend the assertion",
        },
        {"step": "times", "outcome": "passed"},
        {"step": "identifier", "outcome": "passed"},
        {"step": "unused", "outcome": "passed"},
        {"step": "client_state", "outcome": "passed"},
        {"step": "proof", "outcome": "passed"},
        {"step": "proof_unused", "outcome": "passed"},
        {"step": "details", "outcome": "passed"},
        {"step": "grant", "outcome": "passed"},
    ],
}
KEY_SET_ANSWER: Final[dict[str, Any]] = {
    "keys": [
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
            "kid": "5f1c0a7e9b2d4c68",
            "alg": "ES256",
            "use": "sig",
        }
    ]
}
_REFUSED: Final[dict[str, Any]] = {
    "type": "urn:certstore:problem:invalid-token",
    "title": "Unauthorized",
    "status": 401,
    "instance": "urn:certstore:request:k7m2x9qd",
    "detail": "this assertion was used before",
    "where": "client_assertion",
    "remedy": "mend the assertion",
    "cause": "jti_replayed",
    "error": "invalid_client",
}


def answer(example: dict[str, Any]) -> dict[str, Any]:
    """A good answer's entry in the API's description."""
    return {"content": {"application/json": {"example": example}}}


def problem() -> dict[str, Any]:
    """A refusal's entry in the API's description (RFC 9457, with RFC 6749's `error`)."""
    return {
        "description": "Refused; `cause` says exactly why once the client's signature holds",
        "content": {"application/problem+json": {"example": _REFUSED}},
    }
