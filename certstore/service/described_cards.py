"""What the API's description shows of cards, couriers and service points: examples."""

from collections.abc import Mapping
from typing import Any, Final

_REF: Final = "k7m2x9qd4wzr5t8vbn3c"
_CARD_NO: Final = "JZ20260000000001-001-1"
_AT: Final = "2026-11-25T02:00:06Z"
_CARD: Final = {
    "ref": _REF,
    "permit": "88hhc98q669b8vtb2mrm",
    "card_no": _CARD_NO,
    "stage": "making",
    "since": _AT,
    "due_on": "2026-12-04",
    "due_provisional": False,
    "way": "pickup",
    "point": "WT01",
    "choice": 0,
    "ward": "",
}
_WHOLE: Final = {
    **_CARD,
    "late": False,
    "may_choose": "way",
    "courier_offered": True,
    "to": None,
    "steps": [
        {"at": "2026-11-25T02:00:06Z", "step": "order", "stage": "ordered"},
        {"at": "2026-11-25T02:15:08Z", "step": "put_in_file", "stage": "in_file"},
        {"at": "2026-11-25T03:01:40Z", "step": "take", "stage": "making"},
    ],
    "tracking_no": "",
    "day": None,
    "tracking": [],
}
_POINT: Final = {
    "code": "WT01",
    "district": "梧桐区",
    "name_zh": "梧桐区社区事务受理服务中心",
    "name_en": "Wutong Community Service Centre",
    "address_zh": "示范市梧桐区听雨路 15 号 1 楼",
    "address_en": "15 Tingyu Road, ground floor, Wutong",
    "latitude": 30.521,
    "longitude": 124.0612,
    "services": ["applications", "cards", "photos", "advice"],
    "hours": [{"days": "workdays", "opens": "09:00", "closes": "17:00"}],
}

EXAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("GET", "/v1/me/cards"): [_CARD],
    ("GET", "/v1/me/cards/{ref}"): _WHOLE,
    ("POST", "/v1/me/cards/{ref}:choose-delivery"): {**_WHOLE, "point": "HG01", "choice": 1},
    ("GET", "/v1/card-files"): {
        "files": [
            {
                "number": 1,
                "made_at": _AT,
                "cards": 1,
                "size": 53_240,
                "sha256": "9f2c" * 16,
                "acknowledged_at": None,
                "href": "/v1/card-files/1",
            }
        ],
        "stopped": [],
    },
    ("POST", "/v1/card-files/{number}:acknowledge"): {
        "file": 1,
        "cards": [{"card_no": _CARD_NO, "outcome": "taken", "go_on": True}],
    },
    ("POST", "/v1/card-reports"): {
        "report": 1,
        "cards": [{"card_no": _CARD_NO, "answer": "noted"}],
    },
    ("POST", "/v1/courier-events"): {"new": 1},
    ("GET", "/v1/service-points"): [_POINT],
    ("POST", "/v1/service-points:nearest"): [{**_POINT, "distance_m": 140}],
}
