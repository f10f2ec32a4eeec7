"""What a person put into wallets, as the copy of their own data lists it."""

from collections.abc import Mapping, Sequence
from typing import Any

from certstore.tables.books import Books
from certstore.tables.people import Person

_MOST = 10_000


def wallet_copies_held(books: Books, person: Person) -> Sequence[Mapping[str, Any]]:
    """Which certificate, when, to which wallet, bound to which keys, and what became of it."""
    return [
        {
            "ref": copy.ref,
            "certificate": copy.certificate_ref,
            "wallet": copy.client_id,
            "key_thumbprints": list(copy.key_thumbprints),
            "given_at": copy.made_at,
            "state": copy.state,
        }
        for copy in books.wallets.copies(person.id, limit=_MOST)
    ]
