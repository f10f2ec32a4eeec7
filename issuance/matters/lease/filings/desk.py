"""The housing officer's side: what the rules leave open, one case, the decision.

An officer is a clerk of the housing authority itself. Opening a case is an access to the parties'
data: it is recorded with each of them, once for each officer and case.
"""

from dataclasses import dataclass
from typing import Final

from certstore.callers import Clerk
from certstore.clock import Clock
from certstore.errors import ConflictError, ForbiddenError, MalformedError, NotFoundError
from certstore.plain_words import plain_words
from certstore.tables.books import Archive, Books
from issuance.matters.lease import records
from issuance.matters.lease.deciding import LeaseDecisionDesk
from issuance.matters.lease.filing import issuer_uscc
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.lists.tables import LeaseLists
from issuance.matters.lease.reasons import Code, Finding, Weight, findings_in
from issuance.matters.lease.states import Act, State, require
from issuance.matters.lease.tables import LeaseBook
from issuance.matters.lease.upkeep import LeaseUpkeepDesk
from verifiers.materials.live_check import Confirmed

LONGEST_WORDS: Final = 300
REFUSALS: Final = (Code.NO_TITLE, Code.LET_ALREADY, Code.CO_OWNER_MISSING, Code.OTHER)
"""What an officer can refuse for."""


@dataclass(frozen=True, slots=True)
class LeaseCase:
    """A lease as the officer sees it, with the addresses its landlords' titles give."""

    lease: Lease
    findings: tuple[Finding, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseReviewDesk:
    """Lets housing officers decide what the rules leave to a person."""

    archive: Archive
    deciding: LeaseDecisionDesk
    upkeep: LeaseUpkeepDesk
    clock: Clock
    origin: str

    def queue(self, clerk: Clerk) -> list[Lease]:
        """What waits, by due date; ForbiddenError for a clerk of anybody else."""
        _require_housing(clerk)
        with self.archive.reading() as books:
            return LeaseLists(books.connection).in_review()

    def open(self, clerk: Clerk, ref: str) -> LeaseCase:
        """One case that waits or was decided; recorded with the parties."""
        _require_housing(clerk)
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            lease = book.locked(ref)
            if lease.submitted_at is None or not lease.parties:
                raise NotFoundError("there is no such case", where=ref)
            office = books.issuers.find(clerk.organisation_uscc)
            seen = {(who, step) for _, who, step, _ in book.steps(ref)}
            if (clerk.number, "opened") not in seen and office is not None:
                book.note(ref, now, clerk.number, "opened")
                records.officer_looked(books, self.origin, lease, clerk, office, now)
            return self._case(books, lease)

    def approve(self, clerk: Clerk, ref: str) -> Lease:
        """Approve a case; ConflictError with the cause `decided` if it waits no longer.

        What has come up meanwhile and refuses it by the rules stands in its way: cause `unfit`.
        """
        _require_housing(clerk)
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            self.deciding.alone(books, book.get(ref))
            lease = book.locked(ref)
            _require_waiting(lease)
            found = self.deciding.look(books, lease)
            judged = self.deciding.judge(lease, found, Confirmed())
            unfit = [each.code for each in judged.findings if each.weight is Weight.REFUSES]
            if unfit:
                raise ConflictError(
                    "it cannot be filed: " + ", ".join(unfit),
                    where=ref,
                    remedy="refuse it for this reason",
                    cause="unfit",
                )
            decision = self.deciding.kept(lease, judged, found)
            self.deciding.approve(books, lease, clerk.number, decision)
        self.upkeep.settle(ref)
        with self.archive.reading() as books:
            return LeaseBook(books.connection).get(ref)

    def refuse(self, clerk: Clerk, ref: str, code: str, words: str) -> Lease:
        """Refuse a case for a reason of the list, in words where none fits."""
        _require_housing(clerk)
        if code not in set(REFUSALS):
            raise MalformedError("choose a reason of the list", where="reason", cause="missing")
        said = _words(words)
        if not said and code == Code.OTHER:
            raise MalformedError("say why, in words", where="lease_words", cause="missing")
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            lease = book.locked(ref)
            _require_waiting(lease)
            decision = {**(lease.decision or {}), "findings": [Finding(Code(code)).as_json()]}
            self.deciding.refuse(books, lease, clerk.number, decision, said)
            return book.get(ref)

    def _case(self, books: Books, lease: Lease) -> LeaseCase:
        refs = (lease.decision or {}).get("looked_at", [])
        titles = books.register.by_refs(refs).values()
        return LeaseCase(
            lease,
            findings_in(lease.decision),
            tuple(str(t.fields.get("address", "")) for t in titles),
        )


def _require_housing(clerk: Clerk) -> None:
    if clerk.organisation_uscc != issuer_uscc():
        raise ForbiddenError(
            "leases are decided by the housing authority",
            where="organisation",
            remedy="sign in as one of its officers",
        )


def _require_waiting(lease: Lease) -> None:
    if lease.state is not State.REVIEW:
        raise ConflictError(
            f"the lease waits for no officer: it is {lease.state}",
            where=lease.ref,
            remedy="look at it as it stands now",
            cause="decided",
            state=lease.state.value,
            by=lease.decided_by,
        )
    require(Act.JUDGE, lease.state, lease.ref)


def _words(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        return ""
    try:
        plain_words(said)
    except ValueError as error:
        raise MalformedError(str(error), where="lease_words", cause="unreadable") from error
    if len(said) > LONGEST_WORDS:
        raise MalformedError("the words are too long", where="lease_words", cause="too_long")
    return said
