"""Face verifications: transactions under way and results taken, each result once.

No name, no ID number, nothing of a face. What the sandbox was told of a verification that it
has not ended yet is a provider's own store: see face_auth/sandbox_store/tables.py.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Double,
    ForeignKey,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from certstore.storage.prepared import Prepared
from certstore.tables.metadata import Json, Moment, metadata
from face_auth.challenge import State, Transaction, transaction_key
from face_auth.result import FaceResult

# Here so that whoever knows our tables knows this one too (migrations compare all of them).
from face_auth.sandbox_store.tables import sandbox_verifications as sandbox_verifications

face_transactions = Table(
    "face_transactions",
    metadata,
    Column("our_txn", String(24), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("provider_txn", String(64)),
    Column("provider_ref", String(256)),
    Column("binding_key", LargeBinary(32), nullable=False),
    Column("subject_binding", String(64), nullable=False),
    Column("account_hash", String(64), nullable=False),
    Column("application_ref", String(64), nullable=False, index=True),
    Column("return_to", Text, nullable=False),
    Column("consent_id", String(24)),  # empty in rows from before it was kept
    Column("consent_notice", String(40)),
    Column("begun_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("state", String(10), nullable=False),
    Column("closed_at", Moment),
    Column("reasons", Json, nullable=False),
    UniqueConstraint("provider", "provider_txn"),
    CheckConstraint("state IN ('open', 'passed', 'failed', 'expired')", name="state_known"),
    CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_with_a_time"),
)
face_results = Table(
    "face_results",
    metadata,
    # The key is what makes a result itself: taken once, whatever its bytes look like. A result
    # that we asked for has no id of its own but the verification's.
    Column("provider", String(40), primary_key=True),
    Column("jti", String(64), primary_key=True),
    Column("our_txn", ForeignKey("face_transactions.our_txn"), nullable=False, unique=True),
    Column("provider_txn", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("subject_binding", String(64), nullable=False),
    Column("result", String(4), nullable=False),
    Column("failure", String(20), nullable=False),
    Column("mode", String(10), nullable=False),
    Column("comparison_source", String(20), nullable=False),
    Column("score", Double),  # empty: this provider tells only whether
    Column("threshold", Double),
    Column("fmr", Double, nullable=False),
    Column("pad", Boolean, nullable=False),
    Column("iad", Boolean, nullable=False),
    Column("device_risk", Json, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("assurance_level", String(12), nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("raw_sha256", String(64), nullable=False),
    Column("policy_version", String(40), nullable=False),
    Column("accepted", Boolean, nullable=False),
    UniqueConstraint("provider", "provider_txn"),
    CheckConstraint("result = 'pass' OR NOT accepted", name="accepted_only_if_passed"),
)

_RESULT_COLUMNS = tuple(field.name for field in fields(FaceResult))
_TRANSACTION_COLUMNS = tuple(field.name for field in fields(Transaction))

# The three statements of an acceptance. Each is atomic by itself: the second closes a
# transaction for one caller only, the third records a result unless it was recorded before.
_KEPT = [face_transactions.c[name] for name in _TRANSACTION_COLUMNS]
_FIND = Prepared(select(*_KEPT).where(face_transactions.c.our_txn == bindparam("txn")), _KEPT)
_CLOSE = Prepared(
    update(face_transactions)
    .where(face_transactions.c.our_txn == bindparam("txn"), face_transactions.c.state == State.OPEN)
    .values(state=bindparam("new_state"), reasons=bindparam("why"), closed_at=bindparam("at"))
)
_RECORD = Prepared(
    {  # RETURNING tells whether: a driver need not count what an INSERT has inserted
        kind.dialect.name: kind.insert(face_results)
        .values({name: bindparam(name) for name in (*_RESULT_COLUMNS, "accepted")})
        .on_conflict_do_nothing()
        .returning(face_results.c.jti)
        for kind in (postgresql, sqlite)
    },
    [face_results.c.jti],
)


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """A result that was taken, and its transaction."""

    transaction: Transaction
    result: FaceResult
    accepted: bool


class FaceBook:
    """The verifications, in one transaction of the database."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, transaction: Transaction) -> None:
        """Record a verification that is about to begin."""
        values = {name: getattr(transaction, name) for name in _TRANSACTION_COLUMNS}
        self._connection.execute(face_transactions.insert().values(**values))

    def started(self, our_txn: str, provider: str, provider_ref: str) -> bool:
        """Keep the id by which the provider knows it, once; False if it gave the id before."""
        table, key = face_transactions, transaction_key(provider_ref)
        given = select(table.c.our_txn).where(
            table.c.provider == provider, table.c.provider_txn == key
        )
        if self._connection.execute(given).first() is not None:
            return False
        self._connection.execute(
            update(table)
            .where(table.c.our_txn == our_txn, table.c.provider_txn.is_(None))
            .values(provider_txn=key, provider_ref=provider_ref)
        )
        return True

    def find(self, our_txn: str) -> Transaction | None:
        """The verification with this id of ours."""
        row = _FIND.row(self._connection, {"txn": our_txn})
        return None if row is None else _transaction(row)

    def close(self, our_txn: str, state: State, reasons: tuple[str, ...], at: datetime) -> bool:
        """Close an open verification; False if it is not open. Atomic: one caller wins."""
        values = {"txn": our_txn, "new_state": state.value, "why": reasons, "at": at}
        return _CLOSE.run(self._connection, values) == 1

    def record(self, result: FaceResult, *, accepted: bool) -> bool:
        """Keep a result; False if it, or the provider's verification, was taken before."""
        values = {name: getattr(result, name) for name in _RESULT_COLUMNS}
        return _RECORD.row(self._connection, {**values, "accepted": accepted}) is not None

    def has(self, provider: str, jti: str) -> bool:
        """Whether this result was taken."""
        query = select(face_results.c.jti).where(
            face_results.c.provider == provider, face_results.c.jti == jti
        )
        return self._connection.execute(query).one_or_none() is not None

    def results_of(self, application_ref: str) -> list[RecordedResult]:
        """The results taken for an application, the newest first."""
        query = (
            select(face_results)
            .join(face_transactions, face_transactions.c.our_txn == face_results.c.our_txn)
            .where(face_transactions.c.application_ref == application_ref)
            .order_by(face_results.c.received_at.desc())
        )
        found = []
        for row in self._connection.execute(query).all():
            transaction = self.find(row.our_txn)
            if transaction is not None:  # a foreign key says so; mypy cannot know
                found.append(RecordedResult(transaction, _result(row), row.accepted))
        return found

    def expire(self, now: datetime) -> int:
        """Close every open verification whose time is over; how many there were."""
        statement = (
            update(face_transactions)
            .where(face_transactions.c.state == State.OPEN, face_transactions.c.expires_at <= now)
            .values(state=State.EXPIRED, closed_at=now)
        )
        return self._connection.execute(statement).rowcount


def _transaction(row: tuple[Any, ...]) -> Transaction:
    kept = dict(zip(_TRANSACTION_COLUMNS, row, strict=True))
    kept["state"], kept["reasons"] = State(kept["state"]), tuple(kept["reasons"])
    return Transaction(**kept)


def _result(row: Row[Any]) -> FaceResult:
    kept = {name: row._mapping[name] for name in _RESULT_COLUMNS}  # noqa: SLF001 - SQLAlchemy's public name
    return FaceResult(**{**kept, "device_risk": tuple(row.device_risk)})
