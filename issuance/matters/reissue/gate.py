"""Whether a permit can be issued anew: it stands, and its authority holds nothing against it."""

from datetime import date

from certstore.certificates import Holder
from certstore.holds.kinds import HoldKind
from certstore.tables.books import Books
from issuance.matters.permit.draft import permit_of


class ReissueGate:
    """Opens wherever a permit stands: lost or overdue ones are issued anew, too."""

    def misfit(self, books: Books, holder: Holder, today: date) -> str:  # noqa: ARG002 - a Gate's
        """NO_PERMIT, PERMIT_HELD, or empty."""
        permit = permit_of(books.register.held_by(holder.id_type, holder.id_number))
        if permit is None:
            return "NO_PERMIT"
        held = {hold.kind for hold in books.holds.open_of(permit.ref)}
        return "PERMIT_HELD" if HoldKind.AUTHORITY in held else ""

    def opens_on(self, books: Books, holder: Holder, today: date) -> date | None:  # noqa: ARG002 - a Gate's
        """None: it is never too early."""
        return None
