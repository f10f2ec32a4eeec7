"""The operators' desk for matters: a version counts once two people approved it, not the proposer.

Each approval is written by one conditional statement, so that two tabs, or two people at once,
cannot count as three.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certstore.callers import Operator
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, NotFoundError
from certstore.onboarding.approval import operator_name
from certstore.tables.books import Archive, Books
from certstore.tables.matter_proposals import Proposal
from certstore.tables.matters import RegisteredMatter
from certstore.tables.sharing import Purpose
from verifiers.matters.matter import AgencyMatter
from verifiers.matters.proposing import SECOND, begins, judge_approval, judge_reason, judge_version
from verifiers.matters.registry import enter, tell

TWO_PEOPLE: Final = "two_people"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFile:
    """A proposed version, the one before it, and the purposes that would have it decided."""

    proposal: Proposal
    before: RegisteredMatter | None
    purposes: Sequence[Purpose]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterApprovalDesk:
    """Shows operators which versions wait, and lets two of them decide each."""

    archive: Archive
    clock: Clock

    def lists(self) -> tuple[list[Proposal], list[Proposal]]:
        """Those that wait, oldest first, and those that were decided, latest first."""
        with self.archive.reading() as books:
            return books.matter_proposals.waiting(), books.matter_proposals.decided()

    def file(self, ref: str) -> ProposalFile:
        """One proposal; NotFoundError."""
        with self.archive.reading() as books:
            proposal = books.matter_proposals.get(ref)
            if proposal is None:
                raise NotFoundError("there is no such proposal", where=ref)
            versions = books.matters.versions(proposal.code)
            others = [each for each in versions if each.version != proposal.version]
            purposes = [
                purpose
                for _, purpose in books.sharing.of_agency(proposal.agency_uscc)
                if purpose.matter_code == proposal.code
            ]
        before = others[-1] if others else None
        return ProposalFile(proposal=proposal, before=before, purposes=purposes)

    def approve(self, me: Operator, ref: str, step: int) -> bool:
        """Give the first or second approval; whether the version counts by it.

        ForbiddenError for the proposer and for the same person twice, ConflictError if it stands
        differently by now, or can no longer begin on its first day.
        """
        now, who = self.clock.now(), operator_name(me)
        with self.archive.writing() as books:
            proposal = _waiting(books, ref)
            refusal = judge_approval(proposal, who, step)
            if refusal is not None:
                raise refusal
            if step != SECOND:
                if not books.matter_proposals.first(ref, who, now):
                    raise ConflictError("somebody else was first", where="approve")
                tell(books, proposal, "reviewed", now)
                return False
            if not books.matter_proposals.close(ref, who, now, "approved"):
                raise ConflictError("it was decided meanwhile", where="approve")
            _enter(books, proposal, now)
            tell(books, proposal, "active", now)
            return True

    def refuse(self, me: Operator, ref: str, reason: str) -> None:
        """Turn a version down, with the reason that the agency will read."""
        wrong = judge_reason(reason)
        if wrong is not None:
            raise wrong
        now = self.clock.now()
        with self.archive.writing() as books:
            proposal = _waiting(books, ref)
            if not books.matter_proposals.close(ref, operator_name(me), now, "refused", reason):
                raise ConflictError("it was decided meanwhile", where="refuse")
            tell(books, proposal, "refused", now)


def _enter(books: Books, proposal: Proposal, now: datetime) -> None:
    known = books.matters.versions(proposal.code)
    matter = begins(AgencyMatter.read(proposal.document), known, local_date(now))
    owner = books.matters.own(matter.code, matter.agency_uscc)
    refusal = judge_version(matter, proposal.document, owner, known, local_date(now))
    if refusal is not None:
        raise refusal
    enter(books, proposal, matter, TWO_PEOPLE, now)


def _waiting(books: Books, ref: str) -> Proposal:
    proposal = books.matter_proposals.get(ref, hold=True)
    if proposal is None or proposal.outcome is not None:
        raise ConflictError("this was decided meanwhile", where="ref", remedy="open the list again")
    return proposal
