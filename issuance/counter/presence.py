"""Who is at a counter: an officer compares the original of a card with the person before them.

Nothing is done for anybody without that, and each look stands in that person's own list. The
officer's word lasts as long as the rules of the day say; then the card is compared again.
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta

from certstore.callers import Officer
from certstore.certificates import Holder
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, ForbiddenError, NotFoundError
from certstore.tables.books import Archive, Books
from issuance.answers import (
    UNDER_AGE,
    Fault,
    Faults,
    age_on,
    read_name,
    read_number,
    refuse,
)
from issuance.checklist import ChecklistDesk
from issuance.counter.records import record_visit
from issuance.counter.tables import VisitBook
from issuance.counter.visit import IdentityDocument, Visit, counter_of
from issuance.looks import Lookers
from issuance.tables import ApplicationBook
from verifiers.materials.rule_parts import CounterRule

_SAME_VISIT = timedelta(minutes=2)  # said again so soon, it is the second click


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What an officer typed, or a card reader for them, about somebody who came."""

    name: str
    id_number: str
    document: str  # an IdentityDocument
    compared: bool  # the original with the person
    as_on_card: bool = False  # though records name the number otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceDesk:
    """Keeps who was there, on whose word, and for how long that holds."""

    archive: Archive
    checklist: ChecklistDesk
    lookers: Lookers
    clock: Clock

    @property
    def life(self) -> timedelta:
        """How long somebody may be taken to be there after their card was compared."""
        return self._rule.max_age

    def arrive(self, officer: Officer, said: Arrival) -> Visit:
        """Somebody came, and their card was compared; said twice, it is one visit.

        MalformedError names every field that is wrong (`facts["errors"]`): missing, malformed or
        unknown; `child` for somebody who needs a guardian, `mismatch` for a name that is not the
        one on record. That somebody was looked up is on record whichever it is.
        """
        faults: Faults = {}
        name = read_name(said.name, "person_name", faults)
        number = read_number(said.id_number, "person_number", faults, self._today)
        if said.document not in self._rule.documents:
            faults["identity_document"] = Fault("missing")
        if not said.compared:
            faults["identity_checked"] = Fault("missing")
        if number is not None and age_on(number.birth_date, self._today) < UNDER_AGE:
            faults["person_number"] = Fault("child")
        refuse(faults)
        return self._kept(officer, said, Holder(name, "111", number.value if number else ""))

    def find(self, officer: Officer, ref: str) -> Visit:
        """A visit of this officer's that goes on; NotFoundError for another's.

        ConflictError (cause CHECK_AGAIN) when its time is over.
        """
        with self.archive.reading() as books:
            visit = VisitBook(books.connection).get(ref)
        if not visit.is_of(officer):
            raise NotFoundError("there is no such visit", where=ref)
        return self._going_on([visit], ref)

    def for_application(self, officer: Officer, ref: str) -> Visit:
        """The visit by which this officer acts on a case: its person stands before them.

        ForbiddenError if nobody does, ConflictError (cause CHECK_AGAIN) if that was too long ago.
        """
        with self.archive.reading() as books:
            ApplicationBook(books.connection).get(ref)
            found = VisitBook(books.connection).of_application(ref)
        own = [visit for visit in found if visit.is_of(officer)]
        if not own:
            raise ForbiddenError(
                "nobody at your counter is known to be here for this case",
                where=ref,
                remedy="compare the person's original identity card first",
                cause="NOT_PRESENT",
            )
        return self._going_on(own, ref)

    def _kept(self, officer: Officer, said: Arrival, who: Holder) -> Visit:
        now = self.clock.now()
        with self.archive.writing() as books:
            names = _names_on_record(books, who)
            same = next((name for name in names if _plain(name) == _plain(who.name)), None)
            # One record that is misspelt vouches for nobody: all of them must agree.
            agrees = said.as_on_card or all(_plain(n) == _plain(who.name) for n in names)
            person = books.people.numbered(who.id_type, who.id_number)
            if agrees:  # nobody is renamed here: a name on record is corrected at its source
                name = same or next(iter(names), who.name)
                person = books.people.known(replace(who, name=name))
            found = VisitBook(books.connection).of_person(person.id, now - _SAME_VISIT)
            again = (v for v in found if v.is_of(officer) and v.document == said.document)
            if agrees and (former := next(again, None)) is not None:
                return former
            record_visit(books, self.lookers, officer, person, now)
            visit = Visit(
                ref=reference(),
                person=person.holder,
                person_id=person.id,
                officer=officer.number,
                officer_name=officer.name,
                station=counter_of(officer),
                document=IdentityDocument(said.document),
                at=now,
            )
            if agrees:
                VisitBook(books.connection).add(visit)
        if not agrees:
            refuse({"person_name": Fault("mismatch")})
        return visit

    def _going_on(self, visits: list[Visit], where: str) -> Visit:
        now, life = self.clock.now(), self.life
        for visit in visits:
            if visit.lasts(now, life):
                return visit
        raise ConflictError(
            "the card was compared too long ago",
            where=where,
            remedy="compare the person's original identity card once more",
            cause="CHECK_AGAIN",
        )

    @property
    def _today(self) -> date:
        return local_date(self.clock.now())

    @property
    def _rule(self) -> CounterRule:
        desk = self.checklist
        return desk.rules.in_force(self._today, later_from=desk.later_from).counter


def _names_on_record(books: Books, who: Holder) -> list[str]:
    """The names that this number has: as its person is known here, then as records spell it."""
    person = books.people.find(who.id_type, who.id_number)
    known = [person.holder.name] if person and person.holder.name else []
    held = books.register.held_by(who.id_type, who.id_number)
    return [
        *known,
        *(h.name for c in held for h in c.holders if h.id_number.upper() == who.id_number),
    ]


def _plain(name: str) -> str:
    """A name without spaces; a rare character stays another name (NFC, not NFKC)."""
    return "".join(unicodedata.normalize("NFC", name).split()).casefold()
