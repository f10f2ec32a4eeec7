"""How often each purpose was used in a period, counted and read in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    String,
    Table,
    select,
    text,
)

from certstore.storage.prepared import Prepared, among
from certstore.tables.metadata import metadata
from certstore.tables.sharing import purposes

quota_counts = Table(
    "quota_counts",
    metadata,
    Column("purpose_id", String(60), primary_key=True),
    Column("period", String(10), primary_key=True),  # 2026-11-25, 2026-11
    Column("used", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
)
_COUNTED = (
    " ON CONFLICT (purpose_id, period) DO UPDATE SET used = quota_counts.used + excluded.used"
    " RETURNING purpose_id, period, used"
)
_COUNT = Prepared(
    {
        "sqlite": text(
            "INSERT INTO quota_counts (purpose_id, period, used)"
            " SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),"
            " json_extract(value, '$[2]') FROM json_each(:rows) WHERE true" + _COUNTED
        ),
        "postgresql": text(
            "INSERT INTO quota_counts (purpose_id, period, used)"
            " SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS bigint)"
            " FROM json_array_elements(CAST(:rows AS json))" + _COUNTED
        ),
    }
)
_STANDING = (
    *(purposes.c.purpose_id, purposes.c.state, purposes.c.version),
    *(purposes.c.quota_day, purposes.c.quota_month, purposes.c.resets_at),
)
_STANDS = Prepared(
    {
        kind: select(*_STANDING).where(named)
        for kind, named in among(purposes.c.purpose_id, "ids").items()
    },
    _STANDING,
)


_UNKNOWN: Final = (None,) * 5  # of a purpose that does not exist


@dataclass(frozen=True, slots=True)
class Counted:
    """How often a purpose was used, this call included, and how it stands at the same moment.

    `state` is None where there is no such purpose.
    """

    day: int
    month: int
    state: str | None
    version: int | None
    quota_day: int | None
    quota_month: int | None
    resets_at: datetime | None


class QuotaBook:
    """Counts of use, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, purpose_id: str, day: str, month: str, more: int = 1) -> Counted:
        """Count `more` calls in this day (2026-11-25) and month (2026-11)."""
        return self.add_all({purpose_id: more}, day, month)[purpose_id]

    def add_all(self, calls: Mapping[str, int], day: str, month: str) -> dict[str, Counted]:
        """Count calls of several purposes: one statement counts, one reads how they stand."""
        # In one order for everybody: two batches that meet wait for each other, and never both.
        rows = [[name, period, calls[name]] for name in sorted(calls) for period in (day, month)]
        counted = _COUNT.rows(self._connection, {"rows": orjson.dumps(rows).decode()})
        used = {(name, period): int(count) for name, period, count in counted}
        stands = _STANDS.rows(self._connection, {"ids": sorted(calls)})
        known = {name: rest for name, *rest in stands}
        return {
            name: Counted(used[name, day], used[name, month], *known.get(name, _UNKNOWN))
            for name in calls
        }

    def used(self, purpose_ids: Sequence[str], periods: Sequence[str]) -> Mapping[str, int]:
        """How often each was used, by "purpose period"; what was not used is not there."""
        c = quota_counts.c
        query = select(quota_counts).where(c.purpose_id.in_(purpose_ids), c.period.in_(periods))
        rows = self._connection.execute(query).all()
        return {f"{row.purpose_id} {row.period}": int(row.used) for row in rows}
