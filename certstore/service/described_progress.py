"""What the API's description shows of somebody's own cases: examples."""

from collections.abc import Mapping
from typing import Any, Final

_REF: Final = "k7m2x9qd4wzr5t8vbn3c"
_PERMIT: Final = "88hhc98q669b8vtb2mrm"
_CARD: Final = "x4h8t2kz6mqv9b3nd7rw"
_SUBMITTED: Final = "2026-11-25T02:00:06Z"
_APPROVED: Final = "2026-12-01T03:10:40Z"
_CASE: Final = {
    "ref": _REF,
    "number": "SF-2611-000473",
    "matter": "residence_permit",
    "state": "issued",
    "child": "",
    "begun_at": "2026-11-25T01:52:11Z",
    "submitted_at": _SUBMITTED,
    "decided_at": _APPROVED,
    "due_on": "2026-12-07",
    "late": False,
    "next": {"what": "make", "by": "2026-12-10", "yours": False},
    "certificate": _PERMIT,
    "card_stage": "making",
}
_WHOLE: Final = {
    **_CASE,
    "kept_until": None,
    "steps": [
        {"name": "submitted", "state": "done", "at": _SUBMITTED, "due": None},
        {"name": "accepted", "state": "done", "at": "2026-11-26T01:30:00Z", "due": None},
        {"name": "reviewed", "state": "done", "at": _APPROVED, "due": None},
        {"name": "issued", "state": "done", "at": _APPROVED, "due": None},
        {"name": "card_ordered", "state": "done", "at": _APPROVED, "due": None},
        {"name": "card_making", "state": "now", "at": None, "due": "2026-12-10"},
        {"name": "card_ready", "state": "later", "at": None, "due": None},
        {"name": "card_yours", "state": "later", "at": None, "due": None},
    ],
    "history": [
        {"at": _SUBMITTED, "state": "routed"},
        {"at": "2026-11-26T01:30:00Z", "state": "in_review"},
        {"at": _APPROVED, "state": "approved"},
        {"at": _APPROVED, "state": "issued"},
    ],
    "asked": None,
    "refused": None,
    "certificate_status": "valid",
    "card": {
        "ref": _CARD,
        "card_no": "JZ20260000000001-001-1",
        "stage": "making",
        "way": "pickup",
        "due_on": "2026-12-10",
        "due_provisional": False,
        "late": False,
        "tracking_no": "",
        "day": None,
        "tracking": [],
    },
}
_LEASE: Final = {
    "kind": "lease_filing",
    "ref": "r5t8vbn3ck7m2x9qd4wz",
    "number": "ZL-2611-000031",
    "state": "open",
    "open": True,
    "yours": True,
    "on": None,
}

EXAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("GET", "/v1/me/applications"): {"applications": [_CASE], "others": [_LEASE]},
    ("GET", "/v1/me/applications/{ref}"): _WHOLE,
}
