"""What exactly leaves the house in an answer to a pulling service: values only, no IO."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate
from certstore.clock import local_date

_MAX_AGE_S = 86_400
_KEEP_DAYS = 180
_OFFICIAL_SOURCES = {"household_register", "record", "register"}


def released(certificate: Certificate, fields: Sequence[str], now: datetime) -> dict[str, Any]:
    """The named fields, each with its origin; what has no value is withheld and says so."""
    kind = certificate_type(certificate.type_code)
    given, origins = {}, {}
    for path in fields:
        field = kind.field(path)
        if field is not None and path in certificate.fields:
            given[path] = certificate.fields[path]
            origins[path] = {
                "source": field.source,
                "government_verified": field.source in _OFFICIAL_SOURCES,
            }
    withheld = [{"path": p, "reason": "no_value"} for p in fields if p not in given]
    return {
        "ref": certificate.ref,
        "type": certificate.type_code,
        "status": certificate.status_on(local_date(now)).value,
        "status_checked_at": now.isoformat(),
        "under_dispute": certificate.under_dispute,
        "fields": given,
        "origins": origins,
        "withheld": withheld,
        "freshness": {
            "as_of": now.isoformat(),
            "max_age_s": _MAX_AGE_S,
            "must_recheck": True,
            "delete_by": local_date(now + timedelta(days=_KEEP_DAYS)).isoformat(),
        },
    }


def reference_to(certificate: Certificate, now: datetime) -> dict[str, Any]:
    """Reference and status of a certificate, and nothing that it says."""
    return {
        "ref": certificate.ref,
        "type": certificate.type_code,
        "status": certificate.status_on(local_date(now)).value,
        "under_dispute": certificate.under_dispute,
        "issued_on": certificate.issued_on.isoformat(),
    }
