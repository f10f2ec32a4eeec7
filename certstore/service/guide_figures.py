"""What the workflows of the matters tell the guides: their figures, from their own rules."""

from dataclasses import dataclass
from datetime import date

from issuance.guides.figures import Figures
from issuance.matters.cards.stages import stage_table
from issuance.matters.endorsement.rules import EndorsementRuleBook
from issuance.matters.lease.rules import lease_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterFigures:
    """A source of figures by day; `matters` says that there are workflows at all."""

    rules: EndorsementRuleBook
    lease_open_days: int

    def on(self, day: date) -> Figures:
        """The figures of this day."""
        endorsing, leases, cards = (
            self.rules.in_force(day),
            lease_rules().in_force(day),
            stage_table(),
        )
        return {
            "matters": 1,
            "endorsement_window_days": endorsing.window_days,
            "makeup_grace_days": endorsing.makeup_grace_days,
            "card_making_days": cards.sheet.terms["making"],
            "card_notify_days": cards.sheet.terms["notify"],
            "card_forget_days": cards.sheet.forget_after,
            "lease_days": leases.working_days,
            "lease_open_days": self.lease_open_days,
            "lease_longest_years": leases.longest_term_years,
            "lease_adult_age": leases.adult_age,
            "lease_least_area": leases.least_m2_per_person,
            "lease_most_people": leases.most_people_in_room,
        }
