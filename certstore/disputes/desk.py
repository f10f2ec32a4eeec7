"""Takes disputes of holders, and shows them where each stands.

The record is under dispute from the commit that files, in every answer, until nothing about it
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
from certstore.own_acts import OwnAct, record_own_act
from certstore.tables.books import Archive, Books
from certstore.tables.disputes import Dispute, Step
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
    """A dispute, the steps it took, and whether its authority is late."""

    dispute: Dispute
    steps: tuple[Step, ...]
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeDesk:
    """Files, withdraws and shows disputes to whom they belong; another's is as absent as none."""

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
        """One of this resident's own records, and how it names them."""
        with self.archive.reading() as books:
            return _own(books, resident, ref)

    def clients_told(self, resident: Resident, ref: str) -> int:
        """How many services were given something of a record, and would be told."""
        with self.archive.reading() as books:
            certificate, _ = _own(books, resident, ref)
            return len(books.usage.given_to(certificate.ref, SINCE_EVER))

    def file(self, resident: Resident, filing: Filing) -> Dispute:
        """File a dispute; the record is marked at once. ConflictError if one is open already."""
        now = self.clock.now()
        with self.archive.writing() as books:
            certificate, holder = _own(books, resident, filing.certificate_ref)
            refusal = judge_filing(certificate, holder, filing.field, filing.right)
            if refusal is not None:
                raise refusal
            me = books.people.known(resident.holder)
            dispute = self._filed(books, certificate, holder, filing, me.id)
            books.disputes.file(dispute)
            mark(books, certificate, now)
            done = OwnAct(
                act="dispute",
                certificate=certificate,
                fields=() if filing.field == WHOLE else (filing.field,),
                more={"dispute_ref": dispute.ref},
            )
            record_own_act(books, self.origin, me, done, now)
            return books.disputes.get(dispute.ref)

    def withdraw(self, resident: Resident, ref: str) -> Dispute:
        """Take a dispute back while it is open; the mark goes with the last one open."""
        now = self.clock.now()
        with self.archive.writing() as books:
            dispute = _mine(books, resident, ref)
            move = judge_move(State(dispute.state), "withdraw", "holder")
            if isinstance(move, CertstoreError):
                raise move
            closed = books.disputes.move(
                dispute, move.to, now, "holder", outcome="withdrawn", due=None
            )
            unmark(books, closed, now)
            me = books.people.known(resident.holder)
            done = OwnAct(act="dispute_withdrawn", more={"dispute_ref": ref})
            record_own_act(books, self.origin, me, done, now)
        return closed

    def mine(self, resident: Resident) -> list[Dispute]:
        """This resident's disputes, latest first."""
        holder = resident.holder
        with self.archive.reading() as books:
            me = books.people.find(holder.id_type, holder.id_number)
            return books.disputes.of_person(me.id) if me else []

    def follow(self, resident: Resident, ref: str) -> Followed:
        """One dispute of this resident, step by step."""
        with self.archive.reading() as books:
            dispute = _mine(books, resident, ref)
            steps = tuple(books.disputes.steps(ref))
        return Followed(dispute, steps, is_late(dispute, self.today()))

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


def is_late(dispute: Dispute, today: date) -> bool:
    """Whether the state it is in has lasted longer than it may."""
    return State(dispute.state) in OPEN and dispute.due is not None and dispute.due < today


def _own(books: Books, resident: Resident, ref: str) -> tuple[Certificate, Holder]:
    certificate = books.register.get(ref)
    me = (resident.holder.id_type, resident.holder.id_number.upper())
    for holder in certificate.holders:
        if (holder.id_type, holder.id_number) == me:
            return certificate, holder
    raise NotFoundError("there is no such certificate", where=ref)


def _mine(books: Books, resident: Resident, ref: str) -> Dispute:
    holder = resident.holder
    me = books.people.find(holder.id_type, holder.id_number)
    dispute = books.disputes.get(ref)
    if me is None or dispute.person_id != me.id:
        raise NotFoundError("there is no such dispute", where=ref)
    return dispute
