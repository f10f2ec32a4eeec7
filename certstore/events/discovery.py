"""What this service offers, for machines: `/.well-known/certstore-configuration`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from certstore import __version__
from certstore.authorization.access_token import TOKEN_LIFETIME_S
from certstore.authorization.details import ACTIONS, DETAILS_TYPE
from certstore.catalogue import catalogue
from certstore.events.courier import TIME_OUT_S
from certstore.events.destination import MAX_URL, PORTS
from certstore.events.feed import LONGEST_WAIT_S, PAGE_MOST
from certstore.events.kinds import KINDS, MEDIA_TYPE, type_of
from certstore.events.outcomes import GIVEN_UP_AFTER
from certstore.events.secrets import FORMER_SECRET_FOR
from certstore.events.spreading import KEPT_FOR
from certstore.events.subscriptions import MOST
from certstore.sharing.bodies import PullIn

# Named only where they are served: a part that is not installed is not offered.
_ENDPOINTS: Final[Mapping[str, str]] = {
    "token": "/oauth2/token",
    "token_debug": "/oauth2/debug",
    "authorization_server": "/.well-known/oauth-authorization-server",
    "protected_resource": "/.well-known/oauth-protected-resource",
    "jwks": "/oauth2/jwks",
    "trust_list": "/.well-known/certstore-trust-list",
    "root_certificate": "/.well-known/certstore-root.pem",
    "status_list": "/status-lists/{number}",
    "cert_types": "/v1/catalog/cert-types",
    "matter": "/v1/catalog/matters/{code}",
    "reuse_decisions": "/v1/reuse-decisions",
    "search": "/v1/evidence:search",
    "pull": "/v1/certificates/{ref}:pull",
    "verify_predicates": "/v1/certificates/{ref}:verify",
    "pull_jobs": "/v1/pull-jobs",
    "consent_requests": "/v1/consent-requests",
    "verify_code": "/v1/verify/code",
    "verify_document": "/v1/verify/document",
    "public_status": "/v1/verify/status/{ref}",
    "events": "/v1/events",
    "events_health": "/v1/events/health",
    "subscriptions": "/v1/subscriptions",
    "deliveries": "/v1/deliveries",
    "ledger_checkpoint": "/v1/ledger/checkpoint",
    "ledger_inclusion": "/v1/ledger/proof/inclusion",
    "ledger_consistency": "/v1/ledger/proof/consistency",
    "ledger_entries": "/v1/ledger/entries",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryDesk:
    """Says what there is; nothing here is about a caller."""

    source: str
    a_minute: Mapping[str, int]

    def configuration(self, served: Collection[str]) -> dict[str, Any]:
        """Endpoints (of the paths that are served), types, formats and limits."""
        return {
            "issuer": self.source,
            "version": __version__,
            "api_versions": ["v1"],
            "description": f"{self.source}/openapi.json",
            "endpoints": {
                name: self.source + path for name, path in _ENDPOINTS.items() if path in served
            },
            "authorization_details_type": DETAILS_TYPE,
            "actions": list(ACTIONS),
            "pull_formats": _formats(),
            "certificate_types": [
                {"code": kind.code, "title_zh": kind.title_zh, "title_en": kind.title_en}
                for kind in catalogue().values()
            ],
            "events": _events(),
            "limits": self._limits(),
        }

    def _limits(self) -> dict[str, Any]:
        return {
            "token_lifetime_s": TOKEN_LIFETIME_S,
            "requests_a_minute": dict(self.a_minute),  # 0: no limit
            "events_page": PAGE_MOST,
            "events_wait_s": LONGEST_WAIT_S,
            "events_kept_days": KEPT_FOR.days,
            "subscriptions": MOST,
            "webhook_url_length": MAX_URL,
            "webhook_ports": list(PORTS),
            "webhook_time_out_s": TIME_OUT_S,
            "webhook_given_up_after_days": GIVEN_UP_AFTER.days,
            "webhook_former_secret_hours": int(FORMER_SECRET_FOR.total_seconds() // 3600),
        }


def _formats() -> list[str]:
    return list(get_args(PullIn.model_fields["format"].annotation))


def _events() -> dict[str, Any]:
    return {
        "format": MEDIA_TYPE,
        "cloudevents": "1.0",
        "signature": "standard-webhooks v1 (HMAC-SHA256)",
        "types": [
            {
                "type": type_of(subject),
                "says_zh": kind.said_zh,
                "says_en": kind.said_en,
                "urgent": kind.urgent,
            }
            for subject, kind in KINDS.items()
        ],
    }
