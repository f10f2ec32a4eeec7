"""Authorities enrolled to have certificates of theirs sealed here: which types, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Date, Row, String, Table, select

from certstore.tables.metadata import Json, insert_once, metadata

issuing_authorities = Table(
    "issuing_authorities",
    metadata,
    Column("uscc", String(18), primary_key=True),
    Column("name_zh", String(100), nullable=False),
    Column("name_en", String(100), nullable=False),
    Column("types", Json, nullable=False),  # the catalogue's words
    Column("enrolled_from", Date, nullable=False),
    Column("enrolled_to", Date, nullable=False),  # the last day
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingAuthority:
    """An authority that issues through this house; `enrolled_to` is the last day."""

    uscc: str
    name_zh: str
    name_en: str
    types: Sequence[str]
    enrolled_from: date
    enrolled_to: date

    def may_issue(self, type_code: str, day: date) -> bool:
        """Whether it may have certificates of this type sealed on this day."""
        return type_code in self.types and self.enrolled_on(day)

    def enrolled_on(self, day: date) -> bool:
        """Whether it is enrolled on this day."""
        return self.enrolled_from <= day <= self.enrolled_to


class IssuerBook:
    """The issuing authorities, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def find(self, uscc: str) -> IssuingAuthority | None:
        """The authority with this credit code."""
        query = select(issuing_authorities).where(issuing_authorities.c.uscc == uscc)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _authority(row)

    def all(self) -> list[IssuingAuthority]:
        """Every authority that was ever enrolled, by name."""
        query = select(issuing_authorities).order_by(issuing_authorities.c.name_zh)
        return [_authority(row) for row in self._connection.execute(query)]

    def enrol(self, issuer: IssuingAuthority) -> None:
        """Enrol it, or change what is known of it."""
        values = {
            "uscc": issuer.uscc,
            "name_zh": issuer.name_zh,
            "name_en": issuer.name_en,
            "types": list(issuer.types),
            "enrolled_from": issuer.enrolled_from,
            "enrolled_to": issuer.enrolled_to,
        }
        if not insert_once(self._connection, issuing_authorities, values):
            self._connection.execute(
                issuing_authorities.update()
                .where(issuing_authorities.c.uscc == issuer.uscc)
                .values(**values)
            )


def _authority(row: Row[Any]) -> IssuingAuthority:
    return IssuingAuthority(**{**row._mapping, "types": tuple(row.types)})  # noqa: SLF001 - SQLAlchemy's public name
