"""Lists of leases: somebody's, those that wait, those that stand of one dwelling."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from certstore.tables.certificate_rows import certificates
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.states import State
from issuance.matters.lease.tables import LeaseBook, lease_parties, leases

_STANDING = (State.APPROVED.value, State.FILED.value)
_GONE = ("revoked", "cancelled", "superseded")


class LeaseLists:
    """The lists, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection
        self._book = LeaseBook(connection)

    def begun_with(self, person_id: int, key: str) -> str | None:
        """The lease that this form of somebody's began, if it did."""
        query = select(leases.c.ref).where(
            leases.c.begun_by == person_id, leases.c.begun_key == key
        )
        return self._connection.execute(query).scalar_one_or_none()

    def begun_since(self, person_id: int, since: datetime) -> int:
        """How many leases somebody began since then."""
        query = select(func.count()).where(
            leases.c.begun_by == person_id, leases.c.begun_at > since
        )
        return int(self._connection.execute(query).scalar_one())

    def open_of(self, person_id: int) -> int:
        """How many leases somebody began that are open still."""
        query = select(func.count()).where(
            leases.c.begun_by == person_id, leases.c.state == State.OPEN
        )
        return int(self._connection.execute(query).scalar_one())

    def naming(self, id_number: str, limit: int = 100) -> list[Lease]:
        """The leases that name this number, those changed last first."""
        refs = select(lease_parties.c.lease_ref).where(lease_parties.c.id_number == id_number)
        query = select(leases).where(leases.c.ref.in_(refs))
        return self._book.read(query.order_by(leases.c.changed_at.desc()).limit(limit))

    def in_review(self, limit: int = 200) -> list[Lease]:
        """What waits for an officer, by due date."""
        query = select(leases).where(leases.c.state == State.REVIEW)
        return self._book.read(query.order_by(leases.c.due_on, leases.c.submitted_at).limit(limit))

    def to_judge(self, at: datetime, limit: int) -> list[str]:
        """What is to be judged by now, the longest waiting first."""
        due = leases.c.try_at.is_(None) | (leases.c.try_at <= at)
        query = select(leases.c.ref).where(leases.c.state == State.CHECKING, due)
        return self._refs(query.order_by(leases.c.submitted_at).limit(limit))

    def in_state(self, state: State, limit: int, after: str = "") -> list[str]:
        """Leases in a state, by reference, after one."""
        query = select(leases.c.ref).where(leases.c.state == state, leases.c.ref > after)
        return self._refs(query.order_by(leases.c.ref).limit(limit))

    def untouched(self, state: State, since: datetime, limit: int) -> list[str]:
        """Leases in a state that nobody has changed since then."""
        query = select(leases.c.ref).where(leases.c.state == state, leases.c.changed_at <= since)
        return self._refs(query.order_by(leases.c.changed_at).limit(limit))

    def over(self, day: date, limit: int) -> list[str]:
        """Filed leases whose notice no longer holds: its term is over, or it was ended."""
        gone = (certificates.c.valid_to < day) | certificates.c.status.in_(_GONE)
        query = (
            select(leases.c.ref)
            .join(certificates, certificates.c.ref == leases.c.certificate_ref)
            .where(leases.c.state == State.FILED, gone)
        )
        return self._refs(query.limit(limit))

    def standing(self, figures: Sequence[str], but: str, limit: int = 500) -> list[Lease]:
        """Leases approved or filed here of a dwelling with these figures, but for one."""
        query = (
            select(leases)
            .outerjoin(certificates, certificates.c.ref == leases.c.certificate_ref)
            .where(
                leases.c.figure.in_(figures),
                leases.c.state.in_(_STANDING),
                leases.c.ref != but,
                certificates.c.status.is_(None) | (certificates.c.status == "valid"),
            )
        )
        return self._book.read(query.limit(limit))

    def _refs(self, query: Select[Any]) -> list[str]:
        return [str(ref) for ref in self._connection.execute(query).scalars()]
