"""Decisions that were proposed, and what a second officer made of them.

Promises: a case has one open proposal at most; it is answered once, by compare-and-set; nothing
is deleted.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, String, Table, Text, select

from certstore.tables.metadata import Json, Moment, insert_once, metadata
from issuance.four_eyes.proposal import Proposal, Standing

proposed_decisions = Table(
    "proposed_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("application_ref", String(24), nullable=False, index=True),
    Column("decision", String(10), nullable=False),
    Column("rule", String(40), nullable=False),
    Column("proposed_by", String(60), nullable=False),
    Column("proposed_name", String(100), nullable=False),
    Column("station", String(40), nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("judged", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("standing", String(10), nullable=False),
    Column("second_by", String(60), nullable=False),
    Column("second_at", Moment),
    Column("words", Text, nullable=False),
)
Index(
    "uq_proposed_decisions_open",
    proposed_decisions.c.application_ref,
    unique=True,
    sqlite_where=proposed_decisions.c.standing == Standing.OPEN,
    postgresql_where=proposed_decisions.c.standing == Standing.OPEN,
)


class ProposalBook:
    """Proposed decisions, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, proposal: Proposal) -> bool:
        """Keep a proposal; False if the case has an open one."""
        values = {name: getattr(proposal, name) for name in Proposal.__slots__ if name != "judged"}
        return insert_once(
            self._connection, proposed_decisions, {**values, "judged": dict(proposal.judged)}
        )

    def open_one(self, application_ref: str) -> Proposal | None:
        """What is proposed of a case and waits for the second officer."""
        return self.open_among([application_ref]).get(application_ref)

    def open_among(self, refs: Iterable[str]) -> dict[str, Proposal]:
        """What is proposed of which of these cases."""
        table = proposed_decisions.c
        where = (table.application_ref.in_(list(refs)), table.standing == Standing.OPEN)
        found = map(_proposal, self._connection.execute(select(proposed_decisions).where(*where)))
        return {proposal.application_ref: proposal for proposal in found}

    def of(self, application_ref: str) -> list[Proposal]:
        """Every proposal of a case, oldest first."""
        table = proposed_decisions.c
        query = select(proposed_decisions).where(table.application_ref == application_ref)
        return [_proposal(row) for row in self._connection.execute(query.order_by(table.id))]

    def answer(self, ref: str, standing: Standing, by: str, at: datetime, words: str = "") -> bool:
        """Confirm or send back an open proposal; False if it was answered before."""
        table = proposed_decisions
        statement = (
            table.update()
            .where(table.c.ref == ref, table.c.standing == Standing.OPEN)
            .values(standing=standing, second_by=by, second_at=at, words=words)
        )
        return self._connection.execute(statement).rowcount == 1


def _proposal(row: Any) -> Proposal:  # noqa: ANN401 - a row of the table
    values = {name: row._mapping[name] for name in Proposal.__slots__}  # noqa: SLF001 - SQLAlchemy's public name
    return Proposal(**{**values, "standing": Standing(row.standing)})
