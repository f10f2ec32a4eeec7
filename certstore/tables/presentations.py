"""Presentations made on line: one row a code, redeemed once; and off-line codes shown here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Row, String, Table, select

from certstore.tables.metadata import Moment, insert_once, metadata

presentations = Table(
    "presentations",
    metadata,
    Column("cti", String(32), primary_key=True),
    Column("certificate_ref", String(24), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("redeemed_at", Moment),
    Column("disclosure", Integer, nullable=False, server_default="1"),
    Column("age_over", Integer),
    Column("number", String(9), index=True),  # to be typed, where the code is not scanned
    Column("holder", Integer, nullable=False, server_default="0"),  # which of its holders shows it
)
off_line_showings = Table(
    "off_line_showings",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("until", Moment, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class PresentationRow:
    """A presentation and whether it was redeemed."""

    cti: str
    certificate_ref: str
    made_at: datetime
    expires_at: datetime
    redeemed_at: datetime | None
    disclosure: int = 1
    age_over: int | None = None
    holder: int = 0


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
                disclosure=row.disclosure,
                age_over=row.age_over,
                holder=row.holder,
            )
        )

    def find(self, cti: str) -> PresentationRow | None:
        """The presentation with this identifier."""
        query = select(presentations).where(presentations.c.cti == cti)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _row(row)

    def numbered(self, number: str, at: datetime) -> PresentationRow | None:
        """The presentation of this number that lives and was not redeemed at this moment."""
        query = select(presentations).where(
            presentations.c.number == number,
            presentations.c.expires_at > at,
            presentations.c.redeemed_at.is_(None),
        )
        row = self._connection.execute(query.limit(1)).one_or_none()
        return None if row is None else _row(row)

    def give_number(self, cti: str, number: str, at: datetime) -> bool:
        """Give a living presentation a number; False while another that lives has the same."""
        if self.numbered(number, at) is not None:
            return False
        statement = presentations.update().where(presentations.c.cti == cti)
        self._connection.execute(statement.values(number=number))
        return True

    def first_off_line(self, digest: str, until: datetime, now: datetime) -> bool:
        """Remember a showing of an off-line code; False if it was shown before. One caller wins."""
        forgotten = off_line_showings.delete().where(off_line_showings.c.until < now)
        self._connection.execute(forgotten)
        values = {"digest": digest, "until": until}
        return insert_once(self._connection, off_line_showings, values)

    def forget(self, before: datetime) -> None:
        """Forget presentations and showings that were dead before a moment."""
        over = presentations.delete().where(presentations.c.expires_at < before)
        self._connection.execute(over)
        shown = off_line_showings.delete().where(off_line_showings.c.until < before)
        self._connection.execute(shown)

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
        row.cti,
        row.certificate_ref,
        row.made_at,
        row.expires_at,
        row.redeemed_at,
        row.disclosure,
        row.age_over,
        row.holder,
    )
