"""Codes for one use of one certificate (用证码), kept as digests, and wrong ones counted.

Promises: a code is used once, however many ask at the same moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    func,
    select,
)

from certstore.errors import ConflictError
from certstore.tables.metadata import Json, Moment, metadata

use_codes = Table(
    "use_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),  # the holder
    Column("made_by", ForeignKey("people.id"), nullable=False),  # the holder, or whom they entrust
    Column("certificate_ref", String(24), nullable=False),
    Column("entrustment_ref", String(24)),
    Column("matter", String(60), nullable=False),
    Column("fields", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", String(60), nullable=False),  # the client; empty: nobody yet
    Column("ended_at", Moment),
)
wrong_use_codes = Table(
    "wrong_use_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client", String(60), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_wrong_use_codes_client", "client", "at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCode:
    """A code without its characters: what it opens, until when, and what became of it."""

    ref: str
    digest: str
    person_id: int
    made_by: int
    certificate_ref: str
    entrustment_ref: str | None = None
    matter: str
    fields: Sequence[str]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str = ""
    ended_at: datetime | None = None


class UseCodeBook:
    """The codes, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, code: UseCode) -> None:
        """Keep a new code."""
        self._connection.execute(
            use_codes.insert().values(
                ref=code.ref,
                digest=code.digest,
                person_id=code.person_id,
                made_by=code.made_by,
                certificate_ref=code.certificate_ref,
                entrustment_ref=code.entrustment_ref,
                matter=code.matter,
                fields=list(code.fields),
                made_at=code.made_at,
                expires_at=code.expires_at,
                used_by="",
            )
        )

    def find(self, digest: str) -> UseCode | None:
        """The code with this digest."""
        row = self._connection.execute(
            select(use_codes).where(use_codes.c.digest == digest)
        ).one_or_none()
        return None if row is None else _code(row)

    def use(self, code: UseCode, client: str, at: datetime) -> bool:
        """Use a code up; False if it was used, ended or has expired. One atomic update."""
        statement = (
            use_codes.update()
            .where(use_codes.c.digest == code.digest)
            .where(use_codes.c.used_at.is_(None), use_codes.c.ended_at.is_(None))
            .where(use_codes.c.expires_at > at)
            .values(used_at=at, used_by=client)
        )
        return self._connection.execute(statement).rowcount == 1

    def end(self, ref: str, person_id: int, at: datetime) -> None:
        """The holder, or who made it, ends a code; ConflictError if it is over already."""
        theirs = (use_codes.c.person_id == person_id) | (use_codes.c.made_by == person_id)
        statement = (
            use_codes.update()
            .where(use_codes.c.ref == ref, theirs)
            .where(use_codes.c.used_at.is_(None), use_codes.c.ended_at.is_(None))
            .values(ended_at=at)
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError("there is no such code that could still be used", where=ref)

    def of(self, person_id: int, limit: int = 100) -> list[UseCode]:
        """The codes for somebody's certificates or made by them, latest first."""
        theirs = (use_codes.c.person_id == person_id) | (use_codes.c.made_by == person_id)
        query = select(use_codes).where(theirs).order_by(use_codes.c.id.desc()).limit(limit)
        return [_code(row) for row in self._connection.execute(query)]

    def open_for(self, certificate_ref: str, at: datetime) -> int:
        """How many codes of a certificate could be used at this moment."""
        query = select(func.count()).where(
            use_codes.c.certificate_ref == certificate_ref,
            use_codes.c.used_at.is_(None),
            use_codes.c.ended_at.is_(None),
            use_codes.c.expires_at > at,
        )
        return int(self._connection.execute(query).scalar_one())

    def erase(self, person_id: int) -> None:
        """Erase the codes for a person's certificates; one they made for others is the holder's."""
        self._connection.execute(use_codes.delete().where(use_codes.c.person_id == person_id))
        made = use_codes.update().where(use_codes.c.made_by == person_id)
        self._connection.execute(made.values(made_by=use_codes.c.person_id))

    def missed(self, client: str, at: datetime) -> None:
        """Count a wrong code that a client sent."""
        self._connection.execute(wrong_use_codes.insert().values(client=client, at=at))

    def misses(self, client: str, since: datetime) -> int:
        """How many wrong codes a client sent since a moment."""
        query = select(func.count()).where(
            wrong_use_codes.c.client == client, wrong_use_codes.c.at >= since
        )
        return int(self._connection.execute(query).scalar_one())

    def forget_misses(self, before: datetime) -> None:
        """Forget wrong codes from before a moment."""
        self._connection.execute(wrong_use_codes.delete().where(wrong_use_codes.c.at < before))


def _code(row: Row[Any]) -> UseCode:
    return UseCode(
        ref=row.ref,
        digest=row.digest,
        person_id=row.person_id,
        made_by=row.made_by,
        certificate_ref=row.certificate_ref,
        entrustment_ref=row.entrustment_ref,
        matter=row.matter,
        fields=tuple(row.fields),
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        used_by=row.used_by,
        ended_at=row.ended_at,
    )
