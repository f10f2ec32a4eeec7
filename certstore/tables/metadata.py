"""The one catalogue of tables, and the column types that both databases share."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Executable, MetaData, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

Json = JSON().with_variant(JSONB(), "postgresql")


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite, which knows no zones, is given and gives back UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ANN401, ARG002 - SQLAlchemy's signature
        """Refuse a naive moment: nobody knows when it is."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ANN401, ARG002 - SQLAlchemy's signature
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique constraint forbids it; whether it was inserted.

    This is the atomic test for everything that may happen once only.
    """
    statement = _insert_once(connection.dialect.name, table)
    return connection.execute(statement, dict(values)).one_or_none() is not None


@cache
def _insert_once(dialect: str, table: Table) -> Executable:
    """Put together once for a table: it takes longer than the database does."""
    kind = sqlite if dialect == "sqlite" else postgresql
    # RETURNING and not rowcount, which psycopg gives as -1 here.
    once: Executable = (
        kind.insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    )
    return once
