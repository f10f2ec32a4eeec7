"""Events to tell and work to do: written in the transaction they follow from, done after it.

Promises: an event is claimed by one worker at a time and told at least once; a worker
that dies loses its claim when the lease ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, String, Table, func, select

from certstore.chance import reference
from certstore.tables.metadata import Json, Moment, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("subject", String(60), nullable=False),
    Column("body", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("done_at", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("spread_at", Moment),  # it stands in the feeds of those whom it concerns
    Index("ix_outbox_waiting", "done_at", "claimed_until"),
    Index("ix_outbox_to_spread", "spread_at", "id"),
)


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """What happened, without personal data: receivers ask for the rest."""

    ref: str
    subject: str
    body: Mapping[str, Any]
    created_at: datetime


class Outbox:
    """The outbox, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, subject: str, body: Mapping[str, Any], at: datetime) -> None:
        """Queue an event."""
        self._connection.execute(
            outbox.insert().values(
                ref=reference(), subject=subject, body=dict(body), created_at=at, attempts=0
            )
        )

    def claim(self, at: datetime, lease: timedelta, limit: int = 100) -> list[OutboxEvent]:
        """Take up to `limit` waiting events until `at + lease`."""
        free = outbox.c.claimed_until.is_(None) | (outbox.c.claimed_until < at)
        chosen = (
            select(outbox.c.id)
            .where(outbox.c.done_at.is_(None), free)
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        statement = (
            outbox.update()
            .where(outbox.c.id.in_(chosen))
            .values(claimed_until=at + lease, attempts=outbox.c.attempts + 1)
            .returning(
                outbox.c.id, outbox.c.ref, outbox.c.subject, outbox.c.body, outbox.c.created_at
            )
        )
        rows = self._connection.execute(statement).all()
        rows = sorted(rows, key=lambda row: row.id)  # RETURNING promises no order
        return [OutboxEvent(row.ref, row.subject, row.body, row.created_at) for row in rows]

    def done(self, refs: list[str], at: datetime) -> None:
        """Mark events as told."""
        self._connection.execute(outbox.update().where(outbox.c.ref.in_(refs)).values(done_at=at))

    def waiting(self) -> int:
        """How many events are not told yet."""
        query = select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None))
        return int(self._connection.execute(query).scalar_one())
