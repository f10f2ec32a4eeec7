"""Calls that were refused, by client and day: what was wrong, how often, and when last.

Of the request itself nothing is kept. What was refused the same way on one day is one row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Column, Connection, Date, Index, Integer, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from certstore.tables.metadata import Json, Moment, metadata

refused_calls = Table(
    "refused_calls",
    metadata,
    Column("client_id", String(60), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("call", String(80), primary_key=True),  # the route's pattern
    Column("slug", String(40), primary_key=True),
    Column("cause", String(40), primary_key=True),  # empty: none
    Column("place", String(80), primary_key=True),
    Column("fields", Json, nullable=False),  # names of the catalogue
    Column("times", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("last_reference", String(24), nullable=False),
    Index("ix_refused_calls_day", "day"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCall:
    """A refusal as it is kept: route, slug, cause and place from closed lists, field names."""

    client_id: str
    day: date
    call: str
    slug: str
    cause: str
    place: str
    fields: Sequence[str]
    last_at: datetime
    last_reference: str
    times: int = 1


class RefusedCallBook:
    """Refused calls, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, refused: RefusedCall) -> None:
        """Count a refusal."""
        kind = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        latest = {
            "fields": list(refused.fields),
            "last_at": refused.last_at,
            "last_reference": refused.last_reference,
        }
        same = {c.name: getattr(refused, c.name) for c in refused_calls.primary_key.columns}
        added = kind.insert(refused_calls).values(**same, **latest, times=1)
        self._connection.execute(
            added.on_conflict_do_update(
                index_elements=list(same), set_={**latest, "times": refused_calls.c.times + 1}
            )
        )

    def of(self, client_ids: Sequence[str], limit: int = 200) -> list[RefusedCall]:
        """The refusals of these clients, latest first."""
        query = (
            select(refused_calls)
            .where(refused_calls.c.client_id.in_(client_ids))
            .order_by(refused_calls.c.last_at.desc())
            .limit(limit)
        )
        rows = self._connection.execute(query).all()
        return [RefusedCall(**row._mapping) for row in rows]  # noqa: SLF001 - its documented name

    def forget(self, before: date) -> None:
        """Drop what is older than this day."""
        self._connection.execute(refused_calls.delete().where(refused_calls.c.day < before))
