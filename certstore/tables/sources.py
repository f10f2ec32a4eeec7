"""What source authorities said last of records they handed in, and how they answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    String,
    Table,
    select,
    tuple_,
)

from certstore.tables.metadata import Moment, insert_once, metadata

source_standings = Table(
    "source_standings",
    metadata,
    Column("source", String(18), primary_key=True),
    Column("type_code", String(40), primary_key=True),
    Column("record_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("status", String(20), nullable=False),
    Column("under_dispute", Boolean, nullable=False),
    Column("answered_at", Moment, nullable=False),
)
source_health = Table(
    "source_health",
    metadata,
    Column("source", String(18), primary_key=True),
    Column("answered_at", Moment),
    Column("failed_at", Moment),
    Column("failures", Integer, nullable=False),  # in a row
)

Key = tuple[str, str, int]
"""A record's type, its source's identifier for it, and its version."""


@dataclass(frozen=True, slots=True)
class LastStanding:
    """What a source said last of one version of a record, and when."""

    key: Key
    status: str
    under_dispute: bool
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """How a source has answered: the last answer, the last failure, failures in a row."""

    source: str
    answered_at: datetime | None
    failed_at: datetime | None
    failures: int


class SourceBook:
    """What sources said, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def last(self, source: str, keys: Iterable[Key]) -> dict[Key, LastStanding]:
        """The last word of a source on these records, as far as it was ever asked."""
        t = source_standings.c
        wanted = tuple_(t.type_code, t.record_id, t.version).in_(list(keys))
        rows = self._connection.execute(select(source_standings).where(t.source == source, wanted))
        found = {}
        for row in rows:
            key = (row.type_code, row.record_id, row.version)
            found[key] = LastStanding(key, row.status, row.under_dispute, row.answered_at)
        return found

    def said(self, source: str, standings: Iterable[LastStanding]) -> None:
        """Keep an answer; one that another process had later stays."""
        t = source_standings.c
        for standing in standings:
            type_code, record_id, version = standing.key
            key = {
                "source": source,
                "type_code": type_code,
                "record_id": record_id,
                "version": version,
            }
            word = {
                "status": standing.status,
                "under_dispute": standing.under_dispute,
                "answered_at": standing.answered_at,
            }
            if not insert_once(self._connection, source_standings, {**key, **word}):
                self._connection.execute(
                    source_standings.update()
                    .where(*(t[name] == value for name, value in key.items()))
                    .where(t.answered_at < standing.answered_at)
                    .values(**word)
                )

    def answered(self, source: str, at: datetime) -> None:
        """Remember that a source answered."""
        self._note(source, answered_at=at, failures=0)

    def failed(self, source: str, at: datetime) -> None:
        """Remember that a source failed once more."""
        self._note(source, failed_at=at, failures=source_health.c.failures + 1)

    def health(self) -> list[Health]:
        """Every source that was ever asked."""
        query = select(source_health).order_by(source_health.c.source)
        return [Health(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name

    def _note(self, source: str, **values: object) -> None:
        insert_once(self._connection, source_health, {"source": source, "failures": 0})
        self._connection.execute(
            source_health.update().where(source_health.c.source == source).values(**values)
        )
