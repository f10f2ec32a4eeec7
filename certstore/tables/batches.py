"""Batches that source authorities handed in, and the lines that were refused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, Text, select

from certstore.batch_fields import LineRefusal
from certstore.tables.metadata import Moment, insert_once, metadata

batches = Table(
    "batches",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("source", String(18), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
)
batch_refusals = Table(
    "batch_refusals",
    metadata,
    Column("sha256", ForeignKey("batches.sha256"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("code", String(40), nullable=False),
    Column("detail", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a batch: lines taken, lines that were here already, lines refused."""

    sha256: str
    source: str
    received_at: datetime
    accepted: int
    known: int
    refusals: tuple[LineRefusal, ...]


class BatchBook:
    """The batches, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def find(self, sha256: str) -> BatchReport | None:
        """The report on a batch with these bytes, if it was handed in before."""
        row = self._connection.execute(
            select(batches).where(batches.c.sha256 == sha256)
        ).one_or_none()
        if row is None:
            return None
        lines = self._connection.execute(
            select(batch_refusals)
            .where(batch_refusals.c.sha256 == sha256)
            .order_by(batch_refusals.c.line)
        )
        refusals = tuple(LineRefusal(line.line, line.code, line.detail) for line in lines)
        return BatchReport(
            row.sha256, row.source, row.received_at, row.accepted, row.known, refusals
        )

    def of(self, source: str, limit: int = 50) -> list[BatchReport]:
        """A source's batches, newest first."""
        query = select(batches.c.sha256).where(batches.c.source == source)
        newest = query.order_by(batches.c.received_at.desc()).limit(limit)
        digests = self._connection.execute(newest).scalars().all()
        return [found for digest in digests if (found := self.find(digest)) is not None]

    def add(self, report: BatchReport) -> None:
        """Keep the report on a batch, in place of an earlier one on the same bytes."""
        for table in (batch_refusals, batches):
            self._connection.execute(table.delete().where(table.c.sha256 == report.sha256))
        values = {
            "sha256": report.sha256,
            "source": report.source,
            "received_at": report.received_at,
            "accepted": report.accepted,
            "known": report.known,
            "refused": len(report.refusals),
        }
        if not insert_once(self._connection, batches, values) or not report.refusals:
            return
        rows = [
            {"sha256": report.sha256, "line": r.line, "code": r.code, "detail": r.detail}
            for r in {r.line: r for r in report.refusals}.values()
        ]
        self._connection.execute(batch_refusals.insert(), rows)
