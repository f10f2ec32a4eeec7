"""Usage: every access to somebody's certificate, as the citizen sees it, beside its leaf."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    func,
    select,
)

from certstore.errors import NotFoundError
from certstore.tables.metadata import Json, Moment, metadata

usage = Table(
    "usage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("kind", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("record", Json, nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("leaf_index", BigInteger().with_variant(Integer, "sqlite"), nullable=False, unique=True),
)


@dataclass(frozen=True, slots=True)
class UsageEntry:
    """One access: what was recorded, and where its leaf stands in the ledger."""

    ref: str
    person_id: int | None
    kind: str
    at: datetime
    record: Mapping[str, Any]
    salt: bytes
    leaf_index: int


class UsageBook:
    """The accesses, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, entry: UsageEntry) -> None:
        """Record an access."""
        self._connection.execute(
            usage.insert().values(
                ref=entry.ref,
                person_id=entry.person_id,
                kind=entry.kind,
                at=entry.at,
                record=dict(entry.record),
                salt=entry.salt,
                leaf_index=entry.leaf_index,
            )
        )

    def of(self, person_id: int, since: datetime) -> list[UsageEntry]:
        """Every access that concerns this person since a moment, latest first; none is left out."""
        query = (
            select(usage)
            .where(usage.c.person_id == person_id, usage.c.at >= since)
            .order_by(usage.c.id.desc())
        )
        return [_entry(row) for row in self._connection.execute(query)]

    def get(self, ref: str, person_id: int) -> UsageEntry:
        """One access of this person; NotFoundError for another's as for none."""
        query = select(usage).where(usage.c.ref == ref, usage.c.person_id == person_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there is no such access", where=ref)
        return _entry(row)

    def count(self) -> int:
        """How many accesses there are: as many as the ledger has leaves."""
        return int(self._connection.execute(select(func.count()).select_from(usage)).scalar_one())


def _entry(row: Row[Any]) -> UsageEntry:
    return UsageEntry(
        row.ref, row.person_id, row.kind, row.at, row.record, bytes(row.salt), row.leaf_index
    )
