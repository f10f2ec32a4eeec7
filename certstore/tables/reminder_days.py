"""Up to which day each source of reminders was looked through, and certificates by their days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, ColumnElement, Connection, Date, Integer, String, Table, or_, select

from certstore.certificates import Certificate, Status
from certstore.holds.kinds import HELD
from certstore.tables.certificate_rows import certificates, read_certificates
from certstore.tables.metadata import insert_once, metadata

reminder_days = Table(
    "reminder_days",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("done", Date),  # whole days up to this one are looked through
    Column("looking", Date),  # the day that is being looked through
    Column("after", Integer, nullable=False),  # how far, as a certificate's row
)


@dataclass(frozen=True, slots=True)
class Looked:
    """How far a source was looked through."""

    done: date | None
    looking: date | None
    after: int


@dataclass(frozen=True, slots=True)
class Days:
    """Days after `before` up to and with `last`; both None: none."""

    before: date
    last: date


class ReminderBook:
    """Days of reminders, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def looked(self, source: str) -> Looked:
        """How far this source was looked through."""
        query = select(reminder_days).where(reminder_days.c.source == source)
        row = self._connection.execute(query).one_or_none()
        return Looked(row.done, row.looking, row.after) if row else Looked(None, None, 0)

    def go_on(self, source: str, before: Looked, then: Looked) -> bool:
        """Note how far we are, in the transaction that reminds; False if another was there.

        Atomic: whoever comes second waits for the first, and then finds another row.
        """
        table = reminder_days.c
        insert_once(self._connection, reminder_days, {"source": source, "after": 0})
        statement = (
            reminder_days.update()
            .where(
                table.source == source,
                table.done.is_not_distinct_from(before.done),
                table.looking.is_not_distinct_from(before.looking),
                table.after == before.after,
            )
            .values(done=then.done, looking=then.looking, after=then.after)
        )
        return self._connection.execute(statement).rowcount == 1

    def ending(
        self, type_code: str, days: Sequence[Days], after: int, most: int, *, held: bool = False
    ) -> dict[int, Certificate]:
        """Valid certificates of a type whose last day is one of these, by row after `after`.

        With `held` those that are lost or suspended, too.
        """
        within = _within(certificates.c.valid_to, days)
        return self._of(type_code, within, after, most, {Status.VALID, *(HELD if held else ())})

    def begun(
        self, type_code: str, days: Sequence[Days], after: int, most: int
    ) -> dict[int, Certificate]:
        """Valid certificates of a type whose first day is one of these, by row after `after`."""
        within = _within(certificates.c.valid_from, days)
        return self._of(type_code, within, after, most, {Status.VALID})

    def _of(
        self,
        type_code: str,
        when: ColumnElement[bool],
        after: int,
        most: int,
        statuses: set[Status],
    ) -> dict[int, Certificate]:
        query = (
            select(certificates)
            .where(
                certificates.c.type_code == type_code,
                certificates.c.state == "sealed",
                certificates.c.status.in_(sorted(statuses)),
                when,
                certificates.c.id > after,
            )
            .order_by(certificates.c.id)
            .limit(most)
        )
        ids = [row.id for row in self._connection.execute(query)]
        return dict(zip(ids, read_certificates(self._connection, query), strict=True))


def _within(column: Column[date | None], days: Sequence[Days]) -> ColumnElement[bool]:
    return or_(*((column > each.before) & (column <= each.last) for each in days))
