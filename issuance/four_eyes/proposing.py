"""The first of two officers: where two must decide, the decision is kept for the second."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from certstore.callers import Officer
from certstore.chance import random_below, reference
from certstore.tables.books import Books
from issuance.application import Application
from issuance.claims.claim import same_officer
from issuance.counter.tables import VisitBook
from issuance.four_eyes.proposal import Proposal
from issuance.four_eyes.rules import APPROVE, REFUSE, Draw, Rule, second_needed
from issuance.four_eyes.tables import ProposalBook
from issuance.handed_in import read_kept
from issuance.history.tables import History
from issuance.refusals.reasons import Refusal
from issuance.stations import own_station


@dataclass(frozen=True, slots=True)
class FourEyes:
    """The rules of which decisions two officers make, and the chance some of them ask for."""

    rules: tuple[Rule, ...] = ()
    draw: Draw = random_below

    def propose(
        self,
        books: Books,
        officer: Officer,
        application: Application,
        now: datetime,
        said: Mapping[str, str] | Refusal,
    ) -> bool:
        """Whether two must decide; then this approval (`said`: judgements) or refusal is kept."""
        refusal = said if isinstance(said, Refusal) else None
        decision = REFUSE if refusal else APPROVE
        rule = self._rule(books, officer, application, decision)
        if rule is None:
            return False
        proposal = Proposal(
            ref=reference(),
            application_ref=application.ref,
            decision=decision,
            rule=rule,
            proposed_by=officer.number,
            proposed_name=officer.name,
            station=own_station(officer),
            proposed_at=now,
            judged={} if isinstance(said, Refusal) else {m: yes for m, yes in said.items() if yes},
            reason=refusal.as_kept() if refusal else "",
        )
        ProposalBook(books.connection).add(proposal)
        History(books.connection).note(
            application.ref, now, officer.number, "proposed", f"{decision}: {rule}"
        )
        return True

    def _rule(
        self, books: Books, officer: Officer, application: Application, decision: str
    ) -> str | None:
        """Why a second officer must confirm; once a case went to one, all of its decisions do."""
        before = ProposalBook(books.connection).of(application.ref)
        if before:
            return before[-1].rule
        kept = (application.decision or {}).get("decision", {}).get("materials", {})
        outcomes = {material: decided["outcome"] for material, decided in kept.items()}
        own = any(same_officer(one, officer.number) for one in _took_in(books, application))
        rules = tuple(rule for rule in self.rules if own or not rule.own_intake)
        return second_needed(rules, decision, application.matter.value, outcomes, self.draw)


def _took_in(books: Books, application: Application) -> set[str]:
    """Whoever had a hand in it at a counter, whoever sent it in the end.

    Filling it in, scanning or sending what was asked for takes a visit that is joined to the case.
    A paper that shows the home may have been seen with another case of a joint submission.
    """
    took = {visit.officer for visit in VisitBook(books.connection).of_application(application.ref)}
    took |= {file.seen_by for file in read_kept(application.decision)}
    return (took | {application.taken_by}) - {""}
