"""From the register's certificates to the records a reuse decision looks at: mapping, no IO."""

from collections.abc import Mapping
from typing import Any

from certstore.certificates import Certificate, Holder, Status

LEASE_FILING = "lease_filing"


def person_fact(holder: Holder) -> dict[str, str]:
    """A person, as facts name one."""
    return {"name": holder.name, "id_type": holder.id_type, "id_number": holder.id_number}


def holders_meant(certificate: Certificate) -> tuple[Holder, ...]:
    """Whom a certificate shows what it shows: of a lease filing, those who live there.

    A filing made here names the landlords, too, and says in `roles` who is what; one that was
    handed in names the tenants alone.
    """
    if certificate.type_code != LEASE_FILING or not certificate.parts:
        return certificate.holders
    pairs = zip(certificate.holders, certificate.parts, strict=True)
    return tuple(holder for holder, part in pairs if part == "lessee")


def record_fact(
    certificate: Certificate, claims: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A certificate on file, as facts hold it; `record_id` is the register's reference.

    `claims` are what it says to a rule, where that is not what its fields say.
    """
    validity = certificate.validity
    return {
        "record_id": certificate.ref,
        "version": certificate.version,
        "type": certificate.type_code,
        "holders": [person_fact(h) for h in holders_meant(certificate)],
        "issuer_uscc": certificate.issuer_uscc,
        "number": certificate.number,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_from": validity.valid_from.isoformat(),
        "valid_to": validity.valid_to.isoformat() if validity.valid_to else None,
        "status": _status(certificate),
        "under_dispute": certificate.under_dispute,
        "claims": dict(certificate.fields if claims is None else claims),
    }


def _status(certificate: Certificate) -> str:
    # An endorsement overdue is no word of the facts: what it means for reuse is "expired".
    return "expired" if certificate.status is Status.SUSPENDED else certificate.status.value
