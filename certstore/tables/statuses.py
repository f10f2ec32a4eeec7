"""Status lists as they were last published, so that every web worker gives out the same."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, Text, select

from certstore.tables.metadata import Moment, insert_once, metadata

status_lists = Table(
    "status_lists",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("changes", Integer, nullable=False),  # counts status changes
    Column("published_changes", Integer),  # the count when it was last published
    Column("published_at", Moment),
    Column("jwt", Text),
    Column("cwt", LargeBinary),
    Column("issuer", String(18)),  # whose keys sign it; none: the house's
)


@dataclass(frozen=True, slots=True)
class StatusListRow:
    """A list and its last publication, if there was one."""

    number: int
    capacity: int
    changes: int
    published_changes: int | None
    published_at: datetime | None
    jwt: str | None
    cwt: bytes | None
    issuer: str | None = None


class StatusListBook:
    """The lists, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def get(self, number: int) -> StatusListRow | None:
        """The list with this number."""
        query = select(status_lists).where(status_lists.c.number == number)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else StatusListRow(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name

    def numbers(self) -> list[int]:
        """Every list there is."""
        query = select(status_lists.c.number).order_by(status_lists.c.number)
        return list(self._connection.execute(query).scalars())

    def numbers_of(self, issuer: str | None) -> list[int]:
        """The lists of one issuer; None: the house's own."""
        whose = status_lists.c.issuer
        query = select(status_lists.c.number).where(
            whose.is_(None) if issuer is None else whose == issuer
        )
        return list(self._connection.execute(query.order_by(status_lists.c.number)).scalars())

    def open(self, number: int, capacity: int, issuer: str | None = None) -> bool:
        """Begin a new list; one that another process has just begun stays as it is.

        Whether a list of this number is there for this issuer: False if it is another's.
        """
        values = {"number": number, "capacity": capacity, "changes": 0, "issuer": issuer}
        if insert_once(self._connection, status_lists, values):
            return True
        found = self.get(number)
        return found is not None and found.issuer == issuer

    def changed(self, number: int) -> None:
        """Count a status change, so that the list is published anew."""
        self._connection.execute(
            status_lists.update()
            .where(status_lists.c.number == number)
            .values(changes=status_lists.c.changes + 1)
        )

    def publish(self, row: StatusListRow) -> None:
        """Keep a publication, unless a newer one is there."""
        known = status_lists.c.published_changes
        self._connection.execute(
            status_lists.update()
            .where(
                status_lists.c.number == row.number,
                known.is_(None) | (known <= row.published_changes),
            )
            .values(
                published_changes=row.published_changes,
                published_at=row.published_at,
                jwt=row.jwt,
                cwt=row.cwt,
            )
        )
