"""The consent receipt: what was agreed to, signed (ISO/IEC TS 27560 shape, RFC 8785, RFC 7515).

It names nobody: the holder is the reference that this one agency knows them by.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import rfc8785

from certstore import base64url
from certstore.catalogue import catalogue
from certstore.clock import CHINA
from certstore.consent.terms import Item, Terms
from certstore.keys import Signer
from certstore.tables.consents import Consent
from certstore.tokens import sign_detached

TYP: Final = "consent-receipt+jwt"
SCHEMA: Final = "ISO/IEC TS 27560:2023"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a receipt is written of; `principal` is the holder's pairwise reference."""

    ref: str
    request_ref: str
    scope: str
    items: tuple[Item, ...]
    given_at: datetime
    ends_at: datetime
    principal: str
    by_guardian: bool
    language: str


def receipt_of(given: Given, terms: Terms, client_id: str, issuer: str) -> dict[str, Any]:
    """The record that is signed: header, processing, parties, events."""
    return {
        "header": {
            "schema_version": SCHEMA,
            "record_id": given.ref,
            "request_id": given.request_ref,
            "pii_principal_id": given.principal,
            "issuer": issuer,
        },
        "processing": _processing(given, terms, issuer),
        "party_identification": [
            {
                "party_id": client_id,
                "party_type": "pii_controller",
                "party_role": "recipient",
                "party_name": terms.agency,
                "party_name_en": terms.agency_en,
                "party_identifier": terms.agency_uscc,
            }
        ],
        "events": [
            {
                "event_type": "explicit_consent_given",
                "event_state": "consent_given",
                "event_time": _moment(given.given_at),
                "valid_until": _moment(given.ends_at),
                "entity_type": "guardian" if given.by_guardian else "pii_principal",
            }
        ],
    }


def sign_receipt(receipt: dict[str, Any], signer: Signer) -> str:
    """The receipt as a compact JWS whose payload is its canonical form, byte for byte."""
    payload = rfc8785.dumps(receipt)
    head, signature = sign_detached(payload, signer, TYP).split("..")
    return f"{head}.{base64url.encode(payload)}.{signature}"


def taken_back(consent: Consent) -> dict[str, Any]:
    """What became of a consent since its receipt was signed, beside it in the holder's file."""
    at = consent.withdrawn_at
    return {"used": consent.used, "withdrawn_at": None if at is None else _moment(at)}


def _processing(given: Given, terms: Terms, issuer: str) -> dict[str, Any]:
    return {
        "language": given.language,
        "privacy_notice": f"{issuer}/consents/{given.request_ref}",
        "purposes": [
            {
                "purpose_id": terms.purpose_id,
                "purpose": terms.title_zh,
                "purpose_en": terms.title_en,
                "matter_code": terms.matter_code,
                "case_no": terms.case_no,
                "lawful_basis": "consent",
                "lawful_basis_ref": terms.legal_ref,
                "scope": given.scope,
                "separate_consent": given.scope != "data",
                "pii_information": [_information(item) for item in given.items],
                "times": terms.times,
                "retention_period": f"P{terms.keep_days}D",
                "withdrawal_method": f"{issuer}/consents/{given.request_ref}",
                "consequence_of_refusal": terms.otherwise.in_(given.language),
            }
        ],
    }


def _information(item: Item) -> dict[str, Any]:
    kind = catalogue().get(item.cert_type)
    field = kind.field(item.path) if kind else None
    sensitive = item.scope != "data" or (field is not None and field.sensitivity == "sensitive")
    return {
        "cert_type": item.cert_type,
        "path": item.path,
        "disclosure": "answer" if item.is_question else "value",
        "optional": item.optional,
        "sensitive": sensitive,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat(timespec="seconds")
