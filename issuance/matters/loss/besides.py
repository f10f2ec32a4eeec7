"""Reported losses among somebody's cases: the core lists them without knowing losses."""

from collections.abc import Sequence
from datetime import date

from certstore.callers import Resident
from certstore.guardianship import wards_of
from certstore.holds.kinds import HoldKind
from certstore.tables.books import Books
from issuance.matters.loss.judging import losable
from issuance.progress.sequel import Besides


class LossCases:
    """Knows what somebody, or a child in their care, has reported lost."""

    def of(self, books: Books, resident: Resident, today: date) -> Sequence[Besides]:
        """What is reported lost now: it can be lifted."""
        people = (resident.holder, *wards_of(books, resident.holder, today))
        found = [c for p in people for c in books.register.held_by(p.id_type, p.id_number)]
        kept = {c.ref: c.number for c in losable(found)}
        lost = (h for h in books.holds.of(kept) if h.open and h.kind is HoldKind.LOSS)
        return [
            Besides(
                kind="loss",
                ref=hold.certificate_ref,
                number=kept[hold.certificate_ref],
                state="lost",
                href=f"/certificates/{hold.certificate_ref}/loss",
                open=True,
                yours=False,
            )
            for hold in lost
        ]
