"""Cases chosen to be approved together, and what became of each.

Promises: what was chosen is started once, by whoever chose it; each case's outcome is recorded
once, in the transaction that approves it, so that a crash in between is gone on with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, String, Table, select

from certstore.errors import NotFoundError
from certstore.tables.metadata import Json, Moment, metadata

bulk_approvals = Table(
    "bulk_approvals",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("officer", Json, nullable=False),  # as a session keeps them
    Column("number", String(60), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Index("ix_bulk_approvals_under_way", "ended_at", "started_at"),
)
bulk_cases = Table(
    "bulk_cases",
    metadata,
    Column("bulk_ref", String(24), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("application_ref", String(24), nullable=False),
    Column("outcome", String(20), nullable=False),  # empty: not yet
)


@dataclass(frozen=True, slots=True)
class BulkCase:
    """One of the chosen cases; `outcome` is done, or a code of why not, empty while it waits."""

    place: int
    application_ref: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """Cases chosen together, by whom, and when they were started and ended."""

    ref: str
    officer: dict[str, Any]
    number: str
    made_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cases: tuple[BulkCase, ...] = ()


class BulkBook:
    """Cases chosen together, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, bulk: Bulk, refs: Sequence[str]) -> None:
        """Keep what was chosen."""
        values = {n: getattr(bulk, n) for n in ("ref", "officer", "number", "made_at")}
        self._connection.execute(bulk_approvals.insert().values(**values))
        lines = [
            {"bulk_ref": bulk.ref, "place": place, "application_ref": ref, "outcome": ""}
            for place, ref in enumerate(refs, start=1)
        ]
        self._connection.execute(bulk_cases.insert(), lines)

    def get(self, ref: str) -> Bulk:
        """What was chosen, with its cases; NotFoundError if there is none."""
        query = select(bulk_approvals).where(bulk_approvals.c.ref == ref)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there are no cases chosen under this reference", where=ref)
        lines = select(bulk_cases).where(bulk_cases.c.bulk_ref == ref).order_by(bulk_cases.c.place)
        cases = tuple(
            BulkCase(line.place, line.application_ref, line.outcome)
            for line in self._connection.execute(lines)
        )
        dates = (row.made_at, row.started_at, row.ended_at)
        return Bulk(row.ref, row.officer, row.number, *dates, cases)

    def start(self, ref: str, at: datetime) -> bool:
        """Start; False if that was done before."""
        table = bulk_approvals
        statement = table.update().where(table.c.ref == ref, table.c.started_at.is_(None))
        return self._connection.execute(statement.values(started_at=at)).rowcount == 1

    def record(self, ref: str, place: int, outcome: str) -> bool:
        """Record what became of a case; False if another hand did."""
        cases = bulk_cases.c
        statement = bulk_cases.update().where(
            cases.bulk_ref == ref, cases.place == place, cases.outcome == ""
        )
        return self._connection.execute(statement.values(outcome=outcome)).rowcount == 1

    def end(self, ref: str, at: datetime) -> None:
        """Say that every case has its outcome."""
        self._connection.execute(
            bulk_approvals.update().where(bulk_approvals.c.ref == ref).values(ended_at=at)
        )

    def under_way(self, limit: int = 10) -> list[str]:
        """What was started and has not ended, oldest first."""
        table = bulk_approvals.c
        query = select(table.ref).where(table.ended_at.is_(None), table.started_at.is_not(None))
        query = query.order_by(table.started_at).limit(limit)
        return list(self._connection.execute(query).scalars())

    def forget(self, made_before: datetime) -> int:
        """Drop what was chosen and never started; how many."""
        table = bulk_approvals
        old = select(table.c.ref).where(table.c.started_at.is_(None), table.c.made_at < made_before)
        self._connection.execute(bulk_cases.delete().where(bulk_cases.c.bulk_ref.in_(old)))
        statement = table.delete().where(
            table.c.started_at.is_(None), table.c.made_at < made_before
        )
        return self._connection.execute(statement).rowcount
