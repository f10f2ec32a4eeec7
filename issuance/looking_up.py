"""Whose records are looked at for an application besides one's own, and that they were.

Naming somebody must tell nobody anything about them. So a child's records are looked at only
after the guardian's own face result was accepted, and a relative's only after that and the
letter; each look stands in that person's list of accesses, whatever was found, and a person
can have few people looked up in a day.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.certificates import Holder
from certstore.ledger import record_access
from certstore.tables.books import Books
from certstore.tables.people import Person
from issuance.application import Application
from issuance.history.tables import LOOKED_UP, History
from issuance.notices import tell_relied_on
from issuance.relied_on import reliance
from issuance.tables import ApplicationBook
from verifiers.materials.decisions import Decision
from verifiers.materials.records import Record

MOST_PEOPLE_A_DAY = 3  # different relatives and children that one person can have looked up
MOST_LOOKS_A_DAY = 6  # and in how many different homes, all together
_A_DAY = timedelta(days=1)
_FIELDS_RELIED_ON = ("name", "id_number", "address")


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody besides whoever acts, and the home they are looked up for."""

    id_number: str
    home: str  # empty for a child: its papers, not a home of its

    @property
    def key(self) -> str:
        """What is noted of the look: enough to know it again, nothing to read."""
        whose = hashlib.sha256(f"looked-up/1\x00{self.id_number}".encode()).hexdigest()
        where = hashlib.sha256(f"looked-up-at/1\x00{self.home}".encode()).hexdigest()
        return f"{whose[:32]}:{where[:32]}"


def child_of(application: Application) -> Other | None:
    """The child whose records this application needs, if a guardian acts."""
    child = application.answers.child
    return None if child is None else Other(child.id_number, "")


def relative_of(application: Application) -> Other | None:
    """The relative whose home it is, unless that is whoever acts."""
    relative, said = application.other_relative, application.answers
    home = f"{said.district}{said.address}"
    return None if relative is None else Other(relative.id_number, home)


def looked_up(books: Books, application: Application) -> frozenset[str]:
    """The keys of everybody whose records were looked at for this application."""
    steps = History(books.connection).of(application.ref)
    return frozenset(note for _, _, step, note in steps if step == LOOKED_UP)


def may_look_up(books: Books, application: Application, other: Other, now: datetime) -> bool:
    """Whether one person's looks of the last 24 hours leave room for this one."""
    book = ApplicationBook(books.connection)
    before = set(book.notes_of(application.actor_id, LOOKED_UP, now - _A_DAY))
    people = {key.partition(":")[0] for key in before | {other.key}}
    return len(people) <= MOST_PEOPLE_A_DAY and len(before | {other.key}) <= MOST_LOOKS_A_DAY


def look_up(
    books: Books, origin: str, application: Application, other: Other, now: datetime
) -> None:
    """Record that somebody's records are looked at, in their own list, before they are."""
    book = ApplicationBook(books.connection)
    book.note(application.ref, now, "applicant", LOOKED_UP, other.key)
    person = _on_record(books, other.id_number)
    if person is not None:
        record_access(books, origin, reliance(application, person, "", (), now))
        tell_relied_on(books, person, application, now)


def _on_record(books: Books, id_number: str) -> Person | None:
    """The person as a record names them; a name an applicant typed makes nobody known."""
    for certificate in books.register.held_by("111", id_number):
        for holder in certificate.holders:
            if holder.id_number == id_number:
                return books.people.known(holder)
    return books.people.find("111", id_number)


def tell_holders(
    books: Books, origin: str, application: Application, decision: Decision, now: datetime
) -> None:
    """Record with everybody else whose record was relied on that it was, in their own list."""
    told = {application.applicant.id_number, application.actor.id_number}
    for decided in decision.materials.values():
        record = decided.satisfied_by
        if not isinstance(record, Record):
            continue
        for holder in record.holders:
            number = holder.id_number.upper()
            if number not in told:
                told.add(number)
                person = books.people.known(Holder(holder.name, holder.id_type, number))
                kind = record.type.value
                access = reliance(application, person, kind, _FIELDS_RELIED_ON, now)
                record_access(books, origin, access)
                tell_relied_on(books, person, application, now)
