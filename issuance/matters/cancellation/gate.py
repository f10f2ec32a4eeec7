"""Whether there is something to cancel, and nothing of it is being issued just now."""

from dataclasses import dataclass
from datetime import date

from certstore.certificates import Holder
from certstore.tables.books import Books
from issuance.application import State
from issuance.grounds import cancellable
from issuance.matters.cancellation.resting import resting_on
from issuance.voucher_draft import VOUCHER


@dataclass(frozen=True, slots=True)
class CancellationGate:
    """Opens where a registration is in force or a permit stands."""

    def misfit(self, books: Books, holder: Holder, today: date) -> str:
        """NOTHING_TO_CANCEL, BEING_ISSUED, or empty."""
        standing = cancellable(books.register.held_by(holder.id_type, holder.id_number), today)
        if not standing:
            return "NOTHING_TO_CANCEL"
        others = resting_on(books, holder, VOUCHER)
        return "BEING_ISSUED" if any(a.state is State.APPROVED for a in others) else ""

    def opens_on(self, books: Books, holder: Holder, today: date) -> date | None:  # noqa: ARG002 - a Gate's
        """None: it is never too early."""
        return None
