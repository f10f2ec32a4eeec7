"""Answers of calls as the API's description has them: media types, schemas, examples.

A schema is drawn from its example, and every answer is held to it by
tests/e2e/test_api_as_described.py; what is optional there is said beside it.
"""

from collections.abc import Mapping
from typing import Any, Final

from certstore.problem_answers import MEDIA_TYPE

_REF: Final = "k7m2x9qd4wzr5t8vbn3c"
_LEAF: Final = {"leaf_index": 41, "leaf_hash": "9f2c" * 16}
_RECEIPT: Final = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImI0…"
_NOTE: Final = "certstore.example/ledger\n42\n9p2x…\n\n— certstore.example/ledger fXFX…\n"
_TYPE: Final = {
    "code": "residence_voucher",
    "type_code": "11310000MB0T00015WT01",
    "title_zh": "居住登记凭证",
    "title_en": "Residence Registration Voucher",
}
_OUTCOME: Final = {
    "outcome": "satisfied",
    "reasons": ["NO_RECORD"],
    "alternatives": [["photo_capture"]],
    "text_zh": "已复用不动产权证书。您不用交。",
    "text_en": "The property certificate is on file. Nothing to hand in.",
}
_PROVEN: Final = {
    "leaf_hash": "9f2c" * 16,
    "leaf_index": 41,
    "tree_size": 42,
    "root": "77ab" * 16,
    "audit_path": ["0c1d" * 16],
    "checkpoint": _NOTE,
}
_PULLED: Final = {
    "ref": _REF,
    "type": "residence_voucher",
    "status": "valid",
    "status_checked_at": "2026-11-25T02:00:06.638948+00:00",
    "under_dispute": False,
    "fields": {"name": "林晓禾", "residence_district": "海港区"},
    "origins": {"name": {"source": "household_register", "government_verified": True}},
    "withheld": [{"path": "valid_until", "reason": "no_value"}],
    "freshness": {
        "as_of": "2026-11-25T02:00:06.638948+00:00",
        "max_age_s": 86400,
        "must_recheck": True,
        "delete_by": "2027-05-24",
    },
    "receipt": _RECEIPT,
    "ledger": _LEAF,
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
# Members whose own members are names of fields, materials and the like: any are allowed.
_MAPS: Final = frozenset({"fields", "origins", "materials"})
_PLAIN: Final[Mapping[type, str]] = {bool: "boolean", int: "integer", str: "string"}
_OPTIONAL: Final = frozenset({"agency", "purpose", "client_id"})


def schema_of(example: object, name: str = "") -> dict[str, Any]:
    """The JSON schema that an example stands for: its members are required, others allowed."""
    match example:
        case bool() | int() | str():
            return {"type": _PLAIN[type(example)]}
        case [first, *_]:
            return {"type": "array", "items": schema_of(first)}
        case dict() if name in _MAPS:
            return {"type": "object", "additionalProperties": True}
        case dict():
            return {
                "type": "object",
                "properties": {key: schema_of(value, key) for key, value in example.items()},
                "required": [key for key in example if key not in _OPTIONAL],
            }
        case _:
            return {}


def _json(example: Any, said: str = "Done") -> dict[str, Any]:  # noqa: ANN401 - any JSON
    content = {"schema": schema_of(example), "example": example}
    return {"description": said, "content": {"application/json": content}}


def _text(example: str, *media_types: str, said: str = "Done") -> dict[str, Any]:
    content = {"schema": {"type": "string"}, "example": example}
    return {"description": said, "content": dict.fromkeys(media_types, content)}


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
}


ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("POST", "/oauth2/revoke"): {200: _EMPTY},
    ("GET", "/.well-known/oauth-authorization-server"): {200: _json(_SERVER)},
    ("GET", "/.well-known/oauth-protected-resource"): {200: _json(_RESOURCE)},
    ("GET", "/.well-known/certstore-trust-list"): {
        200: _text("eyJ4NWMiOlsi…", "application/jwt"),
        **_PUBLISHED,
    },
    ("GET", "/.well-known/certstore-root.pem"): {
        200: _text("-----BEGIN CERTIFICATE-----\n…", "application/x-pem-file"),
        **_PUBLISHED,
    },
    ("GET", "/status-lists/{number}"): {
        200: _text(
            "eyJhbGciOiJFUzI1NiIs…", "application/statuslist+jwt", "application/statuslist+cwt"
        ),
        **_PUBLISHED,
    },
    ("POST", "/v1/evidence:search"): {
        200: _json(
            {
                "evidence": [
                    {
                        "ref": _REF,
                        "type": "residence_voucher",
                        "status": "valid",
                        "under_dispute": False,
                        "issued_on": "2026-11-25",
                    }
                ],
                "receipt": _RECEIPT,
                "ledger": _LEAF,
            }
        )
    },
    ("POST", "/v1/certificates/{ref}:pull"): {200: _json(_PULLED)},
    ("GET", "/v1/catalog/cert-types"): {200: _json([_TYPE])},
    ("GET", "/v1/catalog/cert-types/{code}"): {
        200: _json(
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
    ("GET", "/v1/ledger/checkpoint"): {200: _text(_NOTE, "text/plain")},
    ("GET", "/v1/ledger/key"): {200: _text("certstore.example/ledger+7d71+Ac4U…", "text/plain")},
    ("GET", "/v1/ledger/proof/inclusion"): {200: _json(_PROVEN)},
    ("GET", "/v1/ledger/proof/consistency"): {
        200: _json({"old": 12, "new": 42, "path": ["0c1d" * 16]})
    },
    ("GET", "/v1/ledger/entries"): {200: _json({"start": 0, "entries": [_ENTRY]})},
    ("GET", "/v1/me/usage"): {200: _json([_USAGE])},
    ("POST", "/v1/witness/add-checkpoint"): {
        200: _text("— witness.example fXFX…\n", "text/plain", said="The cosignature"),
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
    ("GET", "/v1/witness/key"): {200: _text("witness.example+7d71+Ac4U…", "text/plain")},
    ("POST", "/v1/reuse-decisions"): {
        200: _json(
            {
                "materials": {"dwelling": _OUTCOME},
                "must_not_request": ["dwelling"],
                "rule_version": "2021-1",
            }
        )
    },
}
"""By method and path: what is said of an answer in place of, or beside, what its route says."""

EXAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/v1/verify/code"): _VERDICT,
    ("POST", "/v1/verify/document"): _VERDICT,
    ("POST", "/v1/face-results"): {"outcome": "accepted", "reasons": []},
    ("POST", "/v1/face-transactions/{txn}/result"): {"outcome": "accepted", "reasons": []},
    ("GET", "/v1/face-transactions/{txn}"): {
        "transaction": _REF,
        "state": "passed",
        "reasons": [],
    },
    ("GET", "/v1/uploads/{upload_ref}"): _UPLOAD,
    ("POST", "/v1/uploads/{upload_ref}/accept"): {**_UPLOAD, "state": "accepted"},
}
"""Examples of answers whose schema is the route's own model."""

REQUESTS: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/v1/evidence:search"): {
        "purpose_id": "school-enrolment-2026",
        "case_no": "RX-2026-00017",
        "subject": {"id_number": "340199199804060284"},
        "cert_types": ["residence_voucher"],
        "operator": "3021",
    },
    ("POST", "/v1/certificates/{ref}:pull"): {
        "purpose_id": "school-enrolment-2026",
        "matter_code": "school_enrolment",
        "case_no": "RX-2026-00017",
        "fields": ["name", "residence_district"],
        "subject": {"id_number": "340199199804060284"},
        "operator": "3021",
    },
    ("POST", "/v1/verify/code"): {"code": "RPD1:6BFOXN…", "verifier": "望江酒店"},
    ("POST", "/v1/face-results"): {"token": "eyJhbGciOiJFUzI1NiIs…"},
    ("POST", "/v1/verify/document"): {"file": "%PDF-1.7 …"},
}
"""Examples of bodies whose models have none of their own."""

_ASSERTION: Final = ((401, "invalid-token"), (403, "insufficient-purpose"))
_RELEASE: Final = ((403, "field-not-granted"), (503, "ledger-unavailable"))
_UPLOADING: Final = ((409, "conflict"), (413, "payload-too-large"))
REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("POST", "/oauth2/token"): (
        *_ASSERTION,
        (403, "field-not-granted"),
        (400, "invalid-dpop-proof"),
    ),
    ("POST", "/oauth2/introspect"): _ASSERTION,
    ("POST", "/oauth2/revoke"): _ASSERTION,
    ("POST", "/v1/evidence:search"): _RELEASE,
    ("POST", "/v1/certificates/{ref}:pull"): (
        *_RELEASE,
        (409, "subject-mismatch"),
        (409, "certificate-revoked"),
    ),
    ("GET", "/v1/ledger/checkpoint"): ((404, "not-found"),),
    ("GET", "/v1/ledger/proof/inclusion"): ((404, "not-found"),),
    ("GET", "/v1/ledger/proof/consistency"): ((404, "not-found"),),
    ("GET", "/v1/ledger/entries"): ((404, "not-found"),),
    ("POST", "/v1/witness/add-checkpoint"): ((403, "forbidden"), (404, "not-found")),
    ("GET", "/v1/witness/key"): ((404, "not-found"),),
    ("POST", "/v1/face-transactions/{txn}/result"): ((409, "conflict"),),
    ("POST", "/v1/applications/{ref}/materials/{material}/uploads"): _UPLOADING,
    ("PATCH", "/v1/uploads/{upload_ref}"): _UPLOADING,
    ("DELETE", "/v1/uploads/{upload_ref}"): ((409, "conflict"),),
    ("POST", "/v1/uploads/{upload_ref}/accept"): ((409, "conflict"),),
}
"""What calls refuse besides what any call may, where their routes do not say it themselves."""
