"""Links to documents: good once, for a minute, for the client they were made for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, Row, String, Table, select

from certstore.tables.metadata import Moment, metadata

document_links = Table(
    "document_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # the token itself is kept nowhere
    Column("client_id", String(60), nullable=False),
    Column("purpose_id", String(60), nullable=False),
    Column("certificate_ref", String(24), nullable=False),
    Column("usage_ref", String(24), nullable=False),  # the pull that it is a part of
    Column("sha256", String(64), nullable=False),
    Column("media_type", String(60), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary),  # a copy made for it, enciphered; none: the object store has it
    Column("expires_at", Moment, nullable=False, index=True),
    Column("used_at", Moment),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink:
    """One link; `sealed` opens with a key that is made of the token and of nothing else."""

    token_hash: str
    client_id: str
    purpose_id: str
    certificate_ref: str
    usage_ref: str
    sha256: str
    media_type: str
    size: int
    sealed: bytes | None
    expires_at: datetime
    used_at: datetime | None = None


class DocumentBook:
    """The links, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, link: DocumentLink) -> None:
        """Keep a link."""
        values = {name: getattr(link, name) for name in DocumentLink.__dataclass_fields__}
        self._connection.execute(document_links.insert().values(**values))

    def find(self, token_hash: str) -> DocumentLink | None:
        """The link of this token."""
        query = select(document_links).where(document_links.c.token_hash == token_hash)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _link(row)

    def use(self, token_hash: str, at: datetime) -> bool:
        """Use a link up, and drop what was kept for it; False if somebody was first."""
        table = document_links.c
        statement = (
            document_links.update()
            .where(table.token_hash == token_hash, table.used_at.is_(None))
            .values(used_at=at, sealed=None)
        )
        return self._connection.execute(statement).rowcount == 1

    def erase(self, certificate_refs: Sequence[str]) -> None:
        """Drop the links to documents of these certificates, with what was kept for them."""
        theirs = document_links.c.certificate_ref.in_(certificate_refs)
        self._connection.execute(document_links.delete().where(theirs))

    def forget(self, before: datetime) -> int:
        """Drop the links that ended before a moment, how many."""
        statement = document_links.delete().where(document_links.c.expires_at < before)
        return self._connection.execute(statement).rowcount


def _link(row: Row[Any]) -> DocumentLink:
    return DocumentLink(
        token_hash=row.token_hash,
        client_id=row.client_id,
        purpose_id=row.purpose_id,
        certificate_ref=row.certificate_ref,
        usage_ref=row.usage_ref,
        sha256=row.sha256,
        media_type=row.media_type,
        size=row.size,
        sealed=None if row.sealed is None else bytes(row.sealed),
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
