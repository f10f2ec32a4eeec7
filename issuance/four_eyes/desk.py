"""The second officer: confirms what another proposed, or sends it back with words."""

from dataclasses import dataclass
from datetime import datetime

from certstore.callers import Officer
from certstore.errors import ConflictError
from certstore.tables.books import Books
from issuance.application import Application
from issuance.deciding import enter_approval, enter_refusal
from issuance.findings.desk import checked
from issuance.four_eyes.proposal import Proposal, Standing, require_second
from issuance.four_eyes.rules import APPROVE
from issuance.four_eyes.tables import ProposalBook
from issuance.officers_hand import require_waiting
from issuance.refusals.reasons import Refusal
from issuance.review import ReviewDesk
from issuance.stations import require_sees
from issuance.tables import ApplicationBook
from issuance.waiting.tables import WaitingBook


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondDesk:
    """Lets a second officer answer what was proposed; each proposal is answered once."""

    reviewing: ReviewDesk

    def confirm(self, officer: Officer, ref: str, proposal_ref: str) -> Application:
        """Confirm a proposed decision: only now it counts, judged once more as things stand.

        `proposal_ref` is the one that was read. Raises ForbiddenError (causes same_officer,
        other_station) for who cannot be the second, ConflictError if the case was decided, the
        proposal answered (ANSWERED), another officer holds the case (HELD), or something it
        leans on no longer holds.
        """
        desk = self.reviewing
        with desk.archive.writing() as books:
            now = desk.clock.now()
            application, proposal = self._to_answer(books, officer, ref, proposal_ref, now)
            if proposal.decision == APPROVE:
                desk.require_judged(books, application, proposal.judged)
                note = f"proposed by {proposal.proposed_by}"
                enter_approval(desk.conduct, books, application, officer, now, note)
            else:
                refusal = Refusal.kept(proposal.reason)
                enter_refusal(desk.conduct, books, application, officer, now, refusal)
            self._answer(books, officer, proposal, Standing.CONFIRMED, now)
        return desk.issue_if_approved(ref)

    def send_back(self, officer: Officer, ref: str, proposal_ref: str, words: str) -> Application:
        """Send a proposed decision back, and say why; the case is anybody's again.

        Raises as `confirm` does, and MalformedError without words.
        """
        words = checked(words, "words")
        desk = self.reviewing
        with desk.archive.writing() as books:
            now = desk.clock.now()
            application, proposal = self._to_answer(books, officer, ref, proposal_ref, now)
            self._answer(books, officer, proposal, Standing.SENT_BACK, now, words)
        return application

    def _to_answer(
        self, books: Books, officer: Officer, ref: str, proposal_ref: str, now: datetime
    ) -> tuple[Application, Proposal]:
        application = ApplicationBook(books.connection).locked(ref)
        require_sees(officer, WaitingBook(books.connection).station(ref), ref)
        require_waiting(application)
        proposal = ProposalBook(books.connection).open_one(ref)
        if proposal is None or proposal.ref != proposal_ref:
            raise ConflictError(
                "what was proposed was answered meanwhile",
                where=ref,
                remedy="look at the case once more",
                cause="ANSWERED",
            )
        require_second(proposal, officer)
        self.reviewing.claims.require(books, officer, ref, now)
        return application, proposal

    def _answer(
        self,
        books: Books,
        officer: Officer,
        proposal: Proposal,
        standing: Standing,
        now: datetime,
        words: str = "",
    ) -> None:
        book = ProposalBook(books.connection)
        if not book.answer(proposal.ref, standing, officer.number, now, words):
            raise ConflictError("what was proposed was answered meanwhile", cause="ANSWERED")
        ApplicationBook(books.connection).note(
            proposal.application_ref, now, officer.number, standing.value, words
        )
        self.reviewing.claims.end(books, proposal.application_ref)
