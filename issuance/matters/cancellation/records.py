"""What is put on record, and told, when something was cancelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from certstore.certificates import Certificate
from certstore.ledger import Access, record_access
from certstore.tables.books import Books
from issuance.application import Application


def record_cancelled(
    books: Books,
    authority: tuple[str, str],
    application: Application,
    certificate: Certificate,
    now: datetime,
) -> None:
    """Record it in the list of whom the certificate names; `authority` is ledger and agency."""
    origin, agency = authority
    guardian, matter = application.guardian, application.matter.value
    record: dict[str, Any] = {
        "agency": agency,
        "client": "issuance",
        "purpose": matter,
        "matter": matter,
        "case_no": application.number,
        "actor": "guardian" if guardian else "self",
        "ground": "application",
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "fields": [],
        "refused_fields": [],
        "other_fields": [],
    }
    if guardian is not None:
        record["operator"] = guardian.name
    access = Access(
        kind="status",
        at=now,
        client="issuance",
        agency=agency,
        purpose=matter,
        person=books.people.known(certificate.holders[0]),
        record=record,
    )
    record_access(books, origin, access)


def tell_cancelled(
    books: Books, application: Application, ended: Sequence[Certificate], now: datetime
) -> None:
    """A notice of each certificate to its holder, and to the guardian who applied."""
    for certificate in ended:
        people = {application.actor_id, *(books.people.known(h).id for h in certificate.holders)}
        for person in sorted(people):
            facts = {"type": certificate.type_code, "number": application.number}
            own = {"application_ref": application.ref} if person == application.actor_id else {}
            occasion = f"{certificate.ref}:cancelled:{person}"
            books.inbox.add(person, "certificate_cancelled", occasion, {**facts, **own}, now)


def tell_ended(books: Books, other: Application, now: datetime) -> None:
    """An application that had lost its ground was ended with it."""
    facts = {
        "matter": other.matter.value,
        "number": other.number,
        "application_ref": other.ref,
    }
    books.inbox.add(other.actor_id, "application_ended", f"{other.ref}:ended", facts, now)
