"""Whose records a decision may look at: the subject's, and a guardian's once they are proven one.

An agency can write anybody's number into the place of the guardian: unless a record of the child's
own, of a type that the purpose covers, names that person as a parent, nothing of theirs is read.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from certstore.certificates import Certificate, Holder
from certstore.tables.books import Books
from certstore.tables.people import Person as KnownPerson
from verifiers.materials.on_file import record_fact
from verifiers.materials.persons import Person
from verifiers.materials.records import Record
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import RecordType
from verifiers.matters.conditions import proves_parent

MOST_OF_A_TYPE: Final = 8
MOST_OF_A_PERSON: Final = 20
"""How many certificates a decision looks at: those issued last. More cost time and help nobody."""
_NOT_LOOKED_AT = frozenset({RecordType.LETTER})  # a letter is written for one application


@dataclass(frozen=True, slots=True)
class Found:
    """The records looked at, and whose they are, as far as they are known here."""

    records: tuple[Record, ...]
    subject_held: tuple[Certificate, ...]
    guardian_held: tuple[Certificate, ...]
    guardian_proven: bool


def looked_at(
    books: Books,
    subject: Person,
    guardian: Person | None,
    types: Collection[RecordType],
    day: date,
    show_parents: Collection[RecordType],
) -> Found:
    """Read what is on file of these types; a guardian's only where they are proven one.

    `show_parents` are the types that the purpose may ask for a parent.
    """
    mine = _held(books, subject, types)
    records = tuple(_record(certificate) for certificate in mine)
    proven = guardian is not None and any(
        proves_parent(record, subject, guardian, day)
        for record in records
        if record.type in show_parents
    )
    theirs = _held(books, guardian, types) if guardian is not None and proven else ()
    known = {record.record_id for record in records}
    more = tuple(_record(c) for c in theirs if c.ref not in known)
    return Found((*records, *more), mine, theirs, proven)


def known_person(books: Books, person: Person, held: tuple[Certificate, ...]) -> KnownPerson | None:
    """The person as the house knows them, made known by a certificate that names them."""
    found = books.people.find(person.id_type, person.id_number)
    if found is not None:
        return found
    meant = (person.id_type, person.id_number)
    named: list[Holder] = [h for c in held for h in c.holders if (h.id_type, h.id_number) == meant]
    return books.people.known(named[0]) if named else None


def _held(books: Books, person: Person, types: Collection[RecordType]) -> tuple[Certificate, ...]:
    words = {kind.value for kind in types if kind not in _NOT_LOOKED_AT}
    every: dict[str, list[Certificate]] = {word: [] for word in words}
    for certificate in books.register.held_by(person.id_type, person.id_number):
        every.get(certificate.type_code, []).append(certificate)
    newest = (sorted(found, key=_newest, reverse=True)[:MOST_OF_A_TYPE] for found in every.values())
    kept = [certificate for found in newest for certificate in found]
    return tuple(sorted(kept, key=_newest, reverse=True)[:MOST_OF_A_PERSON])


def _newest(certificate: Certificate) -> tuple[date, int, str]:
    return (certificate.issued_on, certificate.version, certificate.ref)


def _record(certificate: Certificate) -> Record:
    return Record.read(Members(record_fact(certificate), "on_file"))
