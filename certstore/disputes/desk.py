"""Takes disputes of holders, and of guardians for a child, and shows them where each stands.

A dispute is the holder's whoever files it: whoever may act for the child today follows it. The
record is under dispute from the commit that files, in every answer, until nothing about it
is open any more.
"""

from dataclasses import dataclass
from datetime import date

from certstore.callers import Resident
from certstore.certificates import Certificate, Holder
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.disputes.correcting import SINCE_EVER
from certstore.disputes.marking import mark, source_objects, unmark
from certstore.disputes.transitions import (
    OPEN,
    WHOLE,
    State,
    answer_due,
    disputable,
    due_in,
    judge_filing,
    judge_move,
)
from certstore.errors import CertstoreError, NotFoundError
from certstore.guardianship import wards_of
from certstore.own_acts import OwnAct, record_own_act
from certstore.tables.books import Archive, Books
from certstore.tables.disputes import Dispute, Step
from certstore.tables.people import Person
from certstore.working_days import WorkCalendar


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody says is wrong: of which record, which field, and what is right instead."""

    certificate_ref: str
    field: str
    right: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """A dispute, the steps it took, and whether its authority is late; of a child, its name."""

    dispute: Dispute
    steps: tuple[Step, ...]
    late: bool
    ward: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeDesk:
    """Files, withdraws and shows disputes to whom they belong; another's is as absent as none.

    A guardian acts for a child with what was sealed here, and not with the records that prove the
    guardianship: one parent could shut the other out by disputing them.
    """

    archive: Archive
    calendar: WorkCalendar
    clock: Clock
    origin: str

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def answer_due(self) -> date:
        """By when a dispute filed now would be answered."""
        return answer_due(self.today(), self.calendar)

    def record(self, resident: Resident, ref: str) -> tuple[Certificate, Holder]:
        """One of this resident's own or a child's records, and how it names them."""
        with self.archive.reading() as books:
            return _own(books, resident, ref, self.today())

    def clients_told(self, resident: Resident, ref: str) -> int:
        """How many services were given something of a record, and would be told."""
        with self.archive.reading() as books:
            certificate, _ = _own(books, resident, ref, self.today())
            return len(books.usage.given_to(certificate.ref, SINCE_EVER))

    def file(self, resident: Resident, filing: Filing) -> Dispute:
        """File a dispute; the record is marked at once. ConflictError if one is open already."""
        now = self.clock.now()
        with self.archive.writing() as books:
            certificate, holder = _own(books, resident, filing.certificate_ref, self.today())
            refusal = judge_filing(certificate, holder, filing.field, filing.right)
            if refusal is not None:
                raise refusal
            person = books.people.known(holder)
            dispute = self._filed(books, certificate, holder, filing, person.id)
            books.disputes.file(dispute)
            mark(books, certificate, now)
            done = OwnAct(
                act="dispute",
                certificate=certificate,
                fields=() if filing.field == WHOLE else (filing.field,),
                more={"dispute_ref": dispute.ref, **_by_guardian(resident, person)},
            )
            record_own_act(books, self.origin, person, done, now)
            return books.disputes.get(dispute.ref)

    def withdraw(self, resident: Resident, ref: str) -> Dispute:
        """Take a dispute back while it is open; the mark goes with the last one open."""
        now = self.clock.now()
        with self.archive.writing() as books:
            dispute, person = _mine(books, resident, ref, self.today())
            move = judge_move(State(dispute.state), "withdraw", "holder")
            if isinstance(move, CertstoreError):
                raise move
            closed = books.disputes.move(
                dispute, move.to, now, "holder", outcome="withdrawn", due=None
            )
            unmark(books, closed, now)
            more = {"dispute_ref": ref, **_by_guardian(resident, person)}
            done = OwnAct(act="dispute_withdrawn", more=more)
            record_own_act(books, self.origin, person, done, now)
        return closed

    def mine(self, resident: Resident) -> list[Dispute]:
        """This resident's disputes, and those about children in their care, latest first."""
        with self.archive.reading() as books:
            people = _people(books, resident, self.today())
            found = [d for person in people for d in books.disputes.of_person(person.id)]
        return sorted(found, key=lambda dispute: dispute.filed_at, reverse=True)

    def wards(self, resident: Resident) -> dict[int, str]:
        """The names of the children in this resident's care, by their rows."""
        with self.archive.reading() as books:
            people = _people(books, resident, self.today())
        return {p.id: p.holder.name for p in people if _by_guardian(resident, p)}

    def follow(self, resident: Resident, ref: str) -> Followed:
        """One dispute of this resident's or a child's, step by step."""
        with self.archive.reading() as books:
            dispute, person = _mine(books, resident, ref, self.today())
            steps = tuple(books.disputes.steps(ref))
        ward = person.holder.name if _by_guardian(resident, person) else None
        return Followed(dispute, steps, is_late(dispute, self.today()), ward)

    def overdue(self) -> list[Dispute]:
        """What no authority moved in time; no person is in what is shown of it."""
        with self.archive.reading() as books:
            return books.disputes.overdue(self.today())

    def _filed(
        self,
        books: Books,
        certificate: Certificate,
        holder: Holder,
        filing: Filing,
        person_id: int,
    ) -> Dispute:
        today = self.today()
        return Dispute(
            ref=reference(),
            person_id=person_id,
            certificate_ref=certificate.ref,
            authority=certificate.source or certificate.issuer_uscc,
            field=filing.field,
            stands=dict(disputable(certificate, holder))[filing.field],
            right=filing.right.strip(),
            words=filing.words.strip(),
            source_objects=source_objects(books, certificate),
            state=State.FILED,
            due=due_in(State.FILED, today, self.calendar),
            answer_due=answer_due(today, self.calendar),
            filed_at=self.clock.now(),
        )


def is_own(resident: Resident, holder: Holder) -> bool:
    """Whether it is the resident themselves, and no child in their care."""
    return _number(resident.holder) == _number(holder)


def is_late(dispute: Dispute, today: date) -> bool:
    """Whether the state it is in has lasted longer than it may."""
    return State(dispute.state) in OPEN and dispute.due is not None and dispute.due < today


def _own(books: Books, resident: Resident, ref: str, today: date) -> tuple[Certificate, Holder]:
    certificate = books.register.get(ref)
    mine = {_number(resident.holder)}
    if certificate.sealed:
        mine |= {_number(ward) for ward in wards_of(books, resident.holder, today)}
    for holder in certificate.holders:
        if _number(holder) in mine:
            return certificate, holder
    raise NotFoundError("there is no such certificate", where=ref)


def _people(books: Books, resident: Resident, today: date) -> list[Person]:
    """The rows of this resident and of the children in their care, as far as they have any."""
    holders = (resident.holder, *wards_of(books, resident.holder, today))
    found = (books.people.find(*_number(holder)) for holder in holders)
    return [person for person in found if person is not None]


def _mine(books: Books, resident: Resident, ref: str, today: date) -> tuple[Dispute, Person]:
    dispute = books.disputes.get(ref)
    for person in _people(books, resident, today):
        if dispute.person_id == person.id:
            return dispute, person
    raise NotFoundError("there is no such dispute", where=ref)


def _by_guardian(resident: Resident, person: Person) -> dict[str, str]:
    """What the record says of who acts, where it is not the person themselves."""
    if is_own(resident, person.holder):
        return {}
    return {"actor": "guardian", "operator": resident.holder.name}


def _number(holder: Holder) -> tuple[str, str]:
    return holder.id_type, holder.id_number.upper()
