"""Tickets that hosts were given for people, and entries under way; hashes of secrets alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Row, String, Table, Text, null, select

from certstore.certificates import Holder
from certstore.chance import token
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from certstore.tables.sessions import hashed

entries = Table(
    "entries",
    metadata,
    Column("assertion", String(64), primary_key=True),  # of host and jti: each is used once
    Column("ticket_hash", String(64), nullable=False, unique=True),
    Column("entry_hash", String(64), unique=True),  # once the ticket was given back
    Column("host", String(40), nullable=False),
    Column("caller", Json),  # None once somebody has entered, or nobody may
    Column("to", Text, nullable=False),
    Column("sure", Boolean, nullable=False, default=False),
    Column("expires_at", Moment, nullable=False),  # the ticket, then the entry
    Column("forget_at", Moment, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """Somebody on the way in; `sure` if the browser came from the host and nobody else."""

    host: str
    caller: dict[str, Any]
    to: str
    sure: bool = False


class EntryBook:
    """The tickets and entries, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, once: str, ticket: str, row: EntryRow, ends: tuple[datetime, datetime]) -> bool:
        """Keep a ticket; False if what it was asked with (`once`) was used before.

        `ends`: of the ticket, and when all of it is forgotten.
        """
        values = {
            "assertion": hashed(once),
            "ticket_hash": hashed(ticket),
            "host": row.host,
            "caller": row.caller,
            "to": row.to,
            "sure": row.sure,
            "expires_at": ends[0],
            "forget_at": ends[1],
        }
        return insert_once(self._connection, entries, values)

    def host_of(self, ticket: str) -> str | None:
        """Whose ticket it is, used or not; None if there is none like it."""
        query = select(entries.c.host).where(entries.c.ticket_hash == hashed(ticket))
        return self._connection.execute(query).scalar_one_or_none()

    def host_of_entry(self, entry: str) -> str | None:
        """Which host an entry came from, over or not; None if there is none like it."""
        query = select(entries.c.host).where(entries.c.entry_hash == hashed(entry))
        return self._connection.execute(query).scalar_one_or_none()

    def redeem(self, ticket: str, entry: str, *, sure: bool, now: datetime, ends: datetime) -> bool:
        """Take a ticket once, for an entry that its browser goes on with; False if it cannot be."""
        return self._taken(ticket, now, entry_hash=hashed(entry), sure=sure, expires_at=ends)

    def use_up(self, ticket: str, now: datetime) -> bool:
        """Take a ticket that lets nobody in: whom it named is forgotten. False as `redeem`."""
        return self._taken(ticket, now, entry_hash=hashed(token()), caller=null())

    def find(self, entry: str, now: datetime) -> EntryRow | None:
        """The entry this browser is on, if nobody has entered by it and its time is not over."""
        query = select(entries).where(
            entries.c.entry_hash == hashed(entry),
            entries.c.expires_at > now,
            entries.c.caller.is_not(None),
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _entry(row)

    def take(self, entry: str, now: datetime) -> EntryRow | None:
        """Enter, once; what is left remembers only that the assertion was used."""
        found = self.find(entry, now)
        if found is None:
            return None
        statement = (
            entries.update()
            .where(entries.c.entry_hash == hashed(entry), entries.c.caller.is_not(None))
            .values(caller=null())
        )
        return found if self._connection.execute(statement).rowcount == 1 else None

    def erase(self, holder: Holder) -> None:
        """Let nobody enter as this person by what is under way."""
        said = entries.c.caller
        theirs = (said["id_type"].as_string() == holder.id_type) & (
            said["id_number"].as_string() == holder.id_number
        )
        self._connection.execute(entries.delete().where(theirs))

    def forget_ended(self, now: datetime) -> None:
        """Drop what is over."""
        self._connection.execute(entries.delete().where(entries.c.forget_at < now))

    def _taken(self, ticket: str, now: datetime, **values: object) -> bool:
        statement = (
            entries.update()
            .where(
                entries.c.ticket_hash == hashed(ticket),
                entries.c.entry_hash.is_(None),
                entries.c.expires_at > now,
            )
            .values(**values)
        )
        return self._connection.execute(statement).rowcount == 1


def _entry(row: Row[Any]) -> EntryRow:
    return EntryRow(row.host, row.caller, row.to, row.sure)
