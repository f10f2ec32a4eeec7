"""Files of cards to make, their lines, and the card maker's numbered reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
)

from certstore.errors import NotFoundError
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from issuance.matters.cards.tables import card_orders

card_files = Table(
    "card_files",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3: no gaps
    Column("made_at", Moment, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the signed file, in the object store
    Column("size", Integer, nullable=False),
    Column("fetched_at", Moment),
    Column("acknowledged_at", Moment),
    Column("acknowledgement", String(64)),  # digest of what the maker said
)
card_file_lines = Table(
    "card_file_lines",
    metadata,
    Column("file_number", ForeignKey("card_files.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("order_id", ForeignKey("card_orders.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("card_no", String(60), nullable=False, unique=True),
    Column("outcome", String(12), nullable=False),  # "" until said: taken | refused
    Column("reason", String(200), nullable=False),
    UniqueConstraint("order_id", "attempt"),
)
card_reports = Table(
    "card_reports",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # the maker's
    Column("received_at", Moment, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("answer", Json, nullable=False),
)


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file of cards: its number, its bytes' digest, how far it came."""

    number: int
    made_at: datetime
    cards: int
    sha256: str
    size: int
    fetched_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledgement: str | None = None


@dataclass(frozen=True, slots=True)
class FileLine:
    """One card of a file, and what the maker said of it."""

    file_number: int
    position: int
    order_id: int
    order_ref: str
    attempt: int
    card_no: str
    outcome: str
    reason: str


class MakingBook:
    """Files and reports, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def next_number(self) -> int:
        """The number after the last file's."""
        query = select(func.coalesce(func.max(card_files.c.number), 0))
        return int(self._connection.execute(query).scalar_one()) + 1

    def add(self, made: CardFile, lines: Sequence[Mapping[str, Any]]) -> bool:
        """Keep a file and its lines; False if another has its number."""
        values = {
            "number": made.number,
            "made_at": made.made_at,
            "cards": made.cards,
            "sha256": made.sha256,
            "size": made.size,
        }
        if not insert_once(self._connection, card_files, values):
            return False
        said = {"outcome": "", "reason": "", "file_number": made.number}
        rows = [{**said, **line} for line in lines]
        self._connection.execute(card_file_lines.insert(), rows)
        return True

    def file(self, number: int) -> CardFile:
        """The file with this number, held until the transaction ends; NotFoundError if none."""
        query = select(card_files).where(card_files.c.number == number).with_for_update()
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there is no such file of cards", where=str(number))
        return _file(row)

    def files(self, after: int, limit: int) -> list[CardFile]:
        """Files after this number, in order."""
        query = select(card_files).where(card_files.c.number > after).order_by(card_files.c.number)
        return [_file(row) for row in self._connection.execute(query.limit(limit))]

    def lines(self, number: int) -> list[FileLine]:
        """A file's cards, in its order."""
        query = _LINES.where(card_file_lines.c.file_number == number)
        rows = self._connection.execute(query.order_by(card_file_lines.c.position))
        return [_line(row) for row in rows]

    def line(self, card_no: str) -> FileLine | None:
        """The line of this very card."""
        query = _LINES.where(card_file_lines.c.card_no == card_no)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _line(row)

    def fetched(self, number: int, at: datetime) -> None:
        """Remember when a file was first fetched."""
        mine = (card_files.c.number == number) & card_files.c.fetched_at.is_(None)
        self._connection.execute(card_files.update().where(mine).values(fetched_at=at))

    def acknowledged(self, number: int, digest: str, at: datetime) -> None:
        """Keep that a file was acknowledged, and by which words."""
        self._connection.execute(
            card_files.update()
            .where(card_files.c.number == number)
            .values(acknowledged_at=at, acknowledgement=digest)
        )

    def said(self, line: FileLine, outcome: str, reason: str) -> None:
        """Keep what the maker said of one card."""
        self._connection.execute(
            card_file_lines.update()
            .where(card_file_lines.c.card_no == line.card_no)
            .values(outcome=outcome, reason=reason)
        )

    def stopped(self, limit: int) -> list[str]:
        """Numbers of cards the maker has in hand whose order was stopped; newest first."""
        query = (
            select(card_file_lines.c.card_no)
            .join(_orders, _orders.c.id == card_file_lines.c.order_id)
            .where(_orders.c.stage == "stopped", _orders.c.attempt == card_file_lines.c.attempt)
            .where(card_file_lines.c.outcome != "refused")
            .order_by(_orders.c.stage_since.desc())
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def take_report(self, number: int, digest: str, at: datetime) -> Mapping[str, Any] | None:
        """Enter a report; what was answered to it before (with its `digest`), or None if new."""
        values = {"number": number, "received_at": at, "digest": digest, "answer": {}}
        if insert_once(self._connection, card_reports, values):
            return None
        query = select(card_reports).where(card_reports.c.number == number)
        row = self._connection.execute(query).one()
        return {"digest": row.digest, "answer": row.answer}

    def answered(self, number: int, answer: Mapping[str, Any]) -> None:
        """Keep the answer to a report."""
        mine = card_reports.c.number == number
        self._connection.execute(card_reports.update().where(mine).values(answer=dict(answer)))


_orders = card_orders
_LINES = select(card_file_lines, _orders.c.ref.label("order_ref")).join(
    _orders, _orders.c.id == card_file_lines.c.order_id
)


def _file(row: Row[Any]) -> CardFile:
    return CardFile(
        row.number,
        row.made_at,
        row.cards,
        row.sha256,
        row.size,
        row.fetched_at,
        row.acknowledged_at,
        row.acknowledgement,
    )


def _line(row: Row[Any]) -> FileLine:
    return FileLine(
        row.file_number,
        row.position,
        row.order_id,
        row.order_ref,
        row.attempt,
        row.card_no,
        row.outcome,
        row.reason,
    )
