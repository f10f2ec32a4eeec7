"""The mark "under dispute" on records: put on at once, taken off when nothing is open any more."""

from dataclasses import replace
from datetime import datetime

from certstore.certificates import Certificate, Status
from certstore.errors import NotFoundError
from certstore.tables.books import Books
from certstore.tables.disputes import Dispute


def source_objects(books: Books, certificate: Certificate) -> bool:
    """Whether the mark on a record is its source's own, which no dispute of ours takes off."""
    ours = books.disputes.open_about([certificate.ref])
    return ours[0].source_objects if ours else certificate.under_dispute


def mark(books: Books, certificate: Certificate, now: datetime) -> None:
    """Put a record under dispute: every answer about it says so from this commit on."""
    if not certificate.under_dispute:
        _set(books, certificate, now, disputed=True)


def unmark(books: Books, dispute: Dispute, now: datetime) -> None:
    """Take the mark off every version of a record that no other open dispute holds it on.

    Call it when the dispute is closed. What its source had marked before stays marked.
    """
    certificate = books.register.get(dispute.certificate_ref)
    versions = versions_of(books, certificate)
    if books.disputes.open_about([c.ref for c in versions]) or dispute.source_objects:
        return
    for version in versions:
        if version.under_dispute:
            _set(books, version, now, disputed=False)


def versions_of(books: Books, certificate: Certificate) -> list[Certificate]:
    """Every version of a source's record, newest first; of one sealed here, it and its heirs."""
    if certificate.sealed:
        return [certificate]
    return books.register.versions(certificate.source or "", certificate.record_id or "")


def newer_than(books: Books, certificate: Certificate) -> Certificate | None:
    """The version in force that has replaced a certificate; None if none has."""
    if not certificate.sealed:
        later = [c for c in versions_of(books, certificate) if c.version > certificate.version]
        return next((c for c in later if c.status is not Status.SUPERSEDED), None)
    try:
        return books.register.replacing(certificate.ref)
    except NotFoundError:
        return None


def carried_over(books: Books, certificate: Certificate) -> bool:
    """Whether a new version must stay under dispute: an open one holds its record."""
    return books.disputes.is_open_on(certificate.source, certificate.record_id)


def as_handed_in(books: Books, certificate: Certificate) -> Certificate:
    """A version being handed in, marked while an earlier one of its record is under dispute.

    Where its source marks it too, the mark stays when the dispute is closed.
    """
    if not carried_over(books, certificate):
        return certificate
    if certificate.under_dispute:
        versions = versions_of(books, certificate)
        books.disputes.source_objects_too([version.ref for version in versions])
    return replace(certificate, under_dispute=True)


def _set(books: Books, certificate: Certificate, now: datetime, *, disputed: bool) -> None:
    books.register.set_under_dispute(certificate.ref, now, disputed=disputed)
    change = "certificate.disputed" if disputed else "certificate.dispute_closed"
    books.outbox.add(change, {"certificate": certificate.ref}, now)
    if certificate.status_entry is not None:
        books.statuses.changed(certificate.status_entry.list_number)
