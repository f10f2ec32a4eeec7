"""Answers of calls as the API's description has them: media types, schemas, examples.

A schema is drawn from its example, and every answer is held to it by
tests/e2e/test_api_as_described.py; what is optional there is said beside it.
"""

from collections.abc import Mapping
from typing import Any, Final

from certstore.problem_answers import MEDIA_TYPE
from certstore.service import (
    described_asking,
    described_cards,
    described_citizen,
    described_consent,
    described_events,
    described_help,
    described_holds,
    described_leases,
    described_matters,
    described_progress,
    described_sharing,
)
from certstore.service.answer_shapes import in_json, in_text

_REF: Final = "k7m2x9qd4wzr5t8vbn3c"
_NOTE: Final = "certstore.example/ledger\n42\n9p2x…\n\n— certstore.example/ledger fXFX…\n"
_TYPE: Final = {
    "code": "residence_voucher",
    "type_code": "11310000MB0T00015WT01",
    "title_zh": "居住登记凭证",
    "title_en": "Residence Registration Voucher",
}
_PROVEN: Final = {
    "leaf_hash": "9f2c" * 16,
    "leaf_index": 41,
    "tree_size": 42,
    "root": "77ab" * 16,
    "audit_path": ["0c1d" * 16],
    "checkpoint": _NOTE,
}
_ENTRY: Final = {
    "agency": "11310000MB0T00058A",
    "at": "2026-11-25T02:00:00+00:00",
    "client": "school-enrolment",
    "kind": "pull",
    "log": "certstore.example/ledger",
    "payload_commitment": "d9cb" * 16,
    "purpose": "school-enrolment-2026",
    "subject_commitment": "7928" * 16,
    "v": 2,
}
_USAGE: Final = {
    "ref": _REF,
    "leaf_index": 41,
    "kind": "pull",
    "at": "2026-11-25T02:00:00+00:00",
    "agency": "示范市教育局",
    "purpose": "school-enrolment-2026",
    "fields": ["name", "residence_district"],
}
# A change of a certificate's status gives no field; what its own issuer did has no purpose.
_CHANGE: Final = {
    **{name: said for name, said in _USAGE.items() if name != "fields"},
    "kind": "status",
    "leaf_index": 40,
    "action": "revoke",
}
_SERVER: Final = {
    "issuer": "https://certstore.example",
    "token_endpoint": "https://certstore.example/oauth2/token",
    "jwks_uri": "https://certstore.example/oauth2/jwks",
    "grant_types_supported": ["client_credentials"],
}
_RESOURCE: Final = {
    "resource": "https://certstore.example",
    "authorization_servers": ["https://certstore.example"],
    "bearer_methods_supported": ["header"],
    "authorization_details_types_supported": ["urn:certstore:pull"],
}
_EMPTY: Final = {"description": "Done; an empty answer", "content": {}}
_NOT_CHANGED: Final = {"description": "Not changed since the ETag given", "content": {}}
_PUBLISHED: Final = {304: _NOT_CHANGED}
_UPLOAD: Final = {
    "ref": _REF,
    "state": "receiving",
    "material": "photo",
    "document": "photo",
    "length": 240_120,
    "received": 65_536,
    "pages": 0,
    "reasons": ["BLURRED"],
    "advice": ["CROP"],
}
_UPLOAD_MODEL: Final = {
    "description": "Where the upload stands; Upload-Offset and Upload-Complete say it, too",
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/UploadOut"},
            "example": _UPLOAD,
        }
    },
}
_VERDICT: Final = {
    "verdict": "valid",
    "reasons": ["UNDER_DISPUTE"],
    "checks": [{"name": "signature", "passed": True, "detail": "示范市公安局"}],
    "fields": {"name": "林晓禾", "number": "SF20260000000001"},
    "photo": None,
    "checked_at": "2026-11-25T02:00:00Z",
    "list_age_s": 0,
    "document": None,
    "receipt": "eyJhbGciOiJFUzI1NiIs…",
}
_JUDGED_DOCUMENT: Final = {
    **_VERDICT,
    "verdict": "tampered",
    "reasons": ["CHANGED_AFTER_SIGNING"],
    "checks": [{"name": "coverage", "passed": False, "detail": ""}],
    "fields": {},
    "receipt": None,
    "document": {
        "finding": "changed",
        "signed_bytes": 145269,
        "total_bytes": 146013,
        "obstacle": None,
        "changes": [{"kind": "page_content", "detail": "1"}],
        "looks_same": False,
        "signers": [],
    },
}

_SECRET: Final = "q8Zx2mV5tR7nK4wL9pD3sF6hJ1cB0gYe"  # noqa: S105 - an example
_ASKED: Final = {
    "ref": _REF,
    "secret": _SECRET,
    "url": f"https://certstore.example/asked/{_REF}",
    "expires_at": "2026-11-25T02:05:00Z",
    "poll_after_s": 2,
}


ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    **described_sharing.ANSWERS,
    **described_consent.ANSWERS,
    **described_events.ANSWERS,
    **described_matters.ANSWERS,
    **described_citizen.ANSWERS,
    **described_leases.ANSWERS,
    **described_asking.ANSWERS,
    **described_holds.ANSWERS,
    ("POST", "/oauth2/revoke"): {200: _EMPTY},
    ("GET", "/.well-known/oauth-authorization-server"): {200: in_json(_SERVER)},
    ("GET", "/.well-known/oauth-protected-resource"): {200: in_json(_RESOURCE)},
    ("GET", "/.well-known/certstore-trust-list"): {
        200: in_text("eyJ4NWMiOlsi…", "application/jwt"),
        **_PUBLISHED,
    },
    ("GET", "/.well-known/certstore-signed-out-devices"): {
        200: in_text("eyJhbGciOiJFUzI1NiIs…", "application/jwt"),
        **_PUBLISHED,
    },
    ("GET", "/.well-known/certstore-root.pem"): {
        200: in_text("-----BEGIN CERTIFICATE-----\n…", "application/x-pem-file"),
        **_PUBLISHED,
    },
    ("GET", "/.well-known/certstore-status-lists"): {
        200: in_json({"status_lists": ["https://certs.example/status-lists/1"]}),
        **_PUBLISHED,
    },
    ("GET", "/status-lists/{number}"): {
        200: in_text(
            "eyJhbGciOiJFUzI1NiIs…", "application/statuslist+jwt", "application/statuslist+cwt"
        ),
        **_PUBLISHED,
    },
    ("GET", "/v1/catalog/cert-types"): {200: in_json([_TYPE])},
    ("GET", "/v1/catalog/cert-types/{code}"): {
        200: in_json(
            {
                **_TYPE,
                "issuer_uscc": "11310000MB0T00015W",
                "fields": [
                    {
                        "name": "name",
                        "label_zh": "姓名",
                        "label_en": "Name",
                        "gb36903": "CZZT",
                        "sensitivity": "personal",
                    }
                ],
            }
        )
    },
    ("GET", "/v1/ledger/checkpoint"): {200: in_text(_NOTE, "text/plain")},
    ("GET", "/v1/ledger/key"): {200: in_text("certstore.example/ledger+7d71+Ac4U…", "text/plain")},
    ("GET", "/v1/ledger/proof/inclusion"): {200: in_json(_PROVEN)},
    ("GET", "/v1/ledger/proof/consistency"): {
        200: in_json({"old": 12, "new": 42, "path": ["0c1d" * 16]})
    },
    ("GET", "/v1/ledger/entries"): {200: in_json({"start": 0, "entries": [_ENTRY]})},
    ("GET", "/v1/me/usage"): {200: in_json([_USAGE, _CHANGE])},
    ("POST", "/v1/witness/add-checkpoint"): {
        200: in_text("— witness.example fXFX…\n", "text/plain", said="The cosignature"),
        409: {
            "description": "The log grew from another size than was cosigned last",
            "content": {"text/x.tlog.size": {"schema": {"type": "string"}, "example": "42\n"}},
        },
    },
    ("POST", "/v1/applications/{ref}/materials/{material}/uploads"): {201: _UPLOAD_MODEL},
    ("PATCH", "/v1/uploads/{upload_ref}"): {
        200: _UPLOAD_MODEL,
        204: {"description": "Kept; more is to come from Upload-Offset on", "content": {}},
        409: {
            "description": "Another offset is expected, or the upload is complete",
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": {
                        "type": "https://iana.org/assignments/http-problem-types"
                        "#mismatching-upload-offset",
                        "title": "Conflict",
                        "status": 409,
                        "detail": "the upload goes on at another offset",
                    },
                }
            },
        },
    },
    ("GET", "/v1/witness/key"): {200: in_text("witness.example+7d71+Ac4U…", "text/plain")},
}
"""By method and path: what is said of an answer in place of, or beside, what its route says."""

EXAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/v1/hand-overs"): {
        "ticket": "Yk3vT0qL…",
        "expires_in": 60,
        "enter": "https://certstore.example/enter",
    },
    **described_asking.EXAMPLES,
    **described_cards.EXAMPLES,
    **described_progress.EXAMPLES,
    **described_help.EXAMPLES,
    ("POST", "/v1/messages/reports"): {"new": 1, "unknown": []},
    ("POST", "/v1/verify/code"): _VERDICT,
    ("POST", "/v1/verify/document"): _JUDGED_DOCUMENT,
    ("GET", "/v1/verify/status/{ref}"): {
        "status": "valid",
        "type": "residence_voucher",
        "checked_at": "2026-11-25T02:00:00Z",
    },
    ("POST", "/v1/verify/requests"): _ASKED,
    ("POST", "/v1/verify/requests/{ref}:collect"): {"state": "collected", "result": _VERDICT},
    ("POST", "/v1/verify/log"): {"taken": 1},
    ("POST", "/v1/face-results"): {"outcome": "accepted", "reasons": []},
    ("POST", "/v1/face-transactions/{txn}/result"): {"outcome": "accepted", "reasons": []},
    ("GET", "/v1/face-transactions/{txn}"): {
        "transaction": _REF,
        "state": "passed",
        "reasons": [],
    },
    ("GET", "/v1/uploads/{upload_ref}"): _UPLOAD,
    ("POST", "/v1/uploads/{upload_ref}/accept"): {**_UPLOAD, "state": "kept"},
}
"""Examples of answers whose schema is the route's own model."""

REQUESTS: Final[Mapping[tuple[str, str], Any]] = {
    **described_sharing.REQUESTS,
    **described_consent.REQUESTS,
    **described_events.REQUESTS,
    **described_matters.REQUESTS,
    **described_citizen.REQUESTS,
    **described_leases.REQUESTS,
    **described_asking.REQUESTS,
    ("POST", "/v1/hand-overs"): {"assertion": "eyJhbGciOiJFUzI1NiIs…"},
    ("POST", "/v1/verify/code"): {"code": "RPD1:6BFOXN…", "verifier": "望江酒店"},
    ("POST", "/v1/verify/log"): {
        "scans": [
            {
                "cti": "386279746573213f",
                "verdict": "valid",
                "scanned_at": 1_795_658_400,
                "place": "望江酒店",
            }
        ]
    },
    ("POST", "/v1/face-results"): {"token": "eyJhbGciOiJFUzI1NiIs…"},
    ("POST", "/v1/verify/document"): {"file": "%PDF-1.7 …"},
    ("POST", "/v1/verify/requests"): {
        "verifier": "望江酒店",
        "place": "前台",
        "why": "办理入住登记",
        "profile": "minimal",
    },
    ("POST", "/v1/verify/requests/{ref}:collect"): {"secret": _SECRET},
}
"""Examples of bodies whose models have none of their own."""

_ASSERTION: Final = ((401, "invalid-token"), (403, "insufficient-purpose"))
_UPLOADING: Final = ((409, "conflict"), (413, "payload-too-large"))
REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    **described_sharing.REFUSALS,
    **described_consent.REFUSALS,
    **described_events.REFUSALS,
    **described_matters.REFUSALS,
    **described_citizen.REFUSALS,
    **described_asking.REFUSALS,
    **described_holds.REFUSALS,
    **described_leases.REFUSALS,
    ("POST", "/oauth2/token"): (
        *_ASSERTION,
        (403, "field-not-granted"),
        (400, "invalid-dpop-proof"),
    ),
    ("POST", "/oauth2/introspect"): _ASSERTION,
    ("POST", "/oauth2/revoke"): _ASSERTION,
    ("GET", "/v1/ledger/checkpoint"): ((404, "not-found"),),
    ("GET", "/v1/ledger/proof/inclusion"): ((404, "not-found"),),
    ("GET", "/v1/ledger/proof/consistency"): ((404, "not-found"),),
    ("GET", "/v1/ledger/entries"): ((404, "not-found"),),
    ("POST", "/v1/witness/add-checkpoint"): ((403, "forbidden"), (404, "not-found")),
    ("GET", "/v1/witness/key"): ((404, "not-found"),),
    ("POST", "/v1/face-transactions/{txn}/result"): ((409, "conflict"),),
    ("POST", "/v1/verify/requests"): ((400, "invalid-request"),),
    ("POST", "/v1/verify/requests/{ref}:collect"): (
        (404, "not-found"),
        (503, "ledger-unavailable"),
    ),
    ("POST", "/v1/applications/{ref}/materials/{material}/uploads"): _UPLOADING,
    ("PATCH", "/v1/uploads/{upload_ref}"): _UPLOADING,
    ("DELETE", "/v1/uploads/{upload_ref}"): ((409, "conflict"),),
    ("POST", "/v1/uploads/{upload_ref}/accept"): ((409, "conflict"),),
}
"""What calls refuse besides what any call may, where their routes do not say it themselves."""
