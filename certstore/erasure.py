"""Erasing a person: what is kept beside the register about them goes, and the ledger stays.

What the register, a case file or an issuing authority's order says of somebody is an official
record, and is kept as long as the law on records wants it; docs/erasure.md lists every table.
"""

from datetime import datetime

from certstore.disputes.marking import unmark
from certstore.ledger import ERASURE, Access, record_access
from certstore.tables.books import Books
from certstore.tables.people import Person


def erase_person(books: Books, origin: str, person: Person, now: datetime) -> int:
    """Erase what is kept about a person, and the key and salts of their leaves; how many accesses.

    Every leaf and every proof of its place still holds; whom it concerned nobody can say any more.
    That so many accesses were erased is a leaf too, or a monitor would take them for tampered.
    """
    _what_they_said(books, person, now)
    _what_they_let_others_do(books, person, now)
    books.contacts.erase(person.id)
    books.inbox.erase(person.id)
    books.matters.forget(person.id)
    books.sessions.erase(person.holder)
    books.entries.erase(person.holder)
    books.earlier.erase(person.holder)
    held = books.register.held_by(person.holder.id_type, person.holder.id_number)
    books.documents.erase([certificate.ref for certificate in held])
    books.idempotency.empty()  # sealed: nobody sees whom an answer speaks of
    erased = books.usage.erase(person.id)
    books.people.replace_key(person.id)
    access = Access(
        kind=ERASURE,
        at=now,
        client="ledger",
        agency="",
        purpose="erasure",
        person=None,
        record={"erased": erased},
    )
    record_access(books, origin, access)
    return erased


def _what_they_said(books: Books, person: Person, now: datetime) -> None:
    """Questions and disputes; a record is under dispute no longer for somebody who is gone."""
    books.questions.erase(person.id)
    for dispute in books.disputes.erase(person.id):
        unmark(books, dispute, now)


def _what_they_let_others_do(books: Books, person: Person, now: datetime) -> None:
    """Consents, entrustments, codes, phones, guardianships, wallets: none holds from here on."""
    books.consents.erase(person.id)
    books.use_codes.erase(person.id)
    books.devices.erase(person.id, now)
    books.verifier_requests.erase(person.id)
    books.entrustments.erase(person, now)
    books.guardianships.erase(person.id)
    books.wallets.erase(person.id)
