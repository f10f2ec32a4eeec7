"""What the API's description says of asking holders for consent."""

from collections.abc import Mapping
from typing import Any, Final

from certstore.service.answer_shapes import in_json, in_text

_REF: Final = "8vmts38h7vd65znwzd9f"
_AT: Final = "2026-11-25T02:00:04.498692+00:00"
_CASE: Final = "GJJ-2026-0311"
_PAGE: Final = f"https://certstore.example/consents/{_REF}"
_CONSENT: Final = {
    "ref": "m49ygm88dycc2k5n3jv5",
    "scope": "data",
    "status": "in_force",
    "fields": {"lease_filing": ["?valid_on", "address"]},
    "times": 1,
    "used": 0,
    "given_at": "2026-11-25T02:03:10.554278+00:00",
    "ends_at": "2026-11-26T02:03:10.554278+00:00",
    "withdrawn_at": None,
    "receipt": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImNvbnNlbnQt…",
}
_ASKED: Final[Mapping[str, Any]] = {
    "ref": _REF,
    "status": "asking",
    "case_no": _CASE,
    "asked_at": _AT,
    "expires_at": "2026-11-25T02:15:04.498692+00:00",
    "decided_at": None,
    "consent_url": _PAGE,
    "qr_url": f"https://certstore.example/v1/consent-requests/{_REF}/qr",
    "consents": [],
}
_GIVEN: Final = {
    **_ASKED,
    "status": "given",
    "decided_at": "2026-11-25T02:03:10.554278+00:00",
    "consents": [_CONSENT],
}
_MINE: Final = {
    "ref": _REF,
    "status": "given",
    "agency": "示范市住房公积金管理中心",
    "agency_en": "Provident Fund Centre",
    "matter": "rent_withdrawal",
    "title_zh": "租房提取公积金",
    "title_en": "Withdrawal for rent",
    "ward": None,
    "asked_at": _AT,
    "expires_at": "2026-11-25T02:15:04.498692+00:00",
    "consents": [_CONSENT],
}
_BACK: Final = {
    **_CONSENT,
    "status": "withdrawn",
    "withdrawn_at": "2026-11-25T08:40:00.763246+00:00",
}

ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("POST", "/v1/consent-requests"): {201: in_json(dict(_ASKED), "Asked")},
    ("GET", "/v1/consent-requests/{ref}"): {200: in_json(_GIVEN)},
    ("GET", "/v1/consent-requests/{ref}/qr"): {
        200: in_text(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 41 41" role="img">…</svg>',
            "image/svg+xml",
            said="The picture",
        )
    },
    ("GET", "/v1/me/consents"): {200: in_json([_MINE])},
    ("POST", "/v1/me/consents/{ref}:withdraw"): {200: in_json({**_MINE, "consents": [_BACK]})},
}

REQUESTS: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/v1/consent-requests"): {
        "purpose_id": "provident-fund-rent-2026",
        "matter_code": "rent_withdrawal",
        "case_no": _CASE,
        "subject": {"id_number": "340199199804060284"},
        "wanted": [
            {
                "cert_type": "lease_filing",
                "fields": ["address"],
                "questions": ["valid_on"],
                "optional": [
                    {
                        "field": "number",
                        "changes": {"zh": "办得快些", "en": "It takes less time"},
                    }
                ],
            }
        ],
        "otherwise": {"zh": "带上备案通知书到窗口办", "en": "Bring the notice to a counter"},
        "days": 1,
        "keep_days": 30,
    }
}

REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("POST", "/v1/consent-requests"): (
        (403, "field-not-granted"),
        (429, "quota-exceeded"),
        (409, "conflict"),
        (409, "idempotency-conflict"),
        (422, "idempotency-mismatch"),
    ),
}
