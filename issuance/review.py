"""The officer's side: what waits, one case with its evidence, approve or refuse.

Opening a case is an access to somebody's data: it is recorded once for each officer and
case, and the applicant sees it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.callers import Officer
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.ledger import Access, record_access
from certstore.tables.books import Archive, Books
from certstore.working_days import WorkCalendar
from issuance.application import Application, State
from issuance.issue import IssuanceDesk
from issuance.notices import tell_refused
from issuance.tables import ApplicationBook

REFUSAL_REASONS = (
    *("ADDRESS_MISMATCH", "HOLDER_NOT_SUBJECT", "CERT_EXPIRED", "CERT_REVOKED"),
    *("PHOTO_QUALITY", "NO_RECORD", "OTHER"),
)
UNLISTED = "OTHER"  # a reason that must be put into words
MAX_SENTENCE = 300


@dataclass(frozen=True, slots=True)
class Case:
    """An application as the officer sees it, and the records its decision looked at."""

    application: Application
    records: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDesk:
    """Lets officers decide what the rules leave to a person."""

    archive: Archive
    issuance: IssuanceDesk
    calendar: WorkCalendar
    clock: Clock
    origin: str
    agency_uscc: str

    def queue(self) -> list[tuple[Application, int]]:
        """What waits, by due date, each with the working days left.

        After what waits for a decision comes what was approved and could not be issued.
        """
        today = local_date(self.clock.now())
        with self.archive.reading() as books:
            book = ApplicationBook(books.connection)
            waiting = [*book.queue(), *book.held_up()]
        return [
            (a, self.calendar.working_days_between(today, a.due_on or today).working_days)
            for a in waiting
        ]

    def peek(self, ref: str) -> Application | None:
        """A case that was decided, for its number alone; None if it was not."""
        with self.archive.reading() as books:
            try:
                found = ApplicationBook(books.connection).get(ref)
            except NotFoundError:
                return None
        return found if found.reviewed_by else None

    def open(self, officer: Officer, ref: str) -> Case:
        """One case; that this officer looked is recorded for the applicant to see."""
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            application = book.locked(ref)
            if application.state is State.DRAFT:
                raise ConflictError("this application has not been submitted", where=ref)
            looked = f"looked:{officer.number}"
            if all(step != looked for _, _, step in book.events(ref)):
                book.note(ref, now, officer.number, looked)
                record_access(books, self.origin, self._access(books, application, officer, now))
            return Case(application, _records(books, application))

    def approve(self, officer: Officer, ref: str) -> Application:
        """Approve a case and issue its certificate, now or as soon as that is possible.

        A case that waits for no decision is left as it is (ConflictError).
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            ApplicationBook(books.connection).move(
                ref,
                State.APPROVED,
                now,
                officer.number,
                only_from=(State.IN_REVIEW,),
                decided_at=now,
                reviewed_by=officer.number,
            )
            books.outbox.add("application.approved", {"application": ref}, now)
        self.issuance.attempt(ref)
        with self.archive.reading() as books:
            return ApplicationBook(books.connection).get(ref)

    def refuse(self, officer: Officer, ref: str, reason: str, sentence: str) -> Application:
        """Refuse a case for a reason of the closed list, with a sentence where none fits."""
        if reason not in REFUSAL_REASONS:
            raise MalformedError("choose a reason of the list", where="reason")
        sentence = " ".join(sentence.split())
        least = 1 if reason == UNLISTED else 0
        if not least <= len(sentence) <= MAX_SENTENCE or not sentence.isprintable():
            raise MalformedError(
                f"write a sentence of at most {MAX_SENTENCE} characters", where="sentence"
            )
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            book.move(
                ref,
                State.REFUSED,
                now,
                officer.number,
                reason,
                decided_at=now,
                reviewed_by=officer.number,
                reason=f"{reason}\n{sentence}",
            )
            application = book.get(ref)
            books.outbox.add("application.refused", {"application": ref}, now)
            tell_refused(books, application, reason, now)
        return application

    def _access(
        self, books: Books, application: Application, officer: Officer, now: datetime
    ) -> Access:
        record: dict[str, Any] = {
            "agency": self.agency_uscc,
            "client": "desk",
            "purpose": application.matter.value,
            "matter": application.matter.value,
            "case_no": application.number,
            "operator": officer.number,
            "station": officer.station,
            "ground": "application",
            "fields": ["name", "id_number", "residence_address", "photo"],
            "refused_fields": [],
            "other_fields": [],
        }
        return Access(
            kind="review",
            at=now,
            client="desk",
            agency=self.agency_uscc,
            purpose=application.matter.value,
            person=books.people.get(application.person_id),
            record=record,
        )


def _records(books: Books, application: Application) -> tuple[Certificate, ...]:
    if application.decision is None:
        return ()
    refs = [record["record_id"] for record in application.decision["facts"]["on_file"]]
    return tuple(books.register.get(ref) for ref in refs)
