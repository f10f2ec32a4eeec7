"""The next version of a permit that was endorsed: the same, a year longer."""

from dataclasses import dataclass
from datetime import date

from certstore.certificates import Certificate, Validity
from certstore.clock import local_date
from issuance.application import Application
from issuance.matters.endorsement.judging import endorsed_validity
from issuance.matters.endorsement.rules import EndorsementRuleBook
from issuance.matters.permit.draft import PermitDrafter


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementDrafter(PermitDrafter):
    """Drafts endorsed permits, by the day and the rules of the day they were applied for."""

    rules: EndorsementRuleBook

    def _validity(
        self, application: Application, previous: Certificate | None, today: date
    ) -> Validity:
        if previous is None:
            return super(EndorsementDrafter, self)._validity(application, previous, today)
        asked_at = application.submitted_at
        on = local_date(asked_at) if asked_at else today
        return endorsed_validity(previous.validity, on, self.rules.in_force(on))
