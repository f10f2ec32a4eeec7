"""What was found of letters that are false, and the decisions this opens again.

Promises: a letter is found false once; every decision that leaned on it is listed once, and
decided once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
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
from certstore.tables.metadata import Moment, insert_once, metadata
from issuance.letters.tables import letter_uses

letter_findings = Table(
    "letter_findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("letter_ref", String(24), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("found_by", String(60), nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("closed_at", Moment),
)

reopened_decisions = Table(
    "reopened_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding_ref", String(24), nullable=False),
    Column("application_ref", String(24), nullable=False, index=True),
    Column("outcome", String(10), nullable=False),  # open | revoked | upheld
    Column("decided_by", String(60), nullable=False),
    Column("decided_at", Moment),
    Column("sentence", Text, nullable=False),
    UniqueConstraint("finding_ref", "application_ref"),
)

OPEN = "open"


@dataclass(frozen=True, slots=True)
class Finding:
    """That a letter is false: why, by which officer, when; closed once nothing is left open."""

    ref: str
    letter_ref: str
    reason: str
    found_by: str
    found_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reopened:
    """A decision that leaned on a false letter, and what became of it."""

    finding_ref: str
    application_ref: str
    outcome: str
    decided_by: str
    decided_at: datetime | None
    sentence: str


class FindingBook:
    """Findings, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- findings ----------------------------------------------------------------------------

    def add(self, finding: Finding) -> bool:
        """Record a finding; False if the letter was found false before."""
        values = {
            "ref": finding.ref,
            "letter_ref": finding.letter_ref,
            "reason": finding.reason,
            "found_by": finding.found_by,
            "found_at": finding.found_at,
        }
        return insert_once(self._connection, letter_findings, values)

    def get(self, ref: str) -> Finding:
        """The finding with this reference; NotFoundError if there is none."""
        found = self._findings(letter_findings.c.ref == ref)
        if not found:
            raise NotFoundError("there is no such finding", where=ref)
        return found[0]

    def of_letter(self, letter_ref: str) -> Finding | None:
        """What was found of this letter, if it was found false."""
        return next(iter(self._findings(letter_findings.c.letter_ref == letter_ref)), None)

    def of_application(self, application_ref: str) -> list[Finding]:
        """Findings about letters this application leans on."""
        letters = select(letter_uses.c.letter_ref).where(
            letter_uses.c.application_ref == application_ref
        )
        return self._findings(letter_findings.c.letter_ref.in_(letters))

    def open_ones(self) -> list[Finding]:
        """Findings with a decision still to be made, oldest first."""
        return self._findings(letter_findings.c.closed_at.is_(None))

    def close(self, ref: str, at: datetime) -> None:
        """Record that nothing of it is left open."""
        self._connection.execute(
            letter_findings.update().where(letter_findings.c.ref == ref).values(closed_at=at)
        )

    # -- decisions re-opened -----------------------------------------------------------------

    def reopen(self, finding_ref: str, application_refs: Iterable[str]) -> None:
        """List the decisions that a finding opens again."""
        for application_ref in dict.fromkeys(application_refs):
            values = {
                "finding_ref": finding_ref,
                "application_ref": application_ref,
                "outcome": OPEN,
                "decided_by": "",
                "sentence": "",
            }
            insert_once(self._connection, reopened_decisions, values)

    def reopened(self, finding_ref: str) -> list[Reopened]:
        """The decisions a finding opened again."""
        query = (
            select(reopened_decisions)
            .where(reopened_decisions.c.finding_ref == finding_ref)
            .order_by(reopened_decisions.c.id)
        )
        return [_reopened(row) for row in self._connection.execute(query)]

    def revoked_by(self, application_ref: str) -> Reopened | None:
        """The decision that revoked what this application was given, if one did."""
        columns = reopened_decisions.c
        query = (
            select(reopened_decisions)
            .where(columns.application_ref == application_ref, columns.outcome == "revoked")
            .order_by(columns.id.desc())
        )
        row = self._connection.execute(query).first()
        return None if row is None else _reopened(row)

    def decide(self, decided: Reopened) -> bool:
        """Record what an officer decided; False if it was decided before."""
        columns = reopened_decisions.c
        statement = (
            reopened_decisions.update()
            .where(
                columns.finding_ref == decided.finding_ref,
                columns.application_ref == decided.application_ref,
                columns.outcome == OPEN,
            )
            .values(
                outcome=decided.outcome,
                decided_by=decided.decided_by,
                decided_at=decided.decided_at,
                sentence=decided.sentence,
            )
        )
        return self._connection.execute(statement).rowcount == 1

    # -- rows --------------------------------------------------------------------------------

    def _findings(self, where: ColumnElement[bool]) -> list[Finding]:
        query = select(letter_findings).where(where).order_by(letter_findings.c.id)
        return [
            Finding(r.ref, r.letter_ref, r.reason, r.found_by, r.found_at, r.closed_at)
            for r in self._connection.execute(query)
        ]


def _reopened(row: Row[Any]) -> Reopened:
    return Reopened(
        row.finding_ref,
        row.application_ref,
        row.outcome,
        row.decided_by,
        row.decided_at,
        row.sentence,
    )
