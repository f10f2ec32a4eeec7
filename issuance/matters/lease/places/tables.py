"""The index of lease filings by a figure of their address: handed in, or issued by order.

Promises: every filing committed before is found; one is indexed once.
"""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Column, Connection, Integer, String, Table, func, select

from certstore.tables.certificate_rows import certificates
from certstore.tables.metadata import insert_once, metadata
from issuance.for_others.tables import issue_orders
from issuance.matters.lease.tables import LEASE_FILING, leases

lease_places = Table(
    "lease_places",
    metadata,
    Column("certificate_id", Integer, primary_key=True, autoincrement=False),
    Column("figure", String(20), nullable=False, index=True),
)
_OVERLAP = 10_000  # rows that may be committed after later ones


class PlaceBook:
    """The index, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def bring_up_to_date(self, figure_of: Callable[[str], str], batch: int = 2000) -> None:
        """Bring the index of filings up to date."""
        last = self._connection.execute(select(func.max(lease_places.c.certificate_id))).scalar()
        start = max(int(last or 0) - _OVERLAP, 0)
        while True:
            query = (
                select(certificates.c.id, certificates.c.fields)
                .where(
                    certificates.c.id > start,
                    certificates.c.type_code == LEASE_FILING,
                    certificates.c.state.in_(("handed_in", "sealed")),
                )
                .order_by(certificates.c.id)
                .limit(batch)
            )
            rows = self._connection.execute(query).all()
            for row in rows:
                figure = figure_of(str(row.fields.get("address", "")))
                values = {"certificate_id": row.id, "figure": figure}
                insert_once(self._connection, lease_places, values)
            if len(rows) < batch:
                return
            start = rows[-1].id

    def other_filings(self, figures: Sequence[str], day: date, limit: int = 500) -> list[str]:
        """Filings of no lease here that stand and may be of a dwelling with these figures."""
        from_a_lease = (
            select(issue_orders.c.ref)
            .join(leases, leases.c.order_ref == issue_orders.c.ref)
            .where(issue_orders.c.certificate_ref == certificates.c.ref)
            .exists()
        )
        query = (
            select(certificates.c.ref)
            .join(lease_places, lease_places.c.certificate_id == certificates.c.id)
            .where(
                ~from_a_lease,
                lease_places.c.figure.in_(figures),
                certificates.c.status == "valid",
                certificates.c.valid_to.is_(None) | (certificates.c.valid_to >= day),
            )
        )
        found = self._connection.execute(query.limit(limit)).scalars()
        return [str(ref) for ref in found]
