"""From the register's certificates to the facts a reuse decision looks at: mapping, no IO."""

from typing import Any

from certstore.certificates import Certificate, Holder, Status
from issuance.letters.draft import letter_claims
from issuance.letters.tables import LETTER


def person_fact(holder: Holder) -> dict[str, str]:
    """A person, as facts name one."""
    return {"name": holder.name, "id_type": holder.id_type, "id_number": holder.id_number}


def record_fact(certificate: Certificate) -> dict[str, Any]:
    """A certificate on file, as facts hold it; `record_id` is the register's reference."""
    validity = certificate.validity
    return {
        "record_id": certificate.ref,
        "version": certificate.version,
        "type": certificate.type_code,
        "holders": [person_fact(h) for h in certificate.holders],
        "issuer_uscc": certificate.issuer_uscc,
        "number": certificate.number,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_from": validity.valid_from.isoformat(),
        "valid_to": validity.valid_to.isoformat() if validity.valid_to else None,
        "status": _status(certificate),
        "under_dispute": certificate.under_dispute,
        "claims": _claims(certificate),
    }


def _claims(certificate: Certificate) -> dict[str, Any]:
    issued_here = certificate.sealed and certificate.type_code == LETTER
    return letter_claims(certificate) if issued_here else dict(certificate.fields)


def _status(certificate: Certificate) -> str:
    # An endorsement overdue is no word of the facts: what it means for reuse is "expired".
    return "expired" if certificate.status is Status.SUSPENDED else certificate.status.value
