"""Reminds of endorsements: when the window opens, 7 days before it ends, and on its last day.

What becomes overdue is told by what suspends it (desk.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from certstore.certificates import Certificate
from certstore.reminders.source import Batch, Span
from certstore.tables.books import Books
from issuance.application import Matter
from issuance.matters.endorsement.judging import judge_standing
from issuance.matters.endorsement.rules import EndorsementRuleBook
from issuance.reminders.endings import Ending, ending_batch, through
from issuance.reminders.registrations import certificate_of
from issuance.reminders.stages import Stages
from issuance.reminders.tables import is_handed_in

_PERMIT: Final = "residence_permit"


@dataclass(frozen=True, slots=True)
class EndorsementReminders:
    """Knows whose permit can be endorsed and is not."""

    rules: EndorsementRuleBook
    name: str = "endorsement"
    kinds: frozenset[str] = frozenset({"endorsement_due"})

    def due(self, books: Books, span: Span, after: int, most: int) -> Batch:
        """Permits for which a stage has begun: the first on the first day of the window."""
        window = self.rules.in_force(span.today).window_days
        stages = Stages(tuple(sorted({window - 1, 7, 0}, reverse=True)))
        found = books.reminders.ending(_PERMIT, stages.days(span), after, most)
        told = Ending(stages, "endorsement_due", "endorsement_due")
        return through(found, most, ending_batch(books, span, found, told, self._holds))

    def still(self, books: Books, kind: str, facts: Mapping[str, Any], today: date) -> bool:
        """Whether it can be endorsed still, and nobody has applied."""
        permit = certificate_of(books, facts)
        return permit is not None and self._holds(books, kind, permit, today)

    def _holds(self, books: Books, kind: str, permit: Certificate, today: date) -> bool:  # noqa: ARG002 - a Holds
        held = {hold.kind for hold in books.holds.open_of(permit.ref)}
        rules = self.rules.in_force(today)
        standing = judge_standing(permit.status, held, permit.validity, today, rules)
        if standing.state != "open":
            return False
        return not is_handed_in(books.connection, permit.holders[0], {Matter.ENDORSEMENT})
