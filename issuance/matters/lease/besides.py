"""Leases among somebody's cases: the core lists them without knowing leases."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from certstore.callers import Resident
from certstore.tables.books import Books
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.lists.tables import LeaseLists
from issuance.matters.lease.mine import place_of
from issuance.matters.lease.states import FINAL, State
from issuance.progress.sequel import Besides

_MOST: Final = 20
_DONE: Final = FINAL | {State.FILED}


class LeaseCases:
    """Knows the leases that somebody is a party of."""

    def of(self, books: Books, resident: Resident, today: date) -> Sequence[Besides]:
        """Those of this resident, changed last first."""
        del today
        found = LeaseLists(books.connection).naming(resident.holder.id_number, _MOST)
        places = ((lease, place_of(lease, resident.holder)) for lease in found)
        return [_case(lease, place) for lease, place in places if place is not None]


def _case(lease: Lease, place: int) -> Besides:
    return Besides(
        kind="lease_filing",
        ref=lease.ref,
        number=lease.number,
        state=lease.state.value,
        href=f"/leases/{lease.ref}",
        open=lease.state not in _DONE,
        yours=lease.state is State.OPEN and lease.parties[place].signed is None,
        on=lease.due_on if lease.state is State.REVIEW else None,
    )
