"""Versions of matters that wait for two people, and those that were decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, String, Table, select

from certstore.tables.metadata import Json, Moment, insert_once, metadata

matter_proposals = Table(
    "matter_proposals",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("code", String(40), nullable=False),
    Column("version", String(20), nullable=False),
    Column("agency_uscc", String(18), nullable=False),
    Column("document", Json, nullable=False),  # as it was proposed; never changed
    Column("asked_by", String(80), nullable=False),
    Column("client", String(60)),  # which of the agency's services proposed it; none: an operator
    Column("asked_at", Moment, nullable=False),
    Column("first_by", String(80)),
    Column("first_at", Moment),
    Column("open_for", String(40), unique=True),  # the code while it waits: one at a time
    Column("closed_by", String(80)),
    Column("closed_at", Moment),
    Column("outcome", String(12)),  # approved | refused | sandbox
    Column("reason", String(1000), nullable=False),  # why it was refused
    Index("ix_matter_proposals_code", "code", "version"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A version of a matter as it was proposed, and how far it has come."""

    ref: str
    code: str
    version: str
    agency_uscc: str
    document: Mapping[str, Any]
    asked_by: str
    client: str | None
    asked_at: datetime
    first_by: str | None = None
    first_at: datetime | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    reason: str = ""

    @property
    def state(self) -> str:
        """proposed, reviewed (one of two has approved), active or refused."""
        if self.outcome is not None:
            return "refused" if self.outcome == "refused" else "active"
        return "proposed" if self.first_by is None else "reviewed"


class ProposalBook:
    """Proposed versions, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, proposal: Proposal) -> bool:
        """Let a version wait; False if another one of its matter waits."""
        values = {name: getattr(proposal, name) for name in Proposal.__slots__}
        waits = None if proposal.outcome else proposal.code
        kept = {**values, "document": dict(proposal.document), "open_for": waits}
        return insert_once(self._connection, matter_proposals, kept)

    def of_version(self, code: str, version: str) -> list[Proposal]:
        """Every proposal of a version, latest first."""
        c = matter_proposals.c
        query = select(matter_proposals).where(c.code == code, c.version == version)
        rows = self._connection.execute(query.order_by(c.asked_at.desc()))
        return [_proposal(row) for row in rows]

    def waiting(self) -> list[Proposal]:
        """Every version that waits, oldest first."""
        c = matter_proposals.c
        query = select(matter_proposals).where(c.open_for.is_not(None)).order_by(c.asked_at)
        return [_proposal(row) for row in self._connection.execute(query)]

    def decided(self, limit: int = 50) -> list[Proposal]:
        """Those that were decided, latest first."""
        c = matter_proposals.c
        query = select(matter_proposals).where(c.closed_at.is_not(None))
        rows = self._connection.execute(query.order_by(c.closed_at.desc()).limit(limit))
        return [_proposal(row) for row in rows]

    def get(self, ref: str, *, hold: bool = False) -> Proposal | None:
        """One proposal; with `hold`, its row held until the transaction ends."""
        query = select(matter_proposals).where(matter_proposals.c.ref == ref)
        row = self._connection.execute(query.with_for_update() if hold else query).one_or_none()
        return None if row is None else _proposal(row)

    def first(self, ref: str, who: str, at: datetime) -> bool:
        """Write down the first of two approvals; False if there is one already."""
        c = matter_proposals.c
        free = (c.ref == ref) & c.closed_at.is_(None) & c.first_by.is_(None)
        noted = matter_proposals.update().where(free).values(first_by=who, first_at=at)
        return self._connection.execute(noted.returning(c.ref)).one_or_none() is not None

    def close(self, ref: str, who: str, at: datetime, outcome: str, reason: str = "") -> bool:
        """Decide a proposal; False if it was decided before."""
        c = matter_proposals.c
        decided = matter_proposals.update().where(c.ref == ref, c.closed_at.is_(None))
        values = {"closed_by": who, "closed_at": at, "outcome": outcome, "reason": reason}
        done = self._connection.execute(decided.values(**values, open_for=None).returning(c.ref))
        return done.one_or_none() is not None


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(**{name: getattr(row, name) for name in Proposal.__slots__})
