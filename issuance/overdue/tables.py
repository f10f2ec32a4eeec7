"""Cases raised to the supervisor's list because they are late.

Promises: a case is raised once for each day it was due on, however often the job runs; one whose
due day moved can be raised anew.
"""

from datetime import date, datetime

from sqlalchemy import Column, ColumnElement, Connection, Date, String, Table, select

from certstore.tables.metadata import Moment, insert_once, metadata
from issuance.application import WITH_OFFICERS
from issuance.tables import applications

raised_cases = Table(
    "raised_cases",
    metadata,
    Column("application_ref", String(24), primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("raised_at", Moment, nullable=False),
)


class RaisedBook:
    """Raised cases, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, ref: str, due_on: date, at: datetime) -> bool:
        """Raise a case; False if it was raised before for this due day."""
        values = {"application_ref": ref, "due_on": due_on, "raised_at": at}
        return insert_once(self._connection, raised_cases, values)

    def late(self, due_until: date, limit: int) -> list[tuple[str, date]]:
        """Cases that wait, were due on that day or before, and were not raised; oldest first."""
        query = (
            select(applications.c.ref, applications.c.due_on)
            .where(
                applications.c.state.in_(WITH_OFFICERS),
                applications.c.due_on <= due_until,
                ~is_raised(),
            )
            .order_by(applications.c.due_on, applications.c.id)
            .limit(limit)
        )
        return [(row.ref, row.due_on) for row in self._connection.execute(query)]


def is_raised() -> ColumnElement[bool]:
    """Whether the application of this row was raised for the day it is due on."""
    return (
        select(raised_cases.c.application_ref)
        .where(
            raised_cases.c.application_ref == applications.c.ref,
            raised_cases.c.due_on == applications.c.due_on,
        )
        .exists()
    )
