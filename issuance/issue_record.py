"""What is put on record when a certificate is issued: the access, and who may act for a child."""

from datetime import datetime
from typing import Any

from certstore.certificates import Certificate
from certstore.ledger import Access
from certstore.tables.books import Books
from certstore.tables.people import Person
from issuance.application import Application


def keep_guardianship(books: Books, application: Application, now: datetime) -> Person:
    """Whom the certificate names; what showed who may act for a child is remembered."""
    if application.guardian is None:
        return books.people.get(application.person_id)
    child = books.people.named(application.applicant)
    record = decided_by(application, "guardianship")
    officer = "" if record else application.reviewed_by
    books.guardianships.prove(application.actor_id, child.id, now, record=record, officer=officer)
    return child


def decided_by(application: Application, material: str) -> str:
    """The record that satisfied a material when it was judged; empty if none did."""
    materials = (application.decision or {}).get("decision", {}).get("materials", {})
    return str((materials.get(material, {}).get("satisfied_by") or {}).get("record_id", ""))


def issue_access(
    person: Person, application: Application, certificate: Certificate, now: datetime
) -> Access:
    """The access that issuing is, in the list of whom the certificate names."""
    record: dict[str, Any] = {
        "agency": certificate.issuer_uscc,
        "client": "issuance",
        "purpose": application.matter.value,
        "matter": application.matter.value,
        "case_no": application.number,
        "actor": "guardian" if application.guardian else "self",
        "ground": "application",
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "fields": sorted(certificate.fields),
        "refused_fields": [],
        "other_fields": [],
        "document_sha256": next(f.sha256 for f in certificate.files if f.role == "document"),
    }
    if application.guardian is not None:
        record["operator"] = application.guardian.name
    return Access(
        kind="issue",
        at=now,
        client="issuance",
        agency=certificate.issuer_uscc,
        purpose=application.matter.value,
        person=person,
        record=record,
    )
