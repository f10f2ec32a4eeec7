"""Feeds of events: what each client is told, numbered in the order in which it may be read.

Promises: a client's numbers follow the order of commits, so that a reader who has seen one number
never finds a smaller one later; one event stands in one feed once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
)

from certstore.tables.metadata import Json, Moment, insert_once, metadata
from certstore.tables.outbox import OutboxEvent, outbox

_Number = BigInteger().with_variant(Integer, "sqlite")

event_feeds = Table(
    "event_feeds",
    metadata,
    Column("client", String(60), primary_key=True),
    Column("last", _Number, nullable=False),
    Column("forgotten", _Number, nullable=False),  # all up to this number are not kept any more
)
told_events = Table(
    "told_events",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("client", String(60), nullable=False),
    Column("sequence", _Number, nullable=False),
    Column("event_id", String(24), nullable=False),
    Column("event", Json, nullable=False),  # a thin CloudEvent
    Column("told_at", Moment, nullable=False),
    UniqueConstraint("client", "sequence"),
    UniqueConstraint("client", "event_id"),
    Index("ix_told_events_told_at", "told_at"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """An event in a client's feed, under its number."""

    sequence: int
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeedEnds:
    """The last number given, and up to which number nothing is kept any more."""

    last: int
    forgotten: int


class EventBook:
    """The feeds, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def to_spread(self, settled: datetime, limit: int) -> list[OutboxEvent]:
        """The oldest events before a moment that are in no feed yet, held until we commit.

        Whoever comes second waits for the same rows and then finds them spread (they are not
        skipped): two workers never spread at once, so that the order of the outbox is kept.
        """
        query = (
            select(outbox.c.ref, outbox.c.subject, outbox.c.body, outbox.c.created_at)
            .where(outbox.c.spread_at.is_(None), outbox.c.created_at <= settled)
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update()
        )
        rows = self._connection.execute(query).all()
        return [OutboxEvent(row.ref, row.subject, row.body, row.created_at) for row in rows]

    def spread(self, refs: Sequence[str], at: datetime) -> None:
        """Mark events of the outbox as spread."""
        self._connection.execute(outbox.update().where(outbox.c.ref.in_(refs)).values(spread_at=at))

    def anything_to_spread(self, settled: datetime) -> bool:
        """Whether an event waits; a look that holds nothing."""
        waits = outbox.c.spread_at.is_(None) & (outbox.c.created_at <= settled)
        query = select(outbox.c.id).where(waits).limit(1)
        return self._connection.execute(query).one_or_none() is not None

    def append(self, client: str, event_id: str, event: Mapping[str, Any], at: datetime) -> bool:
        """Put an event at the end of a client's feed; False if it stands there already."""
        insert_once(self._connection, event_feeds, {"client": client, "last": 0, "forgotten": 0})
        number = self._connection.execute(
            event_feeds.update()
            .where(event_feeds.c.client == client)
            .values(last=event_feeds.c.last + 1)
            .returning(event_feeds.c.last)
        ).scalar_one()
        values = {"client": client, "sequence": number, "event_id": event_id}
        return insert_once(
            self._connection, told_events, {**values, "event": dict(event), "told_at": at}
        )

    def ends(self, client: str) -> FeedEnds:
        """Where a client's feed begins and ends."""
        query = select(event_feeds).where(event_feeds.c.client == client)
        row = self._connection.execute(query).one_or_none()
        return FeedEnds(0, 0) if row is None else FeedEnds(row.last, row.forgotten)

    def after(self, client: str, sequence: int, limit: int) -> list[Told]:
        """A client's events after a number, in order, so many at most."""
        query = (
            select(told_events.c.sequence, told_events.c.event)
            .where(told_events.c.client == client, told_events.c.sequence > sequence)
            .order_by(told_events.c.sequence)
            .limit(limit)
        )
        return [Told(row.sequence, row.event) for row in self._connection.execute(query)]

    def forget(self, before: datetime) -> None:
        """Drop what was told before a moment; each feed remembers up to which number."""
        old = (
            select(told_events.c.client, func.max(told_events.c.sequence).label("upto"))
            .where(told_events.c.told_at < before)
            .group_by(told_events.c.client)
        )
        for row in self._connection.execute(old).all():
            of_client = told_events.c.client == row.client
            self._connection.execute(
                told_events.delete().where(of_client, told_events.c.sequence <= row.upto)
            )
            self._connection.execute(
                event_feeds.update()
                .where(event_feeds.c.client == row.client)
                .values(forgotten=row.upto)
            )
