"""Certificates whose validity has ended: up to which day that was told, and whose it was."""

from datetime import date, datetime

from sqlalchemy import Column, Connection, Date, Integer, Table, select

from certstore.certificates import Status
from certstore.tables.certificate_rows import certificates
from certstore.tables.metadata import insert_once, metadata
from certstore.tables.usage import usage

told_ends = Table(
    "told_ends",
    metadata,
    Column("id", Integer, primary_key=True),  # one row
    Column("day", Date, nullable=False),  # what was last valid on it, or before, is told
)
_ROW = 1


class ExpiryBook:
    """Ends of validity, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def told_up_to(self) -> date | None:
        """The last day whose ends were told; None before the first."""
        return self._connection.execute(select(told_ends.c.day)).scalar_one_or_none()

    def begin(self, day: date) -> None:
        """Take everything up to this day for told, unless somebody has begun."""
        insert_once(self._connection, told_ends, {"id": _ROW, "day": day})

    def go_on(self, before: date, day: date) -> bool:
        """Take a day for told, in the transaction that tells it; False if another did meanwhile."""
        statement = (
            told_ends.update().where(told_ends.c.day == before).values(day=day)
        )  # atomic: whoever comes second waits for us and then finds another day
        return self._connection.execute(statement).rowcount == 1

    def ended(self, day: date, given_since: datetime) -> list[str]:
        """What was valid on this day last and of which something was given, by reference."""
        given = usage.c.certificate_ref == certificates.c.ref
        query = (
            select(certificates.c.ref)
            .where(
                certificates.c.valid_to == day,
                certificates.c.status == Status.VALID,
                certificates.c.state.in_(("sealed", "handed_in")),
                select(usage.c.id).where(given, usage.c.at >= given_since).exists(),
            )
            .order_by(certificates.c.id)
        )
        return [row.ref for row in self._connection.execute(query)]
