"""Verifications at the sandbox: whom it was told to look at, until the verification ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    delete,
    null,
    select,
    update,
)

from certstore.certificates import Holder
from certstore.tables.metadata import Json, Moment, metadata
from face_auth.challenge import StartRequest

sandbox_verifications = Table(
    "sandbox_verifications",
    metadata,
    Column("provider_txn", String(64), primary_key=True),
    Column("request", Json),  # forgotten when the verification ends
    Column("binding_key", LargeBinary(32)),
    Column("return_to", Text, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class SandboxVerification:
    """A verification at the sandbox; `request` is None once it has ended."""

    provider_txn: str
    return_to: str
    request: StartRequest | None


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
        account="",  # not the sandbox's business
        client_info="",
        matter=told["matter"],
        return_to=row.return_to,
        expires_at=row.expires_at,
    )
    return SandboxVerification(row.provider_txn, row.return_to, request)
