"""From the register's certificates to the facts of an application: letters are read as letters."""

from typing import Any

from certstore.certificates import Certificate
from issuance.letters.draft import letter_claims
from issuance.letters.tables import LETTER
from verifiers.materials import on_file
from verifiers.materials.on_file import person_fact

__all__ = ["person_fact", "record_fact"]


def record_fact(certificate: Certificate) -> dict[str, Any]:
    """A certificate on file, as facts hold it; `record_id` is the register's reference."""
    issued_here = certificate.sealed and certificate.type_code == LETTER
    return on_file.record_fact(certificate, letter_claims(certificate) if issued_here else None)
