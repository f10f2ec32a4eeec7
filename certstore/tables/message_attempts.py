"""When each channel was tried, and how long it asked to be left alone. Kept for a day."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, Connection, Index, Integer, String, Table, func, select

from certstore.tables.message_rows import ChannelName
from certstore.tables.metadata import Moment, metadata

LONGEST_PAUSE: Final = timedelta(hours=1)
_KEPT: Final = timedelta(days=1)
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=1)

message_attempts = Table(
    "message_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(12), nullable=False),
    Column("at", Moment, nullable=False),
    Column("pause_until", Moment),  # it was told then to come back later
    Index("ix_message_attempts_channel", "channel", "at"),
)


class AttemptBook:
    """The attempts, in one transaction. What a clock wrote that ran ahead counts for nothing."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def note(self, channel: ChannelName, at: datetime) -> None:
        """A channel is about to be tried, whatever becomes of it."""
        self._connection.execute(message_attempts.insert().values(channel=channel, at=at))

    def since(self, channel: ChannelName, since: datetime, now: datetime) -> int:
        """How often a channel was tried since a moment."""
        table = message_attempts.c
        query = select(func.count()).where(
            table.channel == channel, table.at > since, table.at <= now
        )
        found: int = self._connection.execute(query).scalar_one()
        return found

    def pause(self, channel: ChannelName, until: datetime) -> None:
        """Note with the latest attempt that a channel wants to be left alone."""
        table = message_attempts.c
        latest = select(func.max(table.id)).where(table.channel == channel).scalar_subquery()
        statement = message_attempts.update().where(table.id == latest)
        self._connection.execute(statement.values(pause_until=until))

    def is_paused(self, channel: ChannelName, now: datetime) -> bool:
        """Whether a channel wants to be left alone still."""
        table, longest = message_attempts.c, LONGEST_PAUSE + _CLOCKS_DIFFER_BY
        query = select(table.id).where(
            table.channel == channel, table.pause_until > now, table.pause_until <= now + longest
        )
        return self._connection.execute(query.limit(1)).one_or_none() is not None

    def forget(self, now: datetime) -> None:
        """Drop what limits nothing any more, and what lies in the future."""
        table = message_attempts.c
        old = (table.at < now - _KEPT) | (table.at > now + _KEPT)
        self._connection.execute(message_attempts.delete().where(old))
