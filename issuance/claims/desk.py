"""Claiming cases: by opening them; released by hand, by deciding, or by not acting for a while.

Whoever claims or decides holds the application's row meanwhile, so that what is looked up here
stays true until the transaction ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.callers import Officer
from certstore.clock import Clock
from certstore.errors import ConflictError, ForbiddenError
from certstore.tables.books import Archive, Books
from issuance.application import Application
from issuance.claims.claim import Claim, held_by_another
from issuance.claims.tables import ClaimBook
from issuance.findings.desk import checked
from issuance.history.tables import History
from issuance.officers_hand import require_waiting
from issuance.stations import require_sees
from issuance.tables import ApplicationBook
from issuance.waiting.tables import WaitingBook

USUAL_LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDesk:
    """Lets officers take cases in hand; a claim nobody acts on ends after `life`."""

    archive: Archive
    clock: Clock
    life: timedelta = USUAL_LIFE

    def take(
        self, books: Books, officer: Officer, application: Application, now: datetime
    ) -> Claim | None:
        """Claim a case whose row is locked, or renew one's claim; whoever holds it then."""
        claims = ClaimBook(books.connection, self.life)
        if claims.take(application.ref, officer, now) == "taken":
            History(books.connection).note(application.ref, now, officer.number, "claimed")
        return claims.of(application.ref, now)

    def of(self, books: Books, ref: str, now: datetime) -> Claim | None:
        """Who holds a case."""
        return ClaimBook(books.connection, self.life).of(ref, now)

    def require(self, books: Books, officer: Officer, ref: str, now: datetime) -> None:
        """Raise ConflictError, saying who and since when, if another officer holds the case.

        What nobody holds any more may be decided by who had it open: nothing is lost to a pause.
        """
        claim = self.of(books, ref, now)
        if claim is not None and not claim.is_of(officer):
            raise held_by_another(claim)

    def end(self, books: Books, ref: str) -> None:
        """End the claim on a case that was decided, or proposed."""
        ClaimBook(books.connection, self.life).end(ref)

    def release(self, officer: Officer, ref: str) -> bool:
        """Let go of a case; False if this officer does not hold it (any more)."""
        now = self.clock.now()
        with self.archive.writing() as books:
            ApplicationBook(books.connection).locked(ref)
            if not ClaimBook(books.connection, self.life).release(ref, officer):
                return False
            History(books.connection).note(ref, now, officer.number, "released")
        return True

    def take_over(self, officer: Officer, ref: str, reason: str) -> Claim | None:
        """Take a case out of another officer's hand, as a supervisor and for a reason.

        Raises ForbiddenError for anybody else, MalformedError without a reason, ConflictError if
        the case waits for no decision any more.
        """
        if not officer.supervisor:
            raise ForbiddenError("a supervisor takes cases over", remedy="ask one")
        reason = checked(reason, "reason")
        now = self.clock.now()
        with self.archive.writing() as books:
            application = ApplicationBook(books.connection).locked(ref)
            require_sees(officer, WaitingBook(books.connection).station(ref), ref)
            require_waiting(application)
            held = self.of(books, ref, now)
            if held is None or held.is_of(officer):
                return self.take(books, officer, application, now)
            claims = ClaimBook(books.connection, self.life)
            claims.hand_over(ref, officer, now)
            note = f"{held.officer}: {reason}"
            History(books.connection).note(ref, now, officer.number, "taken_over", note)
            return claims.of(ref, now)

    def forget(self) -> int:
        """Drop claims that lapsed or whose case was decided; how many."""
        with self.archive.writing() as books:
            return ClaimBook(books.connection, self.life).forget(self.clock.now())


def is_held(error: ConflictError) -> bool:
    """Whether somebody else's claim was in the way."""
    return error.facts.get("cause") == "HELD"
