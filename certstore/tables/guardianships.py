"""Who may act for which child: what was proven when a guardian applied, and by what.

A row proves nothing by itself any more: whether the proof still stands is asked of the
register each time (certstore/guardianship.py).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
    select,
)

from certstore.certificates import Holder
from certstore.tables.metadata import Moment, insert_once, metadata
from certstore.tables.people import people

guardianships = Table(
    "guardianships",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guardian_id", ForeignKey("people.id"), nullable=False),
    Column("child_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("proof_ref", String(24), nullable=False),  # the record on file; empty: an officer saw it
    Column("approved_by", String(60), nullable=False),  # the officer; empty: the record proves it
    Column("since", Moment, nullable=False),
    UniqueConstraint("guardian_id", "child_id", "proof_ref"),
)


@dataclass(frozen=True, slots=True)
class Guardianship:
    """A guardianship as it was proven: by a record on file, or to an officer."""

    guardian: Holder
    child: Holder
    child_id: int
    proof_ref: str
    approved_by: str


class GuardianshipBook:
    """The guardianships, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def prove(
        self, guardian_id: int, child_id: int, at: datetime, *, record: str = "", officer: str = ""
    ) -> None:
        """Remember what a guardianship was proven by; the same proof again changes nothing."""
        values = {
            "guardian_id": guardian_id,
            "child_id": child_id,
            "proof_ref": record,
            "approved_by": officer,
            "since": at,
        }
        insert_once(self._connection, guardianships, values)

    def of_guardian(self, guardian_id: int) -> list[Guardianship]:
        """Every child this person was once proven to be the guardian of, first proven first."""
        child, guardian = people.alias("child"), people.alias("guardian")
        query = (
            select(
                guardianships,
                *(child.c[name].label(f"child_{name}") for name in _HOLDER),
                *(guardian.c[name].label(f"guardian_{name}") for name in _HOLDER),
            )
            .join(child, child.c.id == guardianships.c.child_id)
            .join(guardian, guardian.c.id == guardianships.c.guardian_id)
            .where(guardianships.c.guardian_id == guardian_id)
            .order_by(guardianships.c.id)
        )
        return [
            Guardianship(
                guardian=Holder(row.guardian_name, row.guardian_id_type, row.guardian_id_number),
                child=Holder(row.child_name, row.child_id_type, row.child_id_number),
                child_id=row.child_id,
                proof_ref=row.proof_ref,
                approved_by=row.approved_by,
            )
            for row in self._connection.execute(query)
        ]

    def guardians_of(self, child_id: int) -> list[tuple[int, Holder]]:
        """Everybody who was once proven to be this child's guardian, with their rows."""
        query = (
            select(people)
            .join(guardianships, guardianships.c.guardian_id == people.c.id)
            .where(guardianships.c.child_id == child_id)
            .distinct()
            .order_by(people.c.id)
        )
        return [
            (row.id, Holder(row.name, row.id_type, row.id_number))
            for row in self._connection.execute(query)
        ]

    def erase(self, person_id: int) -> None:
        """Erase a person's guardianships, of either side."""
        table = guardianships.c
        either = (table.guardian_id == person_id) | (table.child_id == person_id)
        self._connection.execute(guardianships.delete().where(either))


_HOLDER = ("name", "id_type", "id_number")
