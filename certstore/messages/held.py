"""A person's addresses and what was sent there, as the copy of their own data lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certstore.messages.keeping import ContactKeeper
from certstore.tables.books import Books
from certstore.tables.message_rows import Contact
from certstore.tables.people import Person

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class ContactsHeld:
    """Opens the addresses for whose they are."""

    keeper: ContactKeeper

    def __call__(self, books: Books, person: Person) -> Sequence[Mapping[str, Any]]:
        """Each address with what was chosen, and every message of the last 90 days."""
        return [self._contact(books, contact) for contact in books.contacts.of(person.id)]

    def _contact(self, books: Books, contact: Contact) -> Mapping[str, Any]:
        sent = books.messages.of_contacts([contact.id], _MOST)
        return {
            "channel": contact.channel,
            "address": self.keeper.address(contact),
            "language": contact.lang,
            "groups": list(contact.groups),
            "switched_on": contact.switched_on,
            "added_at": contact.made_at,
            "confirmed_at": contact.confirmed_at,
            "refused_since": contact.failing_since,
            "messages": [
                {
                    "kind": row.kind,
                    "state": row.state,
                    "made_at": row.made_at,
                    "handed_over_at": row.handed_at,
                    "ended_at": row.ended_at,
                }
                for row in sent
            ],
        }
