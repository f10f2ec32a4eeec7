"""What the API's description says of matters as data, and of decisions by them."""

from collections.abc import Mapping
from typing import Any, Final

from certstore.service.answer_shapes import in_json, in_json_as
from certstore.service.described_sharing import AT, LEAF, RECEIPT, REF

_TITLES: Final = {"title_zh": "义务教育入学报名", "title_en": "School enrolment"}
_VERSION: Final = {"rule_version": "school_enrolment/2026-1", "effective_from": "2026-01-01"}
_ENTRY: Final = {
    "code": "school_enrolment",
    **_TITLES,
    "agency_uscc": "11310000MB0T00058A",
    "agency_zh": "示范市教育局",
    "agency_en": "Demonstration City Education Bureau",
    **_VERSION,
}
_OWN_ENTRY: Final = {
    "code": "residence_registration",
    "title_zh": "居住登记",
    "title_en": "Residence registration",
    "rule_version": "2021-1",
    "materials": [{"code": "photo", "title_zh": "证件照", "title_en": "ID photo"}],
}
_MATTER: Final = {
    "code": "school_enrolment",
    "version": "2026-1",
    "effective_from": "2026-01-01",
    **_TITLES,
    "agency_uscc": "11310000MB0T00058A",
    "legal_basis": "义务教育法第十二条",
    "guardian": "must",
    "parameters": [
        {
            "name": "district",
            "kind": "word",
            "title_zh": "报名的区",
            "title_en": "District of the school",
            "one_of": ["海港区", "梧桐区"],
        }
    ],
    "materials": [
        {
            "code": "kinship",
            "title_zh": "和监护人的关系",
            "title_en": "Relation to the guardian",
            "basis_zh": "义务教育法第十一条：由监护人送其入学",
            "basis_en": "Compulsory Education Law, article 11: sent to school by a guardian",
            "accept": [
                [
                    {
                        "type": "birth_certificate",
                        "conditions": [
                            {"is": "holder", "who": "subject"},
                            {"is": "parent", "who": "guardian"},
                        ],
                    }
                ]
            ],
            "otherwise": "must_upload",
            "ask": [["birth_certificate_upload"], ["guardianship_document_upload"]],
        }
    ],
}
_ONE: Final = {
    **_ENTRY,
    "matter": _MATTER,
    "versions": [
        {"version": "2026-1", "effective_from": "2026-01-01", "registered_at": AT},
    ],
}
_BY_FACTS: Final = {
    "materials": {
        "dwelling": {
            "outcome": "satisfied",
            "reasons": [],
            "alternatives": [],
            "text_zh": "已复用不动产权证书。您不用交。",
            "text_en": "The property certificate is on file. Nothing to hand in.",
        }
    },
    "must_not_request": ["dwelling"],
    "rule_version": "2021-1",
}
_OF_A_PERSON: Final = {
    "decision_id": REF,
    "matter_code": "school_enrolment",
    "as_of": AT,
    "expires_at": "2026-11-26T02:00:06.638948+00:00",
    "materials": {
        "kinship": {
            "title_zh": "和监护人的关系",
            "title_en": "Relation to the guardian",
            "outcome": "satisfied",
            "satisfied_by": [
                {"ref": "88hhc98q669b8vtb2mrm", "type": "birth_certificate", "version": 1}
            ],
            "alternatives": [],
            "reasons": [],
            "text_zh": "已查到，您不用交。",
            "text_en": "It is on file. Nothing to hand in.",
            "basis_zh": "义务教育法第十一条：由监护人送其入学",
            "basis_en": "Compulsory Education Law, article 11: sent to school by a guardian",
        }
    },
    "must_not_request": ["kinship"],
    "rule_version": "school_enrolment/2026-1",
    **_TITLES,
    "receipt": RECEIPT,
    "ledger": LEAF,
}
_REGISTERED: Final = {"code": "school_enrolment", **_VERSION}
_DECIDED: Final = {
    "of the facts sent": _BY_FACTS,
    "of a person's records": _OF_A_PERSON,
}
_NOT_CHANGED: Final = {"description": "Not changed since the ETag given", "content": {}}

ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("PUT", "/v1/matters/{code}"): {
        200: in_json(_REGISTERED, "This version stands there just so"),
        201: in_json(_REGISTERED, "A version that was not there"),
    },
    ("GET", "/v1/catalog/matters"): {200: in_json([_OWN_ENTRY, _ENTRY]), 304: _NOT_CHANGED},
    ("GET", "/v1/catalog/matters/{code}"): {
        200: in_json_as({"of an agency, whole": _ONE, "of this service": _OWN_ENTRY}),
        304: _NOT_CHANGED,
    },
    ("POST", "/v1/reuse-decisions"): {
        200: in_json_as(_DECIDED, "Without a token, of the facts sent; with one, of the records")
    },
}

REQUESTS: Final[Mapping[tuple[str, str], Any]] = {("PUT", "/v1/matters/{code}"): _MATTER}

REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("PUT", "/v1/matters/{code}"): ((403, "forbidden"), (409, "conflict")),
    ("POST", "/v1/reuse-decisions"): (
        (403, "consent-required"),
        (404, "not-found"),
        (503, "ledger-unavailable"),
    ),
}
