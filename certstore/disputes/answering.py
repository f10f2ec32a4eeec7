"""The authority's side of a dispute: it accepts, passes on, corrects or rejects, in time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from certstore.callers import Clerk
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.disputes.correcting import (
    corrected,
    judge_correction,
    may_be_typed,
    tell_everyone,
)
from certstore.disputes.marking import newer_than, unmark
from certstore.disputes.telling import tell
from certstore.disputes.transitions import Act, State, due_in, judge_move
from certstore.errors import CertstoreError, NotFoundError
from certstore.ledger import Access, record_access
from certstore.tables.books import Archive, Books
from certstore.tables.disputes import Dispute
from certstore.working_days import WorkCalendar

_ONE_LOOK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A dispute as the authority's clerk sees it; the record is known by its own identifier."""

    dispute: Dispute
    certificate: Certificate
    newer: Certificate | None
    may_be_typed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDesk:
    """Moves disputes for the clerks of the authority whose record it is; another's is absent."""

    archive: Archive
    calendar: WorkCalendar
    clock: Clock
    origin: str

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def open(self, clerk: Clerk) -> list[Dispute]:
        """What the clerk's authority is to answer, by date."""
        with self.archive.reading() as books:
            return books.disputes.open_of(clerk.organisation_uscc)

    def look(self, clerk: Clerk, ref: str) -> ToAnswer:
        """One dispute; that the clerk opened it is recorded with whoever filed it."""
        now = self.clock.now()
        with self.archive.writing() as books:
            dispute = _of(books, clerk, ref)
            certificate = books.register.get(dispute.certificate_ref)
            _keep_look(books, self.origin, clerk, dispute, now)
            newer = newer_than(books, certificate)
        return ToAnswer(dispute, certificate, newer, may_be_typed(certificate, dispute.field))

    def accept(self, clerk: Clerk, ref: str) -> Dispute:
        """Take a dispute in: its clock goes on to the next step."""
        return self._move(clerk, ref, "accept")

    def pass_on(self, clerk: Clerk, ref: str) -> Dispute:
        """Hand it to whoever checks the record against the papers."""
        return self._move(clerk, ref, "pass_on")

    def reject(self, clerk: Clerk, ref: str, reason: str) -> Dispute:
        """Leave the record as it is; the reason is told. The mark comes off."""
        now = self.clock.now()
        with self.archive.writing() as books:
            moved = self._moved(books, clerk, ref, "reject", now, outcome="rejected", reason=reason)
            closed = self._closed(books, moved, now)
            tell(books, closed, "correction_rejected", ref, {"reason": reason}, now)
        return closed

    def correct(self, clerk: Clerk, ref: str, value: str = "") -> Dispute:
        """Say that the record is right now: by the newer version, or with this value in one field.

        Everyone who was given something of the wrong record is told in the same commit.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            dispute = _of(books, clerk, ref)
            certificate = books.register.get(dispute.certificate_ref)
            newer = newer_than(books, certificate)
            refusal = judge_correction(certificate, newer, dispute, value)
            moved = self._moved(books, clerk, ref, "correct", now, outcome="corrected")
            if refusal is not None:
                raise refusal  # what was moved is undone with the transaction
            closed = self._closed(books, moved, now)
            right = corrected(books, closed, value, now)
            told = tell_everyone(books, closed, now)
            books.disputes.conclude(ref, told, right)
            tell(books, closed, "correction_made", ref, {}, now)
            return books.disputes.get(ref)

    def _move(self, clerk: Clerk, ref: str, act: Act) -> Dispute:
        now = self.clock.now()
        with self.archive.writing() as books:
            moved = self._moved(books, clerk, ref, act, now)
            tell(books, moved, "correction_step", f"{moved.ref}:{moved.state}", {}, now)
        return moved

    def _moved(
        self, books: Books, clerk: Clerk, ref: str, act: Act, now: datetime, **values: object
    ) -> Dispute:
        dispute = _of(books, clerk, ref)
        move = judge_move(State(dispute.state), act, "authority")
        if isinstance(move, CertstoreError):
            raise move
        due = due_in(move.to, local_date(now), self.calendar)
        by = f"clerk {clerk.number}"
        return books.disputes.move(dispute, move.to, now, by, due=due, **values)

    def _closed(self, books: Books, dispute: Dispute, now: datetime) -> Dispute:
        move = judge_move(State(dispute.state), "close", "house")
        if isinstance(move, CertstoreError):
            raise move
        closed = books.disputes.move(dispute, move.to, now, "house", due=None)
        unmark(books, closed, now)
        return closed


def _of(books: Books, clerk: Clerk, ref: str) -> Dispute:
    dispute = books.disputes.get(ref)
    if dispute.authority != clerk.organisation_uscc:
        raise NotFoundError("there is no such dispute", where=ref)
    return dispute


def _keep_look(books: Books, origin: str, clerk: Clerk, dispute: Dispute, now: datetime) -> None:
    """Record that the clerk opened it; not anew for each page of one sitting."""
    person = books.people.get(dispute.person_id)
    lately = books.usage.of(person.id, now - _ONE_LOOK)
    seen = {(e.record.get("dispute_ref"), e.record.get("operator")) for e in lately}
    if (dispute.ref, clerk.number) in seen:
        return
    record = {
        "client": "source",
        "agency": clerk.organisation_uscc,
        "purpose": "dispute",
        "matter": "dispute",
        "operator": clerk.number,
        "ground": "application",
        "certificate": dispute.type_code,
        "certificate_ref": dispute.certificate_ref,
        "dispute_ref": dispute.ref,
        "fields": [dispute.field],
        "refused_fields": [],
        "other_fields": [],
    }
    access = Access(
        kind="review",
        at=now,
        client="source",
        agency=clerk.organisation_uscc,
        purpose="dispute",
        person=person,
        record=record,
    )
    record_access(books, origin, access)
