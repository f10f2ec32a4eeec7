"""Requests that brought a key of their own, and how they were first answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, Row, String, Table, select

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


class IdempotencyBook:
    """The keys, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def begin(self, caller: str, key: str, digest: str, now: datetime) -> bool:
        """Take a key; False if it is taken. One atomic insert."""
        values = {"caller": caller, "key": key, "digest": digest, "begun_at": now}
        return insert_once(self._connection, idempotency_keys, values)

    def find(self, caller: str, key: str) -> KeptRequest | None:
        """The request that took a key; its row is held until this transaction ends."""
        query = select(idempotency_keys).where(*_is(caller, key)).with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _kept(row)

    def answered(
        self, caller: str, key: str, status: int, body: bytes, wrapped: tuple[str, bytes]
    ) -> None:
        """Keep the answer."""
        key_id, sealed_key = wrapped
        values = {"status": status, "body": body, "key_id": key_id, "wrapped": sealed_key}
        self._connection.execute(
            idempotency_keys.update().where(*_is(caller, key)).values(**values)
        )

    def release(self, caller: str, key: str) -> None:
        """Give a key free: nothing was done under it."""
        self._connection.execute(idempotency_keys.delete().where(*_is(caller, key)))

    def forget(self, before: datetime) -> None:
        """Drop the keys taken before a moment."""
        self._connection.execute(
            idempotency_keys.delete().where(idempotency_keys.c.begun_at < before)
        )


def _is(caller: str, key: str) -> tuple[Any, Any]:
    return idempotency_keys.c.caller == caller, idempotency_keys.c.key == key


def _kept(row: Row[Any]) -> KeptRequest:
    return KeptRequest(
        digest=row.digest,
        begun_at=row.begun_at,
        status=row.status,
        body=bytes(row.body or b""),
        key_id=row.key_id or "",
        wrapped=bytes(row.wrapped or b""),
    )
