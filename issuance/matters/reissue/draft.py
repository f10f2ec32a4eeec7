"""The next version of a permit whose card is made anew: today's data and photo, the same days."""

from dataclasses import dataclass
from datetime import date

from certstore.certificates import Certificate, File, Validity
from certstore.clock import local_date
from certstore.errors import NotFoundError
from certstore.tables.books import Books
from issuance.application import Application
from issuance.matters.endorsement.judging import endorsed_validity, window
from issuance.matters.endorsement.rules import EndorsementRuleBook
from issuance.matters.permit.draft import PermitDrafter
from issuance.voucher_draft import photo_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissueDrafter(PermitDrafter):
    """Drafts permits issued anew: the newest photo that was accepted is printed.

    One past its day is endorsed with it: no certificate is sealed whose end has passed, and what
    is lost could not be endorsed by itself.
    """

    rules: EndorsementRuleBook

    def _validity(
        self, application: Application, previous: Certificate | None, today: date
    ) -> Validity:
        if previous is None:
            return super(ReissueDrafter, self)._validity(application, previous, today)
        ends = previous.validity.valid_to
        if ends is None or ends >= today:
            return previous.validity
        asked_on = local_date(application.submitted_at) if application.submitted_at else today
        opens_on, _ = window(previous.validity, self.rules.in_force(asked_on))
        on = asked_on if asked_on >= opens_on else today
        return endorsed_validity(previous.validity, on, self.rules.in_force(on))

    def _photo(
        self,
        books: Books,
        application: Application,
        known: tuple[list[Certificate], Certificate | None],
    ) -> File | None:
        on_file, previous = known
        given = self.given_photo(books, application)
        if given is not None:
            return given
        try:
            return photo_of(application, on_file)
        except NotFoundError:  # none that may be used: the former card's is printed again
            return previous.file("photo") if previous else None
