"""The officer's side: what waits, one case with its evidence, approve or refuse.

Opening a case is an access to somebody's data: it is recorded once for each officer and
case, and the applicant sees it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from certstore.callers import Officer
from certstore.certificates import Certificate, File
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.tables.books import Archive, Books
from issuance.application import (
    APPLICATION,
    ENDED_STATES,
    NOT_BEGUN,
    WITH_OFFICERS,
    Application,
    Matter,
    State,
)
from issuance.checklist import ChecklistDesk
from issuance.claims.claim import Claim
from issuance.claims.desk import ClaimDesk
from issuance.conduct import UNANSWERED, WORKER, Conduct
from issuance.deciding import enter_approval, enter_refusal
from issuance.findings.desk import FindingDesk
from issuance.findings.tables import Finding, FindingBook
from issuance.four_eyes.proposal import Proposal, Standing, why_not_second
from issuance.four_eyes.proposing import FourEyes
from issuance.four_eyes.tables import ProposalBook
from issuance.grounds import cancellable, ended_with
from issuance.handed_in import for_officer, read_kept
from issuance.history.tables import History
from issuance.issue import IssuanceDesk
from issuance.joint.tables import JointBook
from issuance.judging import approval_fault
from issuance.letters.tables import LetterBook
from issuance.looks import Lookers
from issuance.officers_hand import require_waiting
from issuance.opened_case import Case, Ended
from issuance.procedure import procedure_of
from issuance.refusals.reasons import Refusal
from issuance.stations import own_station, require_sees
from issuance.still_guardian import still_acts
from issuance.still_issuable import not_issuable
from issuance.tables import ApplicationBook
from issuance.waiting.queue import Asked, HeldUp, Queue, Waiting
from issuance.waiting.tables import Seen, WaitingBook
from verifiers.materials.decisions import Decision, MaterialDecision

_NOT_NOW: Mapping[str | None, str] = {
    "open": "nothing is approved before every material was judged",
    "letter_false": "the commitment letter this case leans on was found false",
    "guardian_ended": "who applied may act for this child no more",
    "registration_ended": "the registration that this is about has run out",
    "overtaken": "a permit was issued meanwhile, or the one it is about has ended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDesk:
    """Lets officers decide what the rules leave to a person."""

    archive: Archive
    issuance: IssuanceDesk
    checklist: ChecklistDesk
    findings: FindingDesk
    conduct: Conduct
    clock: Clock
    lookers: Lookers
    claims: ClaimDesk
    four_eyes: FourEyes

    def queue(self) -> list[tuple[Application, int]]:
        """Whole applications that wait, by due date, each with the working days left; 200 at most.

        After what waits for a decision comes what was approved and could not be issued.
        """
        today = local_date(self.clock.now())
        with self.archive.reading() as books:
            book = ApplicationBook(books.connection)
            waiting = [*book.queue(), *book.held_up()]
        return [
            (a, self.conduct.calendar.working_days_between(today, a.due_on or today).working_days)
            for a in waiting
        ]

    def waiting(self, asked: Asked, officer: Officer | None = None) -> Queue:
        """One page of what waits, as it was asked for; a page beyond the last is the last.

        An officer is shown their own station's cases, a supervisor every station's.
        """
        today = local_date(self.clock.now())
        with self.archive.reading() as books:
            book = WaitingBook(books.connection, self._seen(officer))
            found = book.found(asked, today)
            queue = Queue((), book.counts(asked, today), found, asked, today)
            asked = replace(asked, page=min(asked.page, queue.pages))
            lines = tuple(self._counted(line) for line in book.page(asked, today))
        return replace(queue, lines=lines, asked=asked)

    def _seen(self, officer: Officer | None) -> Seen:
        alive = self.clock.now() - self.claims.life
        if officer is None:
            return Seen(alive_since=alive)
        stations = None if officer.supervisor else (own_station(officer),)
        return Seen(stations, officer.number, alive)

    def _counted(self, line: Waiting) -> Waiting:
        today = local_date(self.clock.now())
        span = self.conduct.calendar.working_days_between(today, line.due_on or today)
        return replace(line, days_left=span.working_days)

    def peek(self, ref: str) -> Case | None:
        """A case that was decided or proposed, for its number alone; None if it was neither."""
        with self.archive.reading() as books:
            try:
                found = ApplicationBook(books.connection).get(ref)
            except NotFoundError:
                return None
            held = WaitingBook(books.connection).held_up([ref])
            proposal = _proposal(books, found)
            ended = _ended(books, found)
        known = found.reviewed_by or proposal or found.asked
        if not known:
            return None
        return Case(found, (), _held(found, held), proposal=proposal, ended=ended)

    def open(self, officer: Officer, ref: str, *, claim: bool = False) -> Case:
        """One case; that this officer looked is recorded for the applicant to see.

        With `claim` it is taken in hand to be decided, unless another officer holds it: whose it
        is stands in `Case.claim`. Raises ForbiddenError for another station's case.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            application = ApplicationBook(books.connection).locked(ref)
            if application.state in NOT_BEGUN:
                raise ConflictError("this application has not been submitted", where=ref)
            waiting = WaitingBook(books.connection)
            require_sees(officer, waiting.station(ref), ref)
            self.lookers.at_case(books, officer, application, now)
            case = Case(
                application,
                _records(books, application),
                _held(application, waiting.held_up([ref])),
                next(iter(LetterBook(books.connection).leaned_on(ref)), None),
                tuple(FindingBook(books.connection).of_application(ref)),
                proposal=_proposal(books, application),
                sent_back=_sent_back(books, application),
                ends_too=_ends_too(books, application),
                ended=_ended(books, application),
                ends=_ends(books, application, local_date(now)),
            )
            held = self._in_hand(books, officer, case, now) if claim else None
            return replace(case, claim=held or self._holder(books, application, now))

    def _in_hand(self, books: Books, officer: Officer, case: Case, now: datetime) -> Claim | None:
        """Claim what waits, unless it waits for the word of somebody else than its proposer."""
        proposed = case.proposal is not None and why_not_second(case.proposal, officer)
        if case.application.state not in WITH_OFFICERS or proposed:
            return None
        return self.claims.take(books, officer, case.application, now)

    def _holder(self, books: Books, application: Application, now: datetime) -> Claim | None:
        if application.state not in WITH_OFFICERS:
            return None
        return self.claims.of(books, application.ref, now)

    def photo(self, officer: Officer, case_ref: str, record_ref: str) -> File:
        """A photo of a case (`Case.photos`); NotFoundError for any other person's."""
        for record in self.open(officer, case_ref).photos:
            found = record.file("photo")
            if record.ref == record_ref and found is not None:
                return found
        raise NotFoundError("the case has no such photo", where=record_ref)

    def to_judge(self, application: Application) -> tuple[Decision, tuple[MaterialDecision, ...]]:
        """The decision of a case as it was made, and what of it a person must judge.

        ConflictError where nothing was ever judged.
        """
        kept = application.decision
        if kept is None:
            raise ConflictError(_NOT_NOW["open"], where=application.ref, cause="open")
        decision = self.checklist.judge_again(kept)
        return decision, for_officer(decision, read_kept(kept))

    def approve(
        self, officer: Officer, ref: str, said: Mapping[str, str] | None = None
    ) -> Application:
        """Approve a case and issue its certificate, now or as soon as that is possible.

        `said` is what the officer judged: yes or no for each material that needs it. Where two
        officers decide, it is proposed only, and stays in review. Raises MalformedError, with
        `facts["cause"]` of judging.py, while something is not judged or judged no; ConflictError
        while something is open, the letter it leans on was found false, who wants to end a
        child's certificate is its guardian no more, or nothing could be issued (causes open,
        letter_false, guardian_ended, registration_ended, overtaken), as another officer holds the
        case (HELD) or it was proposed (PROPOSED), and, saying by whom, when and what, if it was
        decided (DECIDED).
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            application = self.to_decide(books, officer, ref, now)
            self.require_judged(books, application, said or {})
            if not self.four_eyes.propose(books, officer, application, now, said or {}):
                enter_approval(self.conduct, books, application, officer, now)
            self.claims.end(books, ref)
        return self.issue_if_approved(ref)

    def issue_if_approved(self, ref: str) -> Application:
        """Issue what was approved just now, if that can be done; the application as it stands."""
        with self.archive.reading() as books:
            application = ApplicationBook(books.connection).get(ref)
        if application.state is not State.APPROVED:
            return application
        self.issuance.attempt(ref)
        with self.archive.reading() as books:
            return ApplicationBook(books.connection).get(ref)

    def refuse(
        self, officer: Officer, ref: str, reason: str | Sequence[str], sentence: str
    ) -> Application:
        """Refuse a case for every reason of its list that holds, in words where none fits.

        Where two officers decide, it is proposed only. Raises as `approve` does.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            application = self.to_decide(books, officer, ref, now)
            refusal = Refusal.typed(application.matter.value, reason, sentence)
            if not self.four_eyes.propose(books, officer, application, now, refusal):
                application = enter_refusal(self.conduct, books, application, officer, now, refusal)
            self.claims.end(books, ref)
        return application

    def to_decide(self, books: Books, officer: Officer, ref: str, now: datetime) -> Application:
        """The case, locked, if this officer may decide it alone now; see `approve` for errors."""
        application = ApplicationBook(books.connection).locked(ref)
        require_sees(officer, WaitingBook(books.connection).station(ref), ref)
        require_waiting(application)
        proposal = ProposalBook(books.connection).open_one(ref)
        if proposal is not None:
            raise ConflictError(
                f"officer {proposal.proposed_by} proposed a decision, which waits for a second",
                where=ref,
                remedy="confirm it or send it back",
                cause="PROPOSED",
                by=proposal.proposed_by,
                at=proposal.proposed_at,
            )
        self.claims.require(books, officer, ref, now)
        return application

    def find_false(self, officer: Officer, letter_ref: str, reason: str) -> Finding:
        """Find a commitment letter false; see FindingDesk."""
        return self.findings.find_false(officer, letter_ref, reason)

    def require_judged(
        self, books: Books, application: Application, said: Mapping[str, str]
    ) -> None:
        """Raise MalformedError or ConflictError, as `approve` says, unless it may be approved."""
        decision, waiting = self.to_judge(application)
        fault = approval_fault(decision, waiting, said)
        if fault == "nothing_judged" and not procedure_of(application.matter).by_rules:
            fault = None  # nothing is asked for, and it takes a person all the same
        if FindingBook(books.connection).of_application(application.ref):
            fault = "letter_false"
        today = local_date(self.clock.now())
        if application.matter.one_by_one and not still_acts(books, application, today):
            fault = "guardian_ended"
        fault = not_issuable(books, application, today) or fault
        if fault in _NOT_NOW:  # no judgement of the officer's mends this
            raise ConflictError(_NOT_NOW[fault], where="decision", cause=fault)
        if fault is not None:
            raise MalformedError(
                "a case is approved when everything in it was judged, and judged good",
                where="decision",
                cause=fault,
            )


def _proposal(books: Books, application: Application) -> Proposal | None:
    if application.state not in WITH_OFFICERS:
        return None
    return ProposalBook(books.connection).open_one(application.ref)


def _sent_back(books: Books, application: Application) -> Proposal | None:
    """What a second officer sent back last, if nothing was proposed after it."""
    proposed = ProposalBook(books.connection).of(application.ref)
    last = proposed[-1] if proposed else None
    return last if last is not None and last.standing is Standing.SENT_BACK else None


def _ends_too(books: Books, application: Application) -> tuple[Matter, ...]:
    waiting = JointBook(books.connection).following(APPLICATION, application.ref)
    return tuple(one.matter for one in waiting)


def _ended(books: Books, application: Application) -> Ended | None:
    """How it came to nothing without a decision; None where it did not."""
    if application.state is not State.WITHDRAWN:
        return None
    steps = History(books.connection).of(application.ref)
    ends = ((w, n) for _, w, step, n in reversed(steps) if step == State.WITHDRAWN)
    who, note = next(ends, ("", ""))
    if who != WORKER.name:
        return "withdrawn"
    return "unanswered" if note == UNANSWERED else "ended"


def _ends(books: Books, application: Application, today: date) -> tuple[str, ...]:
    """The types that end for good if it is approved now; none once that is decided."""
    if application.matter is not Matter.CANCELLATION or application.state in ENDED_STATES:
        return ()
    holder = application.applicant
    on_file = books.register.held_by(holder.id_type, holder.id_number)
    return ended_with(application.answers.about, cancellable(on_file, today))


def _held(application: Application, held: Mapping[str, HeldUp]) -> HeldUp | None:
    return held.get(application.ref) if application.state is State.APPROVED else None


def _records(books: Books, application: Application) -> tuple[Certificate, ...]:
    if application.decision is None:
        return ()
    refs = [record["record_id"] for record in application.decision["facts"]["on_file"]]
    return tuple(books.register.get(ref) for ref in refs)
