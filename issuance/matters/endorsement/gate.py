"""Whether an endorsement can be applied for: as the permit of its holder stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from certstore.certificates import Holder
from certstore.tables.books import Books
from issuance.matters.endorsement.judging import Standing, State, judge_standing
from issuance.matters.endorsement.rules import EndorsementRuleBook
from issuance.matters.permit.draft import permit_of

_MISFITS: Final[Mapping[State, str]] = {
    "too_early": "ENDORSES_LATER",
    "lost": "PERMIT_LOST",
    "held": "PERMIT_HELD",
    "ended": "NO_PERMIT",
}


@dataclass(frozen=True, slots=True)
class EndorsementGate:
    """Opens in the window of a permit, and after it until it is made up."""

    rules: EndorsementRuleBook

    def misfit(self, books: Books, holder: Holder, today: date) -> str:
        """The code of a permit that cannot be endorsed today, or of none; empty if it can."""
        standing = self._standing(books, holder, today)
        return "NO_PERMIT" if standing is None else _MISFITS.get(standing.state, "")

    def opens_on(self, books: Books, holder: Holder, today: date) -> date | None:
        """The first day of the permit's window; None without a permit."""
        standing = self._standing(books, holder, today)
        return None if standing is None else standing.opens_on

    def _standing(self, books: Books, holder: Holder, today: date) -> Standing | None:
        permit = permit_of(books.register.held_by(holder.id_type, holder.id_number))
        if permit is None:
            return None
        kinds = {hold.kind for hold in books.holds.open_of(permit.ref)}
        rules = self.rules.in_force(today)
        return judge_standing(permit.status, kinds, permit.validity, today, rules)
