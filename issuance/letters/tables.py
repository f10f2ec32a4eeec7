"""Which application leans on which letter, and which letters wait for their certificate.

Promises: an application signs at most one letter of its own, which is issued once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)

from certstore.errors import NotFoundError
from certstore.tables.certificate_rows import certificates
from certstore.tables.metadata import Moment, insert_once, metadata

LETTER = "commitment_letter"

letter_uses = Table(
    "letter_uses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_ref", String(24), nullable=False),
    Column("letter_ref", String(24), nullable=False, index=True),
    Column("signed_here", Boolean, nullable=False),  # else it was on file already
    Column("used_at", Moment, nullable=False),
    Column("issued_at", Moment),  # of the one signed here
    Column("tried_at", Moment),
    Column("trouble", Text, nullable=False),
    UniqueConstraint("application_ref", "signed_here"),
)


@dataclass(frozen=True, slots=True)
class Use:
    """An application that leans on a letter; `letter_ref` is given before the letter is sealed."""

    application_ref: str
    letter_ref: str
    signed_here: bool
    used_at: datetime
    issued_at: datetime | None
    tried_at: datetime | None
    trouble: str


class LetterBook:
    """Letters and their uses, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- uses --------------------------------------------------------------------------------

    def use(
        self, application_ref: str, letter_ref: str, at: datetime, *, signed_here: bool
    ) -> None:
        """Record that an application leans on a letter."""
        values = {
            "application_ref": application_ref,
            "letter_ref": letter_ref,
            "signed_here": signed_here,
            "used_at": at,
            "trouble": "",
        }
        insert_once(self._connection, letter_uses, values)

    def signed_for(self, application_ref: str, *, lock: bool = False) -> Use | None:
        """The letter signed for an application; locked, nobody else issues it meanwhile."""
        query = select(letter_uses).where(
            letter_uses.c.application_ref == application_ref, letter_uses.c.signed_here
        )
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return None if row is None else _use(row)

    def uses_of(self, letter_ref: str) -> list[Use]:
        """Every application that leans on this letter, in the order they came."""
        return self._uses(letter_uses.c.letter_ref == letter_ref)

    def leaned_on(self, application_ref: str) -> list[str]:
        """The letters an application leans on that are certificates, its own first."""
        query = (
            select(letter_uses.c.letter_ref)
            .join(certificates, certificates.c.ref == letter_uses.c.letter_ref)
            .where(
                letter_uses.c.application_ref == application_ref,
                certificates.c.type_code == LETTER,
                certificates.c.state == "sealed",
            )
            .order_by(letter_uses.c.signed_here.desc())
        )
        return list(self._connection.execute(query).scalars())

    def not_issued(self, not_tried_since: datetime, limit: int = 100) -> list[Use]:
        """Letters that wait for their certificate, but those tried since that moment."""
        tried = letter_uses.c.tried_at
        return self._uses(
            letter_uses.c.signed_here
            & letter_uses.c.issued_at.is_(None)
            & (tried.is_(None) | (tried < not_tried_since))
        )[:limit]

    def troubled(self) -> list[Use]:
        """Letters whose certificate could not be made when it was tried."""
        return self._uses(letter_uses.c.issued_at.is_(None) & letter_uses.c.tried_at.is_not(None))

    def issued(self, application_ref: str, at: datetime) -> None:
        """Record that the letter signed for this application was issued."""
        self._change_use(application_ref, issued_at=at, trouble="")

    def failed(self, application_ref: str, at: datetime, trouble: str) -> None:
        """Record that it could not be issued."""
        self._change_use(application_ref, tried_at=at, trouble=trouble)

    # -- letters in the register -------------------------------------------------------------

    def numbered(self, number: str) -> str | None:
        """The reference of the sealed letter with this number."""
        query = select(certificates.c.ref).where(
            certificates.c.type_code == LETTER,
            certificates.c.number == number,
            certificates.c.state == "sealed",
        )
        found = self._connection.execute(query).scalars().first()
        return None if found is None else str(found)

    def status_locked(self, letter_ref: str) -> str:
        """The letter's status, and nobody changes it before this transaction ends."""
        query = select(certificates.c.status).where(certificates.c.ref == letter_ref)
        found = self._connection.execute(query.with_for_update()).scalar_one_or_none()
        if found is None:
            raise NotFoundError("there is no such letter", where=letter_ref)
        return str(found)

    # -- rows --------------------------------------------------------------------------------

    def _uses(self, where: ColumnElement[bool]) -> list[Use]:
        query = select(letter_uses).where(where).order_by(letter_uses.c.id)
        return [_use(row) for row in self._connection.execute(query)]

    def _change_use(self, application_ref: str, **values: Any) -> None:  # noqa: ANN401 - columns
        self._connection.execute(
            letter_uses.update()
            .where(letter_uses.c.application_ref == application_ref, letter_uses.c.signed_here)
            .values(**values)
        )


def _use(row: Row[Any]) -> Use:
    return Use(
        row.application_ref,
        row.letter_ref,
        row.signed_here,
        row.used_at,
        row.issued_at,
        row.tried_at,
        row.trouble,
    )
