"""What the API's description says of yes or no, jobs, other cities and case numbers."""

from collections.abc import Mapping
from typing import Any, Final

from certstore.service.answer_shapes import a_file, in_json, in_json_as

REF: Final = "k7m2x9qd4wzr5t8vbn3c"
LEAF: Final = {"leaf_index": 41, "leaf_hash": "9f2c" * 16}
RECEIPT: Final = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImI0…"
AT: Final = "2026-11-25T02:00:06.638948+00:00"
_SUBJECT: Final = {"id_number": "340199199804060284"}
_WHO: Final = {
    "purpose_id": "school-enrolment-2026",
    "case_no": "RX-2026-00017",
    "subject": _SUBJECT,
    "operator": "3021",
}
_MATTER: Final = {"matter_code": "school_enrolment"}
_FIELDS: Final = ["name", "residence_district"]
SEARCH: Final = {**_WHO, "cert_types": ["residence_voucher"]}
PULL: Final = {**_WHO, **_MATTER, "fields": _FIELDS}
FOUND: Final = {
    "evidence": [
        {
            "ref": REF,
            "type": "residence_voucher",
            "status": "valid",
            "under_dispute": False,
            "issued_on": "2026-11-25",
        }
    ],
    "receipt": RECEIPT,
    "ledger": LEAF,
}
PULLED: Final = {
    "ref": REF,
    "type": "residence_voucher",
    "status": "valid",
    "status_checked_at": AT,
    "under_dispute": False,
    "fields": {"name": "林晓禾", "residence_district": "海港区"},
    "origins": {
        "name": {
            "source": "household_register",
            "government_verified": True,
            "verified": "government",
        }
    },
    "withheld": [{"path": "valid_until", "reason": "no_value"}],
    "freshness": {
        "as_of": AT,
        "max_age_s": 86400,
        "must_recheck": True,
        "delete_by": "2027-05-24",
    },
    "receipt": RECEIPT,
    "ledger": LEAF,
}
_AS_FILE: Final = {
    **PULLED,
    "document": {
        "url": "https://certstore.example/v1/documents/pLjt1MB9-jz5YDDwrVV0bU27HZTOqOTa0gu4k9Xw2Qc",
        "expires_at": "2026-11-25T02:01:06.638948+00:00",
        "sha256": "77ab" * 16,
        "media_type": "application/pdf",
        "bytes": 48213,
    },
}
_PULLS: Final = {
    "of fields": PULLED,
    "as a file (`pdf`, `annotated`)": _AS_FILE,
    "as a credential (`sd-jwt`)": {**PULLED, "credential": "eyJ4NWMiOlsiTUlJ…~WyJ…~"},
}
_PEER: Final = {
    "peer": {
        "city": "yunzhou",
        "name_zh": "云州市",
        "name_en": "Yunzhou",
        "issuer": "https://certs.yunzhou.example",
        "receipt": "eyJhbGciOiJFUzI1NiIsImtpZCI6Ijdj…",
        "ledger": {"leaf_index": 907, "leaf_hash": "41be" * 16},
    }
}
_ABROAD: Final = {
    **PULLED,
    "origins": {"name": {"source": "household_register", "government_verified": True}},
}
_JOB: Final = {
    "ref": REF,
    "state": "working",
    "total": 2,
    "answered": 0,
    "refused": 0,
    "waiting": 2,
    "created_at": AT,
    "expires_at": "2026-11-26T02:00:06.638948+00:00",
}
_ONE: Final = {"position": 0, "ref": REF, "case_no": "RX-2026-00017"}
_PROBLEM: Final = {
    "type": "urn:certstore:problem:subject-mismatch",
    "detail": "the certificate does not name this person",
    "where": "subject",
    "remedy": "search again with the person's own number",
}
_PROGRESS: Final = {
    **_JOB,
    "state": "done",
    "answered": 1,
    "refused": 1,
    "waiting": 0,
    "results": [
        {**_ONE, "answer": PULLED},
        {**_ONE, "position": 1, "problem": _PROBLEM},
    ],
    "next_after": None,
}
_ACCESS: Final = {
    "usage": "x4h8t2kz6mqv9b3nd7rw",
    "kind": "pull",
    "at": AT,
    "purpose_id": "school-enrolment-2026",
    "operator": "3021",
    "person": "6a8d737c9b2e340a55278b562a7b7384",
    "type": "residence_voucher",
    "ref": REF,
    "fields": _FIELDS,
    "leaf_index": 41,
    "receipt": RECEIPT,
}
# A search found no one certificate; what was refused gave no field.
_LOOK: Final = {name: said for name, said in _ACCESS.items() if name not in ("type", "ref")}
_NOBODY: Final = {name: said for name, said in _LOOK.items() if name != "person"}
_ACCESSES: Final = [_ACCESS, {**_NOBODY, "kind": "look", "fields": [], "refused": "not-found"}]

ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("POST", "/v1/evidence:search"): {200: in_json(FOUND)},
    ("POST", "/v1/certificates/{ref}:pull"): {200: in_json_as(_PULLS)},
    ("POST", "/v1/certificates/{ref}:verify"): {
        200: in_json(
            {
                "ref": REF,
                "type": "residence_voucher",
                "answers": {"valid_on": "yes", "holder_is": "yes"},
                "checked_at": AT,
                "under_dispute": False,
                "receipt": RECEIPT,
                "ledger": LEAF,
            }
        )
    },
    ("GET", "/v1/documents/{token}"): {200: a_file("application/pdf", "The document")},
    ("POST", "/v1/pull-jobs"): {202: in_json(_JOB, "Taken; Location leads to its progress")},
    ("GET", "/v1/pull-jobs/{ref}"): {200: in_json(_PROGRESS)},
    ("POST", "/v1/peers/{city}/evidence:search"): {200: in_json({**FOUND, **_PEER})},
    ("POST", "/v1/peers/{city}/certificates/{ref}:pull"): {200: in_json({**_ABROAD, **_PEER})},
    ("GET", "/v1/usage"): {200: in_json({"case_no": "RX-2026-00017", "accesses": _ACCESSES})},
}

REQUESTS: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/v1/evidence:search"): SEARCH,
    ("POST", "/v1/certificates/{ref}:pull"): PULL,
    ("POST", "/v1/certificates/{ref}:verify"): {
        **_WHO,
        **_MATTER,
        "predicates": {"valid_on": "2026-11-25", "holder_is": "林晓禾"},
    },
    ("POST", "/v1/pull-jobs"): {
        **{n: PULL[n] for n in ("purpose_id", "matter_code", "operator", "fields")},
        "items": [
            {"ref": REF, "case_no": "RX-2026-00017", "subject": _SUBJECT},
            {
                "ref": REF,
                "case_no": "RX-2026-00018",
                "subject": {"id_number": "340199197109230625"},
            },
        ],
    },
    ("POST", "/v1/peers/{city}/evidence:search"): SEARCH,
    ("POST", "/v1/peers/{city}/certificates/{ref}:pull"): PULL,
}

_RELEASE: Final = (
    (403, "field-not-granted"),
    (429, "quota-exceeded"),
    (503, "ledger-unavailable"),
)
_GROUND: Final = (
    (403, "consent-required"),
    (403, "consent-withdrawn"),
    (403, "representation-unproven"),
)
_OF_ONE: Final = ((409, "subject-mismatch"), (409, "certificate-revoked"))
_ABROAD_REFUSES: Final = (*_RELEASE, (503, "source-unavailable"))
REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("POST", "/v1/evidence:search"): _RELEASE,
    ("POST", "/v1/certificates/{ref}:pull"): (
        *_RELEASE,
        *_GROUND,
        *_OF_ONE,
        (400, "fields-required"),
        (409, "conflict"),
    ),
    ("POST", "/v1/certificates/{ref}:verify"): (*_RELEASE, *_GROUND, *_OF_ONE),
    ("POST", "/v1/pull-jobs"): (
        (409, "idempotency-conflict"),
        (422, "idempotency-mismatch"),
    ),
    ("GET", "/v1/documents/{token}"): ((409, "certificate-revoked"), (410, "not-found")),
    ("POST", "/v1/peers/{city}/evidence:search"): _ABROAD_REFUSES,
    ("POST", "/v1/peers/{city}/certificates/{ref}:pull"): (*_ABROAD_REFUSES, *_OF_ONE),
    ("GET", "/v1/usage"): ((404, "not-found"),),
}
