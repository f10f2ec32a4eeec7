"""A lease on its way to being filed, as something that a registration can wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from certstore.certificates import Holder
from certstore.tables.books import Books
from issuance.application import Answers
from issuance.joint.predecessors import Awaited, Followed, Left, Standing, promised
from issuance.matters.lease.filing import MATTER, issuer_uscc, order_of
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.lists.tables import LeaseLists
from issuance.matters.lease.mine import place_of
from issuance.matters.lease.states import State
from issuance.matters.lease.tables import LEASE_FILING, LeaseBook
from issuance.matters.lease.terms import Role, of_role
from issuance.record_facts import person_fact

_UNDER_WAY: Final = frozenset({State.OPEN, State.CHECKING, State.REVIEW, State.APPROVED})
_STANDINGS: Final = {
    **dict.fromkeys(State, Standing.ENDED),
    **dict.fromkeys((*_UNDER_WAY, State.REFUSED), Standing.UNDER_WAY),  # it can be signed anew
    State.FILED: Standing.DONE,
}


@dataclass(frozen=True, slots=True)
class LeasePredecessor:
    """What of a lease concerns a registration that follows it."""

    city: str

    def standing(self, books: Books, ref: str) -> Standing:
        """Done once its notice is sealed."""
        return _STANDINGS[LeaseBook(books.connection).get(ref).state]

    def promises(self, books: Books, ref: str) -> Sequence[dict[str, Any]]:
        """The notice as it is going to be; none for a lease that names nobody any more."""
        lease = LeaseBook(books.connection).get(ref)
        tenants = of_role(lease.people, Role.TENANT)
        if not tenants:
            return ()
        order, said = order_of(lease, self.city), lease.contract
        notice = {
            "record_id": promised(LEASE_FILING),
            "version": 1,
            "type": LEASE_FILING,
            "holders": [person_fact(tenant.holder) for tenant in tenants],
            "issuer_uscc": issuer_uscc(),
            "number": lease.number,
            "issued_on": said.first.isoformat(),
            "valid_from": said.first.isoformat(),
            "valid_to": said.last.isoformat(),
            "status": "valid",
            "under_dispute": False,
            "claims": dict(order.fields),
        }
        return (notice,)

    def followed(self, books: Books, ref: str, reader: Holder) -> Followed:
        """The lease, by its number, and whose signature it waits for."""
        lease = LeaseBook(books.connection).get(ref)
        return Followed(MATTER, lease.number, f"/leases/{ref}", _left(lease, reader))

    def open_to(self, books: Books, holder: Holder) -> Sequence[Awaited]:
        """The leases under way that name this person as a tenant."""
        found = LeaseLists(books.connection).naming(holder.id_number.upper())
        return [
            Awaited(
                LEASE_FILING,
                lease.ref,
                lease.number,
                Answers("rent", "self", None, lease.contract.district, lease.contract.address),
            )
            for lease in found
            if lease.state in _UNDER_WAY
            and any(party.is_of(holder) for party in of_role(lease.people, Role.TENANT))
        ]


def _left(lease: Lease, reader: Holder) -> Left:
    if lease.state is State.REFUSED:
        return "mend"
    if _STANDINGS[lease.state] is Standing.ENDED:
        return "ended"
    if lease.state is not State.OPEN:
        return ""
    mine = place_of(lease, reader)
    unsigned = mine is not None and lease.parties[mine].signed is None
    return "sign" if unsigned else "signatures"
