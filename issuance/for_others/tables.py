"""Orders of authorities to issue: those that wait, those done, and which record each came from.

Promises: one record of an authority leads to one certificate of a type, however often and by
however many processes it is asked for. What an order says is kept until it is done, no longer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Row, String, Table, func, select

from certstore.errors import NotFoundError
from certstore.tables.metadata import Json, Moment, insert_once, metadata

issued_records = Table(
    "issued_records",
    metadata,
    Column("issuer_uscc", String(18), primary_key=True),
    Column("type_code", String(40), primary_key=True),
    Column("record_no", String(60), primary_key=True),
    Column("digest", String(64), nullable=False),  # of all the order said
    Column("certificate_ref", String(24), nullable=False, unique=True),
)
issue_orders = Table(
    "issue_orders",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("issuer_uscc", String(18), nullable=False),
    Column("record_no", String(60), nullable=False),
    Column("asked_by", Json, nullable=False),
    Column("said", Json),  # while it waits
    Column("batch_ref", String(24)),
    Column("position", Integer, nullable=False),
    Column("state", String(10), nullable=False),  # waiting | reserved | issued | refused
    Column("certificate_ref", String(24)),
    Column("problem", Json),
    Column("created_at", Moment, nullable=False),
    Column("tried_at", Moment),
    Column("done_at", Moment),
    Index("ix_issue_orders_batch", "batch_ref", "position"),
    Index("ix_issue_orders_open", "state", "tried_at"),
    Index("ix_issue_orders_certificate", "certificate_ref"),
)
issue_batches = Table(
    "issue_batches",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("client_id", String(60), nullable=False),
    Column("issuer_uscc", String(18), nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)
_OPEN = ("waiting", "reserved")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order as it is kept; `said` is gone once its number is reserved."""

    ref: str
    issuer_uscc: str
    record_no: str
    asked_by: Mapping[str, Any]
    said: Mapping[str, Any] | None
    batch_ref: str | None
    position: int
    state: str
    certificate_ref: str | None
    problem: Mapping[str, Any] | None
    created_at: datetime
    tried_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch: whose it is, and how many items it has."""

    ref: str
    client_id: str
    issuer_uscc: str
    total: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record that was issued on before: what the order said then, and what it led to."""

    digest: str
    certificate_ref: str


class OrderBook:
    """The orders, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- records -----------------------------------------------------------------------------

    def take_record(
        self, issuer: str, type_code: str, record_no: str, digest: str, certificate_ref: str
    ) -> KnownRecord | None:
        """Take a record for one certificate; what is known of it, if it was taken before."""
        key = {"issuer_uscc": issuer, "type_code": type_code, "record_no": record_no}
        values = {**key, "digest": digest, "certificate_ref": certificate_ref}
        if insert_once(self._connection, issued_records, values):
            return None
        return self.known_record(issuer, type_code, record_no)

    def known_record(self, issuer: str, type_code: str, record_no: str) -> KnownRecord | None:
        """What a record led to; None if nothing."""
        t = issued_records.c
        query = select(t.digest, t.certificate_ref).where(
            t.issuer_uscc == issuer, t.type_code == type_code, t.record_no == record_no
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else KnownRecord(row.digest, row.certificate_ref)

    # -- orders ------------------------------------------------------------------------------

    def add(self, rows: Sequence[OrderRow]) -> None:
        """Keep orders."""
        values = [
            {name: getattr(row, name) for name in issue_orders.c.keys()}  # noqa: SIM118 - columns
            for row in rows
        ]
        self._connection.execute(issue_orders.insert(), values)

    def locked(self, ref: str) -> OrderRow:
        """An order, its row held until this transaction ends; NotFoundError if there is none."""
        return self._one(select(issue_orders).where(issue_orders.c.ref == ref).with_for_update())

    def get(self, ref: str) -> OrderRow:
        """An order; NotFoundError if there is none."""
        return self._one(select(issue_orders).where(issue_orders.c.ref == ref))

    def _one(self, query: Any) -> OrderRow:  # noqa: ANN401 - a SQLAlchemy query
        found = self._rows(query)
        if not found:
            raise NotFoundError("there is no such order")
        return found[0]

    def of_certificate(self, ref: str) -> OrderRow:
        """The order that a certificate was made by; NotFoundError if none was."""
        found = self._rows(
            select(issue_orders)
            .where(issue_orders.c.certificate_ref == ref)
            .order_by(issue_orders.c.created_at, issue_orders.c.position)
            .limit(1)
        )
        if not found:
            raise NotFoundError("no order led to this certificate", where=ref)
        return found[0]

    def reserved(self, ref: str, certificate_ref: str, at: datetime) -> None:
        """The order's number is reserved: what it said stands in the register now."""
        self._change(ref, state="reserved", certificate_ref=certificate_ref, said=None, tried_at=at)

    def issued(self, ref: str, certificate_ref: str, at: datetime) -> None:
        """The order is done."""
        self._change(ref, state="issued", certificate_ref=certificate_ref, said=None, done_at=at)

    def refused(self, ref: str, problem: Mapping[str, Any], at: datetime) -> None:
        """The order will not be done, and why."""
        self._change(ref, state="refused", problem=dict(problem), said=None, done_at=at)

    def claim(self, at: datetime, again_after: timedelta, limit: int) -> list[OrderRow]:
        """Take up to `limit` open orders that nobody tried lately, the oldest first."""
        t = issue_orders.c
        free = t.tried_at.is_(None) | (t.tried_at < at - again_after)
        chosen = (
            select(t.ref)
            .where(t.state.in_(_OPEN), free)
            .order_by(t.created_at, t.position)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        statement = issue_orders.update().where(t.ref.in_(chosen)).values(tried_at=at).returning(*t)
        rows = self._connection.execute(statement).all()
        return sorted((_order(row) for row in rows), key=lambda o: (o.created_at, o.position))

    # -- batches -----------------------------------------------------------------------------

    def open_batch(self, batch: BatchRow) -> None:
        """Keep a batch."""
        values = {name: getattr(batch, name) for name in issue_batches.c.keys()}  # noqa: SIM118 - columns
        self._connection.execute(issue_batches.insert().values(**values))

    def batch(self, ref: str) -> BatchRow:
        """A batch; NotFoundError if there is none."""
        query = select(issue_batches).where(issue_batches.c.ref == ref)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there is no such batch", where=ref)
        return BatchRow(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name

    def items(self, batch_ref: str, start: int, count: int) -> list[OrderRow]:
        """Items of a batch by their place in it."""
        t = issue_orders.c
        query = select(issue_orders).where(
            t.batch_ref == batch_ref, t.position >= start, t.position < start + count
        )
        return self._rows(query.order_by(t.position))

    def states(self, batch_ref: str) -> dict[str, int]:
        """How many items of a batch are in each state."""
        t = issue_orders.c
        query = select(t.state, func.count()).where(t.batch_ref == batch_ref).group_by(t.state)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    # -- rows --------------------------------------------------------------------------------

    def _rows(self, query: Any) -> list[OrderRow]:  # noqa: ANN401 - a SQLAlchemy query
        return [_order(row) for row in self._connection.execute(query)]

    def _change(self, ref: str, **values: Any) -> None:  # noqa: ANN401 - columns of any type
        statement = issue_orders.update().where(issue_orders.c.ref == ref)
        self._connection.execute(statement.values(**values))


def _order(row: Row[Any]) -> OrderRow:
    return OrderRow(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
