"""A person's leases, as the copy of their own data lists them: others' numbers masked."""

from collections.abc import Mapping, Sequence
from typing import Any

from certstore.tables.books import Books
from certstore.tables.people import Person
from issuance.matters.lease.lists.tables import LeaseLists
from issuance.matters.lease.tables import LeaseBook

_MOST = 10_000


def leases_held(books: Books, person: Person) -> Sequence[Mapping[str, Any]]:
    """The leases that name this person, with what was agreed and when each step was taken."""
    book, number = LeaseBook(books.connection), person.holder.id_number
    return [
        {
            "ref": lease.ref,
            "number": lease.number,
            "state": lease.state.value,
            "contract": lease.contract.as_json(),
            "summary": lease.summary,
            "parties": [
                {
                    "role": row.party.role.value,
                    "name": row.party.name,
                    "id_number": number if row.party.id_number == number else row.party.masked,
                    "signed_at": row.signed and row.signed.signed_at,
                }
                for row in lease.parties
            ],
            "begun_at": lease.begun_at,
            "submitted_at": lease.submitted_at,
            "decided_at": lease.decided_at,
            "certificate": lease.certificate_ref,
            "steps": [{"at": at, "step": step} for at, _, step, _ in book.steps(lease.ref)],
        }
        for lease in LeaseLists(books.connection).naming(number, _MOST)
    ]
