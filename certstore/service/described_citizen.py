"""What the API's description says of what people do for themselves, and of their questions."""

from collections.abc import Mapping
from typing import Any, Final

from certstore.service.answer_shapes import a_file, in_json

_REF: Final = "k7m2x9qd4wzr5t8vbn3c"
_CERTIFICATE: Final = "88hhc98q669b8vtb2mrm"
_AT: Final = "2026-11-25T02:00:06.638948+00:00"
_QUESTION: Final = {
    "ref": _REF,
    "usage_ref": "x4h8t2kz6mqv9b3nd7rw",
    "agency": "示范市教育局",
    "state": "asked",
    "note": "孩子没有报名，为什么查我的凭证？",
    "asked_at": _AT,
    "due": "2026-12-02",
}
_ANSWERED: Final = {
    "answer": "经核对，是核实学区时输错了号码，已改正。",
    "answered_at": "2026-11-26T03:12:00.114820+00:00",
}
_ACCESS: Final = {
    "at": "2026-11-24T06:20:31.201934+00:00",
    "kind": "pull",
    "purpose": "school-enrolment-2026",
    "matter": "school_enrolment",
    "case_no": "RX-2026-00017",
    "operator": "3021",
    "certificate_ref": _CERTIFICATE,
}
_OF_AGENCY: Final = {
    **{name: _QUESTION[name] for name in ("ref", "state", "note", "asked_at", "due")},
    "access": _ACCESS,
}
_DISPUTE: Final = {
    "ref": _REF,
    "certificate": _CERTIFICATE,
    "type": "residence_voucher",
    "authority": "11310000MB0T00015W",
    "field": "name",
    "right": "林小禾",
    "words": "户口簿上是“小”",
    "state": "filed",
    "filed_at": _AT,
    "answer_due": "2026-12-09",
}
_OPEN: Final = {**_DISPUTE, "due": "2026-11-27"}
_WITHDRAWN: Final = {
    **_DISPUTE,
    "state": "closed",
    "outcome": "withdrawn",
    "reason": "",
    "services_told": 0,
    "corrected_certificate": None,
}
_FOLLOWED: Final = {**_OPEN, "overdue": False, "steps": [{"state": "filed", "at": _AT}]}
_ENTRUSTMENT: Final = {
    "ref": _REF,
    "certificate": _CERTIFICATE,
    "type": "residence_voucher",
    "holder": "林晓禾",
    "to": "周敏",
    "matter": "办理入学",
    "from_day": "2026-11-25",
    "to_day": "2026-12-25",
    "state": "waiting",
}
_TO_AN_AGENCY: Final = {
    **_ENTRUSTMENT,
    "ref": "r5t8vbn3ck7m2x9qd4wz",
    "to": "示范市教育局",
    "state": "standing",
    "purpose_id": "school-enrolment-2026",
}
_RECEIVED: Final = {**_ENTRUSTMENT, "holder": "周敏", "to": "林晓禾"}
_CODE: Final = {
    "ref": _REF,
    "certificate": _CERTIFICATE,
    "matter": "办理入学",
    "fields": ["name", "residence_district"],
    "expires_at": "2026-11-26T02:00:06.638948+00:00",
    "used_at": None,
    "ended_at": None,
}

ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("POST", "/v1/me/usage/{ref}:question"): {201: in_json(_QUESTION, "Asked")},
    ("GET", "/v1/me/questions"): {200: in_json([_QUESTION, {**_QUESTION, **_ANSWERED}])},
    ("GET", "/v1/questions"): {200: in_json({"questions": [_OF_AGENCY]})},
    ("POST", "/v1/questions/{ref}:answer"): {
        200: in_json({**_OF_AGENCY, "state": "answered", **_ANSWERED})
    },
    ("POST", "/v1/disputes"): {201: in_json(_OPEN, "Filed")},
    ("GET", "/v1/disputes"): {200: in_json([_OPEN, _WITHDRAWN])},
    ("GET", "/v1/disputes/{ref}"): {200: in_json(_FOLLOWED)},
    ("POST", "/v1/disputes/{ref}:withdraw"): {200: in_json(_WITHDRAWN)},
    ("POST", "/v1/me/entrustments"): {201: in_json(_ENTRUSTMENT, "Made; a person must accept")},
    ("GET", "/v1/me/entrustments"): {
        200: in_json({"given": [_ENTRUSTMENT, _TO_AN_AGENCY], "received": [_RECEIVED]})
    },
    ("POST", "/v1/me/use-codes"): {
        201: in_json({**_CODE, "code": "NT9G-Y283-MMXG"}, "Made; its characters stand here once")
    },
    ("GET", "/v1/me/use-codes"): {200: in_json([_CODE])},
    ("GET", "/v1/me/export"): {200: a_file("application/zip", "A ZIP archive")},
}

REQUESTS: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/v1/me/usage/{ref}:question"): {"note": _QUESTION["note"]},
    ("POST", "/v1/questions/{ref}:answer"): {"answer": _ANSWERED["answer"]},
    ("POST", "/v1/disputes"): {
        name: _DISPUTE[name] for name in ("certificate", "field", "right", "words")
    },
    ("POST", "/v1/me/entrustments"): {
        "certificate": _CERTIFICATE,
        "person": {"name": "周敏", "id_number": "340199197109230625"},
        "matter": "办理入学",
        "from_day": "2026-11-25",
        "to_day": "2026-12-25",
    },
    ("POST", "/v1/me/use-codes"): {
        "certificate": _CERTIFICATE,
        "matter": "办理入学",
        "fields": ["name", "residence_district"],
        "hours": 24,
    },
}

_CONFLICT: Final = ((409, "conflict"),)
_OF_A_CERTIFICATE: Final = ((404, "not-found"), (409, "conflict"), (503, "ledger-unavailable"))
REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("POST", "/v1/me/usage/{ref}:question"): _CONFLICT,
    ("POST", "/v1/questions/{ref}:answer"): _CONFLICT,
    ("POST", "/v1/disputes"): _OF_A_CERTIFICATE,
    ("POST", "/v1/disputes/{ref}:withdraw"): _CONFLICT,
    ("POST", "/v1/me/entrustments"): _OF_A_CERTIFICATE,
    ("POST", "/v1/me/entrustments/{ref}:accept"): _CONFLICT,
    ("POST", "/v1/me/entrustments/{ref}:decline"): _CONFLICT,
    ("POST", "/v1/me/entrustments/{ref}:take-back"): (*_CONFLICT, (503, "ledger-unavailable")),
    ("POST", "/v1/me/use-codes"): _OF_A_CERTIFICATE,
    ("POST", "/v1/me/use-codes/{ref}:end"): (*_CONFLICT, (503, "ledger-unavailable")),
    ("GET", "/v1/me/export"): ((503, "ledger-unavailable"),),
}
