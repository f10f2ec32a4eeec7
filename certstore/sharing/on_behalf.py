"""On whose behalf another city's service asks: who may say so, and what is kept of it.

A city that forwards what one of its agencies asks is itself the one that is known here, by its
key; the agency is what that city says. Both stand on record.
"""

from dataclasses import dataclass
from typing import Any, Final

from certstore.callers import Service
from certstore.errors import CertstoreError, PurposeError

RELAY: Final = "relay"
"""The action of a purpose that was approved for forwarding what others ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBehalf:
    """The agency that asks, as the city that forwards it says, and its purpose there."""

    agency: str
    agency_en: str
    agency_uscc: str
    purpose_id: str


def judge_on_behalf(service: Service, on_behalf: OnBehalf | None) -> CertstoreError | None:
    """Why it is refused; None if whoever may forward says for whom, and nobody else does."""
    relays = RELAY in service.actions
    if on_behalf is not None and not relays:
        return PurposeError(
            "the purpose does not cover asking for others",
            where="on_behalf_of",
            remedy="leave it out, or apply for the action relay",
            cause="action_not_granted",
        )
    if on_behalf is None and relays:
        return PurposeError(
            "a service that forwards says on whose behalf",
            where="on_behalf_of",
            remedy="name the agency that asks, and its purpose",
            cause="on_behalf_of_missing",
        )
    return None


def on_behalf_record(service: Service, on_behalf: OnBehalf | None) -> dict[str, Any]:
    """What the person concerned reads instead: the agency, and through whom; empty if nobody."""
    if on_behalf is None:
        return {}
    return {
        "agency": f"{on_behalf.agency}（经{service.agency}）",
        "agency_en": f"{on_behalf.agency_en} via {service.agency_en}",
        "on_behalf_of": {
            "agency": on_behalf.agency,
            "agency_uscc": on_behalf.agency_uscc,
            "purpose": on_behalf.purpose_id,
        },
    }
