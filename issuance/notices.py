"""Notices to applicants: written into the inbox in the transaction they follow from."""

from datetime import datetime

from certstore.tables.books import Books
from issuance.application import Application


def tell_issued(books: Books, application: Application, certificate_ref: str, at: datetime) -> None:
    """The certificate is ready to be shown and downloaded."""
    facts = {"matter": application.matter.value, "number": application.number}
    books.inbox.add(
        application.person_id,
        "certificate_ready",
        certificate_ref,
        {**facts, "certificate_ref": certificate_ref, "application_ref": application.ref},
        at,
    )


def tell_in_review(books: Books, application: Application, at: datetime) -> None:
    """An officer will look; the result comes by the due date."""
    due = application.due_on.isoformat() if application.due_on else ""
    facts = {
        "matter": application.matter.value,
        "number": application.number,
        "due_on": due,
        "application_ref": application.ref,
    }
    books.inbox.add(application.person_id, "in_review", application.ref, facts, at)


def tell_refused(books: Books, application: Application, reason: str, at: datetime) -> None:
    """The application was refused, and why."""
    facts = {
        "matter": application.matter.value,
        "number": application.number,
        "reason": reason,
        "application_ref": application.ref,
    }
    books.inbox.add(application.person_id, "refused", application.ref, facts, at)
