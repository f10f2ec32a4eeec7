"""Face verifications: transactions under way and results taken, each result once.

No name, no ID number, nothing of a face. The one exception is what the sandbox provider was
told of a verification it has not ended yet, which is a provider's own store.
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
    delete,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from certstore.certificates import Holder
from certstore.tables.metadata import Json, Moment, metadata
from face_auth.challenge import StartRequest, State, Transaction
from face_auth.result import FaceResult

face_transactions = Table(
    "face_transactions",
    metadata,
    Column("our_txn", String(24), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("provider_txn", String(64)),
    Column("binding_key", LargeBinary(32), nullable=False),
    Column("subject_binding", String(64), nullable=False),
    Column("account_hash", String(64), nullable=False),
    Column("application_ref", String(64), nullable=False, index=True),
    Column("return_to", Text, nullable=False),
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
    # The key is what makes a result itself: taken once, whatever its bytes look like.
    Column("provider", String(40), primary_key=True),
    Column("jti", String(64), primary_key=True),
    Column("our_txn", ForeignKey("face_transactions.our_txn"), nullable=False, unique=True),
    Column("provider_txn", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("subject_binding", String(64), nullable=False),
    Column("result", String(4), nullable=False),
    Column("failure", String(20), nullable=False),
    Column("mode", String(3), nullable=False),
    Column("comparison_source", String(20), nullable=False),
    Column("score", Double, nullable=False),
    Column("threshold", Double, nullable=False),
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
sandbox_verifications = Table(
    "sandbox_verifications",
    metadata,
    Column("provider_txn", String(64), primary_key=True),
    Column("request", Json),  # forgotten when the verification ends
    Column("binding_key", LargeBinary(32)),
    Column("return_to", Text, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

# The statements of an acceptance are built once: building them costs more than judging.
_FIND = select(face_transactions).where(face_transactions.c.our_txn == bindparam("txn"))
_CLOSE = (
    update(face_transactions)
    .where(face_transactions.c.our_txn == bindparam("txn"), face_transactions.c.state == State.OPEN)
    .values(state=bindparam("new_state"), reasons=bindparam("why"), closed_at=bindparam("at"))
)
_RECORD = {  # RETURNING tells whether: a driver need not count what an INSERT has inserted
    kind.dialect.name: kind.insert(face_results)
    .on_conflict_do_nothing()
    .returning(face_results.c.jti)
    for kind in (postgresql, sqlite)
}
_RESULT_COLUMNS = tuple(field.name for field in fields(FaceResult))
_TRANSACTION_COLUMNS = tuple(field.name for field in fields(Transaction))


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """A result that was taken, and its transaction."""

    transaction: Transaction
    result: FaceResult
    accepted: bool


@dataclass(frozen=True, slots=True)
class SandboxVerification:
    """A verification at the sandbox; `request` is None once it has ended."""

    provider_txn: str
    return_to: str
    request: StartRequest | None


class FaceBook:
    """The verifications, in one transaction of the database."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, transaction: Transaction) -> None:
        """Record a verification that is about to begin."""
        values = {name: getattr(transaction, name) for name in _TRANSACTION_COLUMNS}
        self._connection.execute(face_transactions.insert().values(**values))

    def started(self, our_txn: str, provider_txn: str) -> None:
        """Keep the id by which the provider knows it; set once."""
        self._connection.execute(
            update(face_transactions)
            .where(
                face_transactions.c.our_txn == our_txn,
                face_transactions.c.provider_txn.is_(None),
            )
            .values(provider_txn=provider_txn)
        )

    def find(self, our_txn: str) -> Transaction | None:
        """The verification with this id of ours."""
        row = self._connection.execute(_FIND, {"txn": our_txn}).one_or_none()
        return None if row is None else _transaction(row)

    def close(self, our_txn: str, state: State, reasons: tuple[str, ...], at: datetime) -> bool:
        """Close an open verification; False if it is not open. Atomic: one caller wins."""
        values = {"txn": our_txn, "new_state": state.value, "why": reasons, "at": at}
        return self._connection.execute(_CLOSE, values).rowcount == 1

    def record(self, result: FaceResult, *, accepted: bool) -> bool:
        """Keep a result; False if it, or the provider's verification, was taken before."""
        values = {name: getattr(result, name) for name in _RESULT_COLUMNS}
        statement = _RECORD[self._connection.dialect.name]
        found = self._connection.execute(statement, {**values, "accepted": accepted})
        return found.one_or_none() is not None

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
            transaction = _transaction(self._connection.execute(_FIND, {"txn": row.our_txn}).one())
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


class SandboxBook:
    """What the sandbox provider remembers; nobody else looks into it."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, provider_txn: str, request: StartRequest) -> None:
        """Keep what the sandbox was told."""
        told = {
            "our_txn": request.our_txn,
            "nonce": request.nonce,
            "audience": request.audience,
            "name": request.holder.name,
            "id_type": request.holder.id_type,
            "id_number": request.holder.id_number,
            "matter": request.matter,
        }
        self._connection.execute(
            sandbox_verifications.insert().values(
                provider_txn=provider_txn,
                request=told,
                binding_key=request.binding_key,
                return_to=request.return_to,
                expires_at=request.expires_at,
            )
        )

    def find(self, provider_txn: str) -> SandboxVerification | None:
        """What the sandbox was told of a verification."""
        query = select(sandbox_verifications).where(
            sandbox_verifications.c.provider_txn == provider_txn
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _sandbox_verification(row)

    def end(self, provider_txn: str) -> bool:
        """Forget who it was about; False if it had ended. Atomic: one caller wins."""
        statement = (
            update(sandbox_verifications)
            .where(
                sandbox_verifications.c.provider_txn == provider_txn,
                sandbox_verifications.c.binding_key.is_not(None),
            )
            .values(request=null(), binding_key=None)
        )
        return self._connection.execute(statement).rowcount == 1

    def forget(self, now: datetime) -> int:
        """Drop every verification whose time is over; how many there were."""
        statement = delete(sandbox_verifications).where(sandbox_verifications.c.expires_at <= now)
        return self._connection.execute(statement).rowcount


def _transaction(row: Row[Any]) -> Transaction:
    kept = {name: row._mapping[name] for name in _TRANSACTION_COLUMNS}  # noqa: SLF001 - SQLAlchemy's public name
    return Transaction(
        **{**kept, "state": State(row.state), "reasons": tuple(row.reasons)},
    )


def _result(row: Row[Any]) -> FaceResult:
    kept = {name: row._mapping[name] for name in _RESULT_COLUMNS}  # noqa: SLF001 - SQLAlchemy's public name
    return FaceResult(**{**kept, "device_risk": tuple(row.device_risk)})


def _sandbox_verification(row: Row[Any]) -> SandboxVerification:
    if row.binding_key is None:
        return SandboxVerification(row.provider_txn, row.return_to, None)
    told = row.request
    request = StartRequest(
        our_txn=told["our_txn"],
        nonce=told["nonce"],
        binding_key=row.binding_key,
        audience=told["audience"],
        holder=Holder(told["name"], told["id_type"], told["id_number"]),
        matter=told["matter"],
        return_to=row.return_to,
        expires_at=row.expires_at,
    )
    return SandboxVerification(row.provider_txn, row.return_to, request)
