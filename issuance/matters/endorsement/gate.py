"""Whether an endorsement can be applied for: as the permit of its holder stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from certstore.certificates import Holder
from certstore.tables.books import Books
from issuance.matters.endorsement.judging import State, judge_standing
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
        permit = permit_of(books.register.held_by(holder.id_type, holder.id_number))
        if permit is None:
            return "NO_PERMIT"
        kinds = {hold.kind for hold in books.holds.open_of(permit.ref)}
        rules = self.rules.in_force(today)
        standing = judge_standing(permit.status, kinds, permit.validity, today, rules)
        return _MISFITS.get(standing.state, "")
