"""Agencies' matters in all their versions, and the decisions that were made for services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    select,
)

from certstore.tables.metadata import Json, Moment, insert_once, metadata

matters = Table(
    "matters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False),
    Column("version", String(20), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("agency_uscc", String(18), nullable=False),
    Column("document", Json, nullable=False),  # as it was registered; never changed
    Column("registered_at", Moment, nullable=False),
    Column("registered_by", String(60), nullable=False),  # a client, or the store's operator
    # two_people | sandbox | earlier: registered before two people were needed
    Column("approval", String(12), nullable=False, server_default="earlier"),
    UniqueConstraint("code", "version"),
    UniqueConstraint("code", "effective_from"),
)
matter_owners = Table(
    "matter_owners",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("agency_uscc", String(18), nullable=False),
)
reuse_decisions = Table(
    "reuse_decisions",
    metadata,
    Column("decision_id", String(24), primary_key=True),
    Column("client", String(60), nullable=False),
    Column("purpose", String(60), nullable=False),
    Column("matter_code", String(60), nullable=False),
    Column("case_no", String(60), nullable=False),
    Column("person_id", ForeignKey("people.id"), index=True),  # none: nobody known here
    Column("guardian_id", ForeignKey("people.id"), index=True),  # whose records were looked at
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("snapshot", Json, nullable=False),  # what it can be judged again from; of nobody, empty
    Column("answer", Json, nullable=False),
    Index("ix_reuse_decisions_case", "case_no", "purpose"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredMatter:
    """One version of a matter, as it was registered."""

    code: str
    version: str
    effective_from: date
    agency_uscc: str
    document: Mapping[str, Any]
    registered_at: datetime
    registered_by: str
    approval: str = "earlier"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDecision:
    """A decision: for whom it was made, until when a pull may name it, and what it rests on."""

    decision_id: str
    client: str
    purpose: str
    matter_code: str
    case_no: str
    person_id: int | None
    guardian_id: int | None
    made_at: datetime
    expires_at: datetime
    snapshot: Mapping[str, Any]
    answer: Mapping[str, Any]


class MatterBook:
    """Matters and decisions, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def own(self, code: str, agency_uscc: str) -> str:
        """Whose matter this is: the agency that named it first. Its row is held until the end."""
        insert_once(self._connection, matter_owners, {"code": code, "agency_uscc": agency_uscc})
        query = select(matter_owners.c.agency_uscc).where(matter_owners.c.code == code)
        return str(self._connection.execute(query.with_for_update()).scalar_one())

    def add(self, matter: RegisteredMatter) -> bool:
        """Register a version; False if it, or another of the same first day, is there already."""
        values = {
            "code": matter.code,
            "version": matter.version,
            "effective_from": matter.effective_from,
            "agency_uscc": matter.agency_uscc,
            "document": dict(matter.document),
            "registered_at": matter.registered_at,
            "registered_by": matter.registered_by,
            "approval": matter.approval,
        }
        return insert_once(self._connection, matters, values)

    def versions(self, code: str) -> list[RegisteredMatter]:
        """Every version of a matter, by its first day."""
        query = select(matters).where(matters.c.code == code).order_by(matters.c.effective_from)
        return [_matter(row) for row in self._connection.execute(query)]

    def every(self) -> list[RegisteredMatter]:
        """Every version of every matter, by code and first day."""
        query = select(matters).order_by(matters.c.code, matters.c.effective_from)
        return [_matter(row) for row in self._connection.execute(query)]

    def keep(self, decision: KeptDecision) -> None:
        """Keep a decision."""
        values = {
            "decision_id": decision.decision_id,
            "client": decision.client,
            "purpose": decision.purpose,
            "matter_code": decision.matter_code,
            "case_no": decision.case_no,
            "person_id": decision.person_id,
            "guardian_id": decision.guardian_id,
            "made_at": decision.made_at,
            "expires_at": decision.expires_at,
            "snapshot": dict(decision.snapshot),
            "answer": dict(decision.answer),
        }
        self._connection.execute(reuse_decisions.insert(), values)

    def decision(self, decision_id: str) -> KeptDecision | None:
        """The decision of this identifier."""
        query = select(reuse_decisions).where(reuse_decisions.c.decision_id == decision_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _decision(row)

    def forget(self, person_id: int) -> None:
        """Erase what decisions hold about a person: what they rest on and what they said."""
        mine = (reuse_decisions.c.person_id == person_id) | (
            reuse_decisions.c.guardian_id == person_id
        )
        nobody: dict[str, Any] = {
            "person_id": None,
            "guardian_id": None,
            "snapshot": {},
            "answer": {},
        }
        self._connection.execute(reuse_decisions.update().where(mine).values(**nobody))


def _matter(row: Row[Any]) -> RegisteredMatter:
    return RegisteredMatter(
        code=row.code,
        version=row.version,
        effective_from=row.effective_from,
        agency_uscc=row.agency_uscc,
        document=row.document,
        registered_at=row.registered_at,
        registered_by=row.registered_by,
        approval=row.approval,
    )


def _decision(row: Row[Any]) -> KeptDecision:
    return KeptDecision(
        decision_id=row.decision_id,
        client=row.client,
        purpose=row.purpose,
        matter_code=row.matter_code,
        case_no=row.case_no,
        person_id=row.person_id,
        guardian_id=row.guardian_id,
        made_at=row.made_at,
        expires_at=row.expires_at,
        snapshot=row.snapshot,
        answer=row.answer,
    )
