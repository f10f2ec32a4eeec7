"""A person's applications, as the copy of their own data lists them."""

from collections.abc import Mapping, Sequence
from typing import Any

from certstore.tables.books import Books
from certstore.tables.people import Person
from issuance.progress.tables import OwnCases
from issuance.tables import ApplicationBook

_MOST = 10_000


def applications_held(books: Books, person: Person) -> Sequence[Mapping[str, Any]]:
    """What this person applied for, with what they answered and when each step was taken."""
    book = ApplicationBook(books.connection)
    return [
        {
            "ref": a.ref,
            "number": a.number,
            "matter": a.matter.value,
            "for": a.applicant.name,
            "state": a.state.value,
            "answers": a.answers.as_json(),
            "letter": a.commitment.text if a.commitment else None,
            "begun_at": a.begun_at,
            "submitted_at": a.submitted_at,
            "decided_at": a.decided_at,
            "due_on": a.due_on,
            "reason": a.reason,
            "certificate": a.certificate_ref,
            "taken_in_at": a.taken_at or None,
            "steps": [{"at": at, "step": step} for at, _, step in book.events(a.ref)],
        }
        for a in OwnCases(books.connection).of(person.id, limit=_MOST)
    ]
