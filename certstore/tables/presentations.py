"""Presentations made on line: one row a code, redeemed once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, String, Table, func, select

from certstore.tables.metadata import Moment, metadata

presentations = Table(
    "presentations",
    metadata,
    Column("cti", String(32), primary_key=True),
    Column("certificate_ref", String(24), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("redeemed_at", Moment),
)


@dataclass(frozen=True, slots=True)
class PresentationRow:
    """A presentation and whether it was redeemed."""

    cti: str
    certificate_ref: str
    made_at: datetime
    expires_at: datetime
    redeemed_at: datetime | None


class PresentationBook:
    """The presentations, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, row: PresentationRow) -> None:
        """Record a presentation before its code is shown."""
        self._connection.execute(
            presentations.insert().values(
                cti=row.cti,
                certificate_ref=row.certificate_ref,
                made_at=row.made_at,
                expires_at=row.expires_at,
            )
        )

    def find(self, cti: str) -> PresentationRow | None:
        """The presentation with this identifier."""
        query = select(presentations).where(presentations.c.cti == cti)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _row(row)

    def last_redeemed(self, certificate_ref: str, since: datetime) -> datetime | None:
        """When a code of this certificate was redeemed last, if it was since this moment."""
        query = select(func.max(presentations.c.redeemed_at)).where(
            presentations.c.certificate_ref == certificate_ref,
            presentations.c.redeemed_at > since,
        )
        found: datetime | None = self._connection.execute(query).scalar_one()
        return found

    def redeem(self, cti: str, at: datetime) -> bool:
        """Redeem it; False if it is unknown or was redeemed before. Atomic: one caller wins."""
        statement = (
            presentations.update()
            .where(presentations.c.cti == cti, presentations.c.redeemed_at.is_(None))
            .values(redeemed_at=at)
        )
        return self._connection.execute(statement).rowcount == 1


def _row(row: Row[Any]) -> PresentationRow:
    return PresentationRow(
        row.cti, row.certificate_ref, row.made_at, row.expires_at, row.redeemed_at
    )
