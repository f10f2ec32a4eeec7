"""Requests that brought a key of their own, and how they were first answered.

Promises: what is done under a claim is committed only while the claim is held (`under`): of two
processes that both take themselves for the one at work, one commits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    false,
    select,
)

from certstore.errors import IdempotencyConflictError
from certstore.tables.metadata import Moment, insert_once, metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("caller", String(60), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("digest", String(64), nullable=False),  # of method, path and body
    Column("begun_at", Moment, nullable=False, index=True),
    Column("status", Integer),  # none: in flight
    Column("body", LargeBinary),  # sealed
    Column("key_id", String(16)),
    Column("wrapped", LargeBinary),
    Column("fence", String(24), nullable=False, server_default=""),  # of who holds it
    Column("acted", Boolean, nullable=False, server_default=false()),  # something was committed
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A key as one process holds it: `fence` is another one for each that takes the key."""

    caller: str
    key: str
    fence: str


_HELD: ContextVar[Claim | None] = ContextVar("claim", default=None)


@contextmanager
def under(claim: Claim) -> Iterator[None]:
    """Do something under a claim: each transaction that writes is committed only if it is held."""
    before = _HELD.set(claim)
    try:
        yield
    finally:
        _HELD.reset(before)


def confirm_claim(connection: Connection) -> None:
    """Last thing before a commit: hold the claim that this is done under, if it is under one.

    IdempotencyConflictError if another process took the key meanwhile; nothing may be committed.
    """
    claim = _HELD.get()
    if claim is None:
        return
    held = idempotency_keys.update().where(*_held_as(claim)).values(acted=True)
    if connection.execute(held.returning(idempotency_keys.c.key)).one_or_none() is None:
        raise IdempotencyConflictError(
            "this took so long that the same request was begun anew",
            where="Idempotency-Key",
            remedy="send it again for the answer to the later one",
            retry_after=1,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRequest:
    """A request as it is known: in flight while `status` is None."""

    digest: str
    begun_at: datetime
    status: int | None
    body: bytes
    key_id: str
    wrapped: bytes
    acted: bool


class IdempotencyBook:
    """The keys, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def begin(self, claim: Claim, digest: str, now: datetime) -> bool:
        """Take a key; False if it is taken. One atomic insert."""
        values = {
            "caller": claim.caller,
            "key": claim.key,
            "fence": claim.fence,
            "digest": digest,
            "begun_at": now,
        }
        return insert_once(self._connection, idempotency_keys, values)

    def take_over(self, claim: Claim, digest: str, now: datetime) -> None:
        """Take a key from who held it before; they commit nothing under it any more."""
        self._connection.execute(idempotency_keys.delete().where(*_is(claim.caller, claim.key)))
        self.begin(claim, digest, now)

    def find(self, caller: str, key: str) -> KeptRequest | None:
        """The request that took a key; its row is held until this transaction ends."""
        query = select(idempotency_keys).where(*_is(caller, key)).with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _kept(row)

    def answered(self, claim: Claim, status: int, body: bytes, wrapped: tuple[str, bytes]) -> None:
        """Keep the answer, if the claim is still held."""
        key_id, sealed_key = wrapped
        values = {"status": status, "body": body, "key_id": key_id, "wrapped": sealed_key}
        self._connection.execute(idempotency_keys.update().where(*_held_as(claim)).values(**values))

    def release(self, claim: Claim) -> None:
        """Give a key free, if the claim is still held: nothing was done under it."""
        self._connection.execute(idempotency_keys.delete().where(*_held_as(claim)))

    def empty(self) -> None:
        """Throw away what every kept answer said; that each key was answered stays known."""
        said = {"body": None, "key_id": None, "wrapped": None}
        answered = idempotency_keys.c.status.is_not(None)
        self._connection.execute(idempotency_keys.update().where(answered).values(**said))

    def forget(self, before: datetime) -> None:
        """Drop the keys taken before a moment."""
        self._connection.execute(
            idempotency_keys.delete().where(idempotency_keys.c.begun_at < before)
        )


def _is(caller: str, key: str) -> tuple[Any, Any]:
    return idempotency_keys.c.caller == caller, idempotency_keys.c.key == key


def _held_as(claim: Claim) -> tuple[Any, ...]:
    return (*_is(claim.caller, claim.key), idempotency_keys.c.fence == claim.fence)


def _kept(row: Row[Any]) -> KeptRequest:
    return KeptRequest(
        digest=row.digest,
        begun_at=row.begun_at,
        status=row.status,
        body=bytes(row.body or b""),
        key_id=row.key_id or "",
        wrapped=bytes(row.wrapped or b""),
        acted=row.acted,
    )
