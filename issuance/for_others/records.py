"""What is put on record, and told, when an authority issues or changes a certificate here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certstore.certificates import Certificate, Holder
from certstore.errors import CertstoreError
from certstore.holds.kinds import HELD
from certstore.ledger import Access, record_access
from certstore.tables.books import Books
from certstore.tables.issuers import IssuingAuthority
from issuance.for_others.orders import Action, Change


def record(
    books: Books,
    origin: str,
    kind: str,
    about: Holder,
    said: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write an access and its leaf, in the list of whom it is about; they are made known by it."""
    access = Access(
        kind=kind,
        at=now,
        client=str(said["client"]),
        agency=str(said["agency_uscc"]),
        purpose=str(said["purpose"]),
        person=books.people.known(about),
        record=said,
    )
    record_access(books, origin, access)


def of_issuing(asked_by: Mapping[str, Any], certificate: Certificate) -> dict[str, Any]:
    """The record of an issue."""
    document = certificate.file("document")
    return {
        **asked_by,
        **of_certificate(certificate),
        "fields": sorted(certificate.fields),
        "document_sha256": "" if document is None else document.sha256,
    }


def of_certificate(certificate: Certificate) -> dict[str, Any]:
    """Which certificate a record is about; nothing of what it says was given."""
    return {
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "fields": [],
        "refused_fields": [],
        "other_fields": [],
    }


def with_refusal(said: dict[str, Any], refusal: CertstoreError | None) -> dict[str, Any]:
    """The record of something that was refused, or of something that was not."""
    return said if refusal is None else {**said, "refused": refusal.code}


def tell_given(
    books: Books, issuer: IssuingAuthority, done: Certificate, words: str, now: datetime
) -> None:
    """Tell who holds a new certificate, or one that took another's place, and why."""
    facts = _facts(issuer, done) | ({"reason": words} if words else {})
    for place, holder in enumerate(done.holders):
        person = books.people.known(holder).id
        occasion = f"{done.ref}:{place}" if place else done.ref
        if done.previous_ref is None:
            books.inbox.add(person, "given", occasion, facts, now)
        else:
            books.inbox.add(person, "replaced", occasion, facts, now)
    books.outbox.add("certificate.issued", {"certificate": done.ref}, now)


def tell_changed(
    books: Books,
    issuer: IssuingAuthority,
    certificate: Certificate,
    change: Change,
    now: datetime,
) -> None:
    """Tell the holder what became of a certificate, and why."""
    facts = {**_facts(issuer, certificate), "reason": change.words}
    moment = f"{certificate.ref}:{int(now.timestamp() * 1000)}"
    for place, holder in enumerate(certificate.holders):
        person = books.people.known(holder).id
        occasion = f"{moment}:{place}" if place else moment
        match change.action:
            case Action.SUSPEND:
                books.inbox.add(person, "suspended", occasion, facts, now)
            case Action.RESTORE if certificate.status in HELD:
                books.inbox.add(person, "partly_restored", occasion, facts, now)
            case Action.RESTORE:
                books.inbox.add(person, "restored", occasion, facts, now)
            case Action.REVOKE:
                books.inbox.add(person, "withdrawn", occasion, facts, now)
            case Action.SUPERSEDE:
                pass  # the new one is told of


def _facts(issuer: IssuingAuthority, certificate: Certificate) -> dict[str, Any]:
    return {
        "type": certificate.type_code,
        "agency_zh": issuer.name_zh,
        "agency_en": issuer.name_en,
        "certificate_ref": certificate.ref,
    }
