"""The officer's side: what waits, one case with its evidence, approve or refuse.

Opening a case is an access to somebody's data: it is recorded once for each officer and
case, and the applicant sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from certstore.callers import Officer
from certstore.certificates import Certificate, File
from certstore.clock import CHINA, Clock, local_date
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.tables.books import Archive, Books
from certstore.working_days import WorkCalendar
from issuance.application import Application, State
from issuance.checklist import ChecklistDesk
from issuance.findings.desk import FindingDesk
from issuance.findings.tables import Finding, FindingBook
from issuance.handed_in import for_officer, read_kept
from issuance.issue import IssuanceDesk
from issuance.judging import approval_fault
from issuance.letters.tables import LetterBook
from issuance.looks import Lookers
from issuance.notices import tell_refused
from issuance.tables import ApplicationBook
from issuance.waiting.queue import Asked, HeldUp, Queue, Waiting
from issuance.waiting.tables import WaitingBook
from verifiers.materials.decisions import Decision, MaterialDecision

REFUSAL_REASONS = (
    *("ADDRESS_MISMATCH", "HOLDER_NOT_SUBJECT", "CERT_EXPIRED", "CERT_REVOKED"),
    *("PHOTO_QUALITY", "NO_RECORD", "OTHER"),
)
UNLISTED = "OTHER"  # a reason that must be put into words
MAX_SENTENCE = 300
_NOT_NOW: Mapping[str | None, str] = {
    "open": "nothing is approved before every material was judged",
    "letter_false": "the commitment letter this case leans on was found false",
}


@dataclass(frozen=True, slots=True)
class Case:
    """An application as the officer sees it, and the records its decision looked at.

    `held_up` is why an approved one has no certificate yet; `letter_ref` the letter it leans on,
    once that is issued; `false_letters` are findings about letters it leans on.
    """

    application: Application
    records: tuple[Certificate, ...]
    held_up: HeldUp | None = None
    letter_ref: str | None = None
    false_letters: tuple[Finding, ...] = ()

    @property
    def photos(self) -> tuple[Certificate, ...]:
        """The photos of whom the case is about, and of the guardian who acts; of nobody else.

        Among the records a decision looked at may be those of people of the same name.
        """
        people = (self.application.applicant, self.application.actor)
        concerned = {(p.id_type, p.id_number.upper()) for p in people}
        return tuple(
            record
            for record in self.records
            if record.file("photo") is not None
            and {(h.id_type, h.id_number.upper()) for h in record.holders} <= concerned
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDesk:
    """Lets officers decide what the rules leave to a person."""

    archive: Archive
    issuance: IssuanceDesk
    checklist: ChecklistDesk
    findings: FindingDesk
    calendar: WorkCalendar
    clock: Clock
    lookers: Lookers

    def queue(self) -> list[tuple[Application, int]]:
        """Whole applications that wait, by due date, each with the working days left; 200 at most.

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

    def waiting(self, asked: Asked) -> Queue:
        """One page of what waits, as it was asked for; a page beyond the last is the last."""
        today = local_date(self.clock.now())
        with self.archive.reading() as books:
            book = WaitingBook(books.connection)
            found = book.found(asked, today)
            queue = Queue((), book.counts(today), found, asked, today)
            asked = replace(asked, page=min(asked.page, queue.pages))
            lines = tuple(self._counted(line) for line in book.page(asked, today))
        return replace(queue, lines=lines, asked=asked)

    def _counted(self, line: Waiting) -> Waiting:
        today = local_date(self.clock.now())
        span = self.calendar.working_days_between(today, line.due_on or today)
        return replace(line, days_left=span.working_days)

    def peek(self, ref: str) -> Case | None:
        """A case that was decided, for its number alone; None if it was not."""
        with self.archive.reading() as books:
            try:
                found = ApplicationBook(books.connection).get(ref)
            except NotFoundError:
                return None
            held = WaitingBook(books.connection).held_up([ref])
        return Case(found, (), _held(found, held)) if found.reviewed_by else None

    def open(self, officer: Officer, ref: str) -> Case:
        """One case; that this officer looked is recorded for the applicant to see."""
        now = self.clock.now()
        with self.archive.writing() as books:
            application = ApplicationBook(books.connection).locked(ref)
            if application.state is State.DRAFT:
                raise ConflictError("this application has not been submitted", where=ref)
            self.lookers.at_case(books, officer, application, now)
            held = WaitingBook(books.connection).held_up([ref])
            false = FindingBook(books.connection).of_application(ref)
            records = _records(books, application)
            letters = LetterBook(books.connection).leaned_on(ref)
        letter = next(iter(letters), None)
        return Case(application, records, _held(application, held), letter, tuple(false))

    def photo(self, officer: Officer, case_ref: str, record_ref: str) -> File:
        """A photo of a case (`Case.photos`); NotFoundError for any other person's."""
        for record in self.open(officer, case_ref).photos:
            found = record.file("photo")
            if record.ref == record_ref and found is not None:
                return found
        raise NotFoundError("the case has no such photo", where=record_ref)

    def to_judge(self, application: Application) -> tuple[Decision, tuple[MaterialDecision, ...]]:
        """The decision of a case as it was made, and what of it a person must judge."""
        kept = application.decision or {}
        decision = self.checklist.judge_again(kept)
        return decision, for_officer(decision, read_kept(kept))

    def approve(
        self, officer: Officer, ref: str, said: Mapping[str, str] | None = None
    ) -> Application:
        """Approve a case and issue its certificate, now or as soon as that is possible.

        `said` is what the officer judged: yes or no for each material that needs it. Raises
        MalformedError, with `facts["cause"]` of judging.py, while something is not judged or
        judged no; ConflictError while something is open or the letter it leans on was found false
        (causes open, letter_false), and, saying by whom, when and what, if it was decided.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            application = book.locked(ref)
            _require_waiting(application)
            self._require_judged(books, application, said or {})
            book.move(
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
        """Refuse a case for a reason of the closed list, with a sentence where none fits.

        Raises ConflictError, saying by whom, when and what, if the case waits for no decision.
        """
        if reason not in REFUSAL_REASONS:
            raise MalformedError("choose a reason of the list", where="reason")
        sentence = as_read(sentence)
        least = 1 if reason == UNLISTED else 0
        if not least <= len(sentence) <= MAX_SENTENCE or not sentence.isprintable():
            raise MalformedError(
                f"write a sentence of at most {MAX_SENTENCE} characters", where="sentence"
            )
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            _require_waiting(book.locked(ref))
            book.move(
                ref,
                State.REFUSED,
                now,
                officer.number,
                reason,
                (State.IN_REVIEW,),
                decided_at=now,
                reviewed_by=officer.number,
                reason=f"{reason}\n{sentence}",
            )
            application = book.get(ref)
            books.outbox.add("application.refused", {"application": ref}, now)
            tell_refused(books, application, reason, now)
        return application

    def find_false(self, officer: Officer, letter_ref: str, reason: str) -> Finding:
        """Find a commitment letter false; see FindingDesk."""
        return self.findings.find_false(officer, letter_ref, reason)

    def _require_judged(
        self, books: Books, application: Application, said: Mapping[str, str]
    ) -> None:
        decision, waiting = self.to_judge(application)
        fault = approval_fault(decision, waiting, said)
        if FindingBook(books.connection).of_application(application.ref):
            fault = "letter_false"
        if fault in _NOT_NOW:  # no judgement of the officer's mends this
            raise ConflictError(_NOT_NOW[fault], where="decision", cause=fault)
        if fault is not None:
            raise MalformedError(
                "a case is approved when everything in it was judged, and judged good",
                where="decision",
                cause=fault,
            )


def as_read(sentence: str) -> str:
    """An officer's sentence as the applicant reads it: white space joined into single spaces."""
    return " ".join(sentence.split())


def _require_waiting(application: Application) -> None:
    """Say by whom, when and what was decided, if it was."""
    if application.state is State.IN_REVIEW:
        return
    if application.state is State.DRAFT or application.decided_at is None:
        raise ConflictError("this application waits for no decision", where=application.ref)
    what = "refused" if application.state is State.REFUSED else "approved"
    at = application.decided_at.astimezone(CHINA)
    who = f"officer {application.reviewed_by}" if application.reviewed_by else "the rules"
    raise ConflictError(
        f"{who} {what} this case at {at:%H:%M on %Y-%m-%d}",
        where=application.ref,
        remedy="look at what was decided",
        cause="DECIDED",
        by=application.reviewed_by,
        at=application.decided_at,
        what=what,
    )


def _held(application: Application, held: Mapping[str, HeldUp]) -> HeldUp | None:
    return held.get(application.ref) if application.state is State.APPROVED else None


def _records(books: Books, application: Application) -> tuple[Certificate, ...]:
    if application.decision is None:
        return ()
    refs = [record["record_id"] for record in application.decision["facts"]["on_file"]]
    return tuple(books.register.get(ref) for ref in refs)
