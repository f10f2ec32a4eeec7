"""What the API's description says of the feed, of webhooks, and of what is offered here."""

from collections.abc import Mapping
from typing import Any, Final

from certstore import __version__
from certstore.authorization.details import ACTIONS
from certstore.service.answer_shapes import in_json

_REF: Final = "k7m2x9qd4wzr5t8vbn3c"
_HOOK: Final = "r5t8vbn3ck7m2x9qd4wz"
_EVENT: Final = "p4hh556jj9ykbccx469f"
_AT: Final = "2026-11-25T02:00:06.638948+00:00"
_REVOKED: Final = "certstore.certificate.revoked.v1"
_ISSUER: Final = "https://certstore.example"
_CLOUD_EVENT: Final = {
    "specversion": "1.0",
    "id": _EVENT,
    "source": _ISSUER,
    "type": _REVOKED,
    "subject": _REF,
    "time": "2026-11-25T02:00:06.638Z",
    "datacontenttype": "application/json",
    "data": {"change": "revoked", "certificate": _REF},
}
_FEED: Final = {"events": [_CLOUD_EVENT], "next": "118", "more": False, "kept_days": 30}
_WEBHOOK: Final = {
    "ref": _HOOK,
    "url": "https://hooks.agency.example/c",
    "types": [_REVOKED],
    "description": "新生报名",
    "created_at": _AT,
    "former_secret_until": None,
    "health": {
        "state": "active",
        "disabled_for": None,
        "last_success": _AT,
        "failing_since": None,
        "last_failure": None,
        "last_failure_for": None,
        "waiting": 0,
        "oldest_waiting": None,
        "dead": 0,
    },
}
_WITH_SECRET: Final = {**_WEBHOOK, "secret": "whsec_…"}
_DELIVERY: Final = {
    "ref": "d7rwx4h8t2kz6mqv9b3n",
    "subscription": _HOOK,
    "event_id": _EVENT,
    "type": _REVOKED,
    "subject": _REF,
    "state": "delivered",
    "waiting_since": _AT,
    "attempts": 1,
    "next_at": None,
    "ended_at": "2026-11-25T02:00:09.638948+00:00",
    "last_outcome": "delivered",
    "answered": 204,
}
_QUEUED: Final = {
    **_DELIVERY,
    "state": "waiting",
    "attempts": 0,
    "next_at": _AT,
    "ended_at": None,
    "last_outcome": None,
    "answered": None,
}
_PING: Final = {
    **_QUEUED,
    "event_id": "7787py79nr429g5xk3jh",
    "type": "certstore.ping.v1",
    "subject": "7787py79nr429g5xk3jh",
}
_HEALTH: Final = {
    "feed": {"oldest": "0", "last": "118", "kept_days": 30},
    "subscriptions": [_WEBHOOK],
}
_CONFIGURATION: Final = {
    "issuer": _ISSUER,
    "version": __version__,
    "api_versions": ["v1"],
    "description": f"{_ISSUER}/openapi.json",
    "endpoints": {
        "token": f"{_ISSUER}/oauth2/token",
        "pull": _ISSUER + "/v1/certificates/{ref}:pull",
        "events": f"{_ISSUER}/v1/events",
    },
    "authorization_details_type": "urn:certstore:pull",
    "actions": list(ACTIONS),
    "pull_formats": ["json", "pdf", "sd-jwt", "annotated"],
    "certificate_types": [
        {
            "code": "residence_voucher",
            "title_zh": "居住登记凭证",
            "title_en": "Residence Registration Voucher",
        }
    ],
    "events": {
        "format": "application/cloudevents+json",
        "cloudevents": "1.0",
        "signature": "standard-webhooks v1 (HMAC-SHA256)",
        "types": [
            {
                "type": _REVOKED,
                "says_zh": "证照已撤销",
                "says_en": "a certificate was revoked",
                "urgent": True,
            }
        ],
    },
    "limits": {
        "token_lifetime_s": 300,
        "requests_a_minute": {"token": 60, "pull": 600},
        "events_page": 500,
        "events_wait_s": 25,
        "events_kept_days": 30,
        "subscriptions": 10,
        "webhook_url_length": 500,
        "webhook_ports": [443, 8443],
        "webhook_time_out_s": 10,
        "webhook_given_up_after_days": 3,
        "webhook_former_secret_hours": 24,
    },
}

ANSWERS: Final[Mapping[tuple[str, str], Mapping[int, dict[str, Any]]]] = {
    ("GET", "/v1/events"): {200: in_json(_FEED)},
    ("GET", "/v1/events/health"): {200: in_json(_HEALTH)},
    ("POST", "/v1/subscriptions"): {
        201: in_json(_WITH_SECRET, "Made; the secret stands here once")
    },
    ("GET", "/v1/subscriptions"): {200: in_json({"subscriptions": [_WEBHOOK]})},
    ("GET", "/v1/subscriptions/{ref}"): {200: in_json(_WEBHOOK)},
    ("POST", "/v1/subscriptions/{ref}:test"): {202: in_json(_PING, "Queued")},
    ("POST", "/v1/subscriptions/{ref}:rotate-secret"): {
        200: in_json({**_WITH_SECRET, "former_secret_until": "2026-11-26T02:00:06.638948+00:00"})
    },
    ("POST", "/v1/subscriptions/{ref}:resume"): {200: in_json(_WEBHOOK)},
    ("POST", "/v1/subscriptions/{ref}:redeliver"): {
        202: in_json({"queued": 3}, "How many were queued")
    },
    ("GET", "/v1/deliveries"): {
        200: in_json({"deliveries": [_DELIVERY], "next": _DELIVERY["ref"]})
    },
    ("POST", "/v1/deliveries/{ref}:redeliver"): {202: in_json(_QUEUED, "Queued")},
    ("GET", "/.well-known/certstore-configuration"): {200: in_json(_CONFIGURATION)},
}

REQUESTS: Final[Mapping[tuple[str, str], Any]] = {
    ("POST", "/v1/subscriptions"): {
        "url": "https://hooks.agency.example/c",
        "types": [_REVOKED],
        "description": "新生报名",
    },
    ("POST", "/v1/subscriptions/{ref}:redeliver"): {"since": "2026-11-25T08:00:00+08:00"},
}

REFUSALS: Final[Mapping[tuple[str, str], tuple[tuple[int, str], ...]]] = {
    ("GET", "/v1/events"): ((409, "conflict"),),
    ("POST", "/v1/subscriptions"): ((409, "conflict"),),
    ("POST", "/v1/subscriptions/{ref}:rotate-secret"): ((409, "conflict"),),
    ("POST", "/v1/subscriptions/{ref}:test"): ((409, "conflict"),),
    ("GET", "/v1/deliveries"): ((404, "not-found"),),
}
