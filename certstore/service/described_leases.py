"""What the API's description says of leases that are signed on line and filed."""

from collections.abc import Mapping
from typing import Any, Final

from certstore.service.answer_shapes import in_json

_REF: Final = "k7m2x9qd4wzr5t8vbn3c"
_AT: Final = "2026-11-25T02:00:06.638948+00:00"
_SUMMARY: Final = (
    "住房租赁合同网签备案摘要\n合同编号：ZL202600000001\n"
    "出租人：郑国强（公民身份号码 340199********0336）\n…"
)
_PARTIES: Final = [
    {
        "role": "landlord",
        "name": "郑国强",
        "id_number_masked": "340199********0336",
        "me": False,
        "signed_at": _AT,
        "end_agreed": False,
    },
    {
        "role": "tenant",
        "name": "林晓禾",
        "id_number_masked": "340199********0284",
        "me": True,
        "signed_at": None,
        "end_agreed": False,
    },
]
_LEASE: Final = {
    "ref": _REF,
    "number": "ZL202600000001",
    "state": "open",
    "revision": 1,
    "summary": _SUMMARY,
    "summary_sha256": "9f2c" * 16,
    "parties": _PARTIES,
    "due_on": None,
    "lease_rules": None,
    "reasons": [],
    "words": "",
    "notice": None,
}
_TOO_LONG: Final = {
    "code": "TERM_TOO_LONG",
    "does": "refuses",
    "n": 20,
    "day": "2046-11-24",
    "party": None,
}
_REFUSED: Final = {
    **_LEASE,
    "state": "refused",
    "due_on": "2026-11-26",
    "lease_rules": "lease-2023-1",
    "reasons": [_TOO_LONG],
}
_LINE: Final = {
    "ref": _REF,
    "number": "ZL202600000001",
    "state": "open",
    "role": "tenant",
    "to_sign": True,
}
_AT_ONE: Final = "/v1/me/leases/{ref}"
ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("POST", "/v1/me/leases"): {201: in_json(_REFUSED, "Written down; the others are asked")},
    ("GET", "/v1/me/leases"): {200: in_json([_LINE])},
    ("GET", _AT_ONE): {200: in_json(_REFUSED)},
    **{
        ("POST", f"{_AT_ONE}:{act}"): {200: in_json(_REFUSED)}
        for act in ("change", "sign", "stop", "end")
    },
    ("POST", f"{_AT_ONE}:verify-face"): {
        201: in_json({"txn": "x4h8t2kz6mqv9b3nd7rw", "url": "/sandbox/face/SANDBOX-x4h8"}, "Begun")
    },
}

_TERMS: Final = {
    "role": "tenant",
    "district": "梧桐区",
    "address": "青桐路66号3幢501室",
    "room": "次卧",
    "area": "12.5",
    "rent": "1800",
    "deposit": "1800",
    "first": "2026-12-01",
    "last": "2027-11-30",
    "occupants": 1,
    "others": [{"role": "landlord", "name": "郑国强", "id_number": "340199197003150336"}],
}
REQUESTS: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/v1/me/leases"): {**_TERMS, "key": _REF},
    ("POST", f"{_AT_ONE}:change"): {**_TERMS, "revision": 1},
    ("POST", f"{_AT_ONE}:sign"): {"summary_sha256": "9f2c" * 16, "name": "林晓禾"},
}

_MOVED: Final = ((404, "not-found"), (409, "conflict"), (503, "ledger-unavailable"))
REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("POST", "/v1/me/leases"): ((503, "ledger-unavailable"),),
    ("GET", _AT_ONE): ((503, "ledger-unavailable"),),
    **{
        ("POST", f"{_AT_ONE}:{act}"): _MOVED
        for act in ("change", "sign", "stop", "end", "verify-face")
    },
}
