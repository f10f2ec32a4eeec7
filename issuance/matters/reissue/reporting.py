"""Who applies for another card because the former was lost reports the loss by that."""

from dataclasses import dataclass

from certstore.callers import Resident
from certstore.clock import local_date
from certstore.guardianship import is_ward
from issuance.application import Application
from issuance.grounds import LOST
from issuance.matters.loss.desk import LossDesk
from issuance.matters.permit.draft import permit_of


@dataclass(frozen=True, slots=True)
class LossPrelude:
    """Reports the loss before the application is sent; what was reported before stays so."""

    losing: LossDesk

    def before(self, resident: Resident, application: Application) -> None:
        """Suspend the permit, if it was lost and this person may say so.

        Whose guardianship an officer has yet to see reports nothing: the card dies when another
        is issued.
        """
        if application.answers.why != LOST:
            return
        holder, today = application.applicant, local_date(self.losing.clock.now())
        with self.losing.archive.reading() as books:
            if application.guardian and not is_ward(books, application.actor, holder, today):
                return
            permit = permit_of(books.register.held_by(holder.id_type, holder.id_number))
        if permit is not None:
            self.losing.report(resident, permit.ref)
