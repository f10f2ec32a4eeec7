"""A person's consents, as the copy of their own data lists them."""

from collections.abc import Mapping, Sequence
from typing import Any

from certstore.tables.books import Books
from certstore.tables.people import Person

_MOST = 10_000


def consents_held(books: Books, person: Person) -> Sequence[Mapping[str, Any]]:
    """What this person was asked for, what they answered, and the receipts of what they gave."""
    requests = books.consents.requests_of([person.id], limit=_MOST)
    given = books.consents.given([request.ref for request in requests])
    return [
        {
            "ref": request.ref,
            "client": request.client_id,
            "terms": request.terms,
            "state": request.state,
            "asked_at": request.asked_at,
            "decided_at": request.decided_at,
            "consents": [
                {
                    "ref": consent.ref,
                    "scope": consent.scope,
                    "fields": consent.fields,
                    "given_at": consent.given_at,
                    "ends_at": consent.ends_at,
                    "withdrawn_at": consent.withdrawn_at,
                    "receipt": consent.receipt,
                }
                for consent in given
                if consent.request_ref == request.ref
            ],
        }
        for request in requests
    ]
