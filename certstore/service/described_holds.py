"""What the API's description says of losses and of endorsements."""

from collections.abc import Mapping
from typing import Any, Final

from certstore.service.answer_shapes import in_json

_CERTIFICATE: Final = "88hhc98q669b8vtb2mrm"
_AT: Final = "2026-11-25T02:41:06.638948+00:00"
_LOSS: Final = {
    "kind": "loss",
    "placed_at": _AT,
    "placed_by": "holder",
    "lifted_at": None,
    "lifted_by": None,
}
_LOST: Final = {
    "certificate": _CERTIFICATE,
    "type": "residence_permit",
    "status": "suspended_loss",
    "lost": True,
    "reported_at": _AT,
    "face_needed": False,
    "changed": True,
    "holds": [_LOSS],
}
_LIFTED: Final = {
    **_LOST,
    "status": "valid",
    "lost": False,
    "reported_at": None,
    "holds": [{**_LOSS, "lifted_at": "2026-11-25T09:12:00.114820+00:00", "lifted_by": "holder"}],
}
_ENDORSEMENT: Final = {
    "certificate": _CERTIFICATE,
    "status": "suspended",
    "state": "overdue",
    "opens_on": "2026-10-26",
    "due_on": "2026-11-24",
    "applied_on": None,
    "overdue_since": "2026-11-25",
    "years_go_on_until": None,
    "becomes_valid_to": "2027-11-24",
    "full_years": 1,
    "counted_from": "2025-11-25",
}
_AT_ONE: Final = "/v1/me/certificates/{ref}"

ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("GET", f"{_AT_ONE}/holds"): {200: in_json({**_LOST, "changed": False})},
    ("POST", f"{_AT_ONE}:report-lost"): {200: in_json(_LOST, "Reported lost, now or before")},
    ("POST", f"{_AT_ONE}:lift-loss"): {200: in_json(_LIFTED, "Lifted, now or before")},
    ("POST", f"{_AT_ONE}:verify-face"): {
        201: in_json(
            {"transaction": "4pQ2rT8vXw1yZ3aB5cD7eF", "url": "https://face.example/v/4pQ2rT8v"},
            "Begun",
        )
    },
    ("GET", f"{_AT_ONE}/endorsement"): {200: in_json(_ENDORSEMENT)},
}

_NOT_FOUND: Final = ((404, "not-found"),)
_CHANGES: Final = (
    *_NOT_FOUND,
    *((409, "certificate-revoked"), (409, "conflict"), (503, "ledger-unavailable")),
)
REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("GET", f"{_AT_ONE}/holds"): _NOT_FOUND,
    ("POST", f"{_AT_ONE}:report-lost"): _CHANGES,
    ("POST", f"{_AT_ONE}:lift-loss"): _CHANGES,
    ("POST", f"{_AT_ONE}:verify-face"): (*_NOT_FOUND, (409, "conflict"), (503, "unavailable")),
    ("GET", f"{_AT_ONE}/endorsement"): _NOT_FOUND,
}
