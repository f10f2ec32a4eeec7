"""Entrustments: who may use whose certificate, for what, from and to which day.

Promises: nothing is deleted before the person is; what was ended stays ended.
"""

from collections.abc import Sequence
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
    Select,
    String,
    Table,
    null,
    select,
)

from certstore.certificates import Holder
from certstore.errors import ConflictError, NotFoundError
from certstore.tables.certificate_rows import certificates
from certstore.tables.metadata import Json, Moment, metadata
from certstore.tables.people import Person, people

entrustments = Table(
    "entrustments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("certificate_ref", String(24), nullable=False, index=True),
    Column("matter", String(60), nullable=False),  # what for, in the holder's words
    Column("from_day", Date, nullable=False),
    Column("to_day", Date, nullable=False),
    Column("agent_name", String(100), nullable=False),  # a person; empty: an organisation
    Column("agent_type", String(3), nullable=False),
    Column("agent_number", String(32), nullable=False),
    Column("purpose_id", String(60), nullable=False),  # an organisation's; empty: a person
    Column("agency", String(100), nullable=False),
    Column("agency_uscc", String(18), nullable=False),
    Column("fields", Json),  # the paths an organisation may be given; a person: none is named
    Column("made_at", Moment, nullable=False),
    Column("accepted_at", Moment),
    Column("ended_at", Moment),
    Column("ended_by", String(10), nullable=False),  # holder | agent
    Index("ix_entrustments_agent", "agent_type", "agent_number"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrustment:
    """One entrustment, to a person (`agent`) or for one purpose of an agency.

    `fields` are the paths that the agency may be given, as they stood when it was entrusted; None
    for a person, who chooses for each use what of the certificate is given.
    """

    ref: str
    person_id: int
    holder_name: str = ""
    certificate_ref: str
    type_code: str = ""
    matter: str
    from_day: date
    to_day: date
    agent: Holder | None = None
    purpose_id: str = ""
    agency: str = ""
    agency_uscc: str = ""
    fields: Sequence[str] | None = None
    made_at: datetime
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""


class EntrustmentBook:
    """The entrustments, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, made: Entrustment) -> None:
        """Keep an entrustment."""
        agent = made.agent or Holder("", "", "")
        self._connection.execute(
            entrustments.insert().values(
                ref=made.ref,
                person_id=made.person_id,
                certificate_ref=made.certificate_ref,
                matter=made.matter,
                from_day=made.from_day,
                to_day=made.to_day,
                agent_name=agent.name,
                agent_type=agent.id_type,
                agent_number=agent.id_number.upper(),
                purpose_id=made.purpose_id,
                agency=made.agency,
                agency_uscc=made.agency_uscc,
                fields=null() if made.fields is None else list(made.fields),
                made_at=made.made_at,
                accepted_at=made.accepted_at,
                ended_by="",
            )
        )

    def accept(self, ref: str, at: datetime) -> None:
        """The agent accepts; ConflictError if they did before, or it was ended."""
        waiting = entrustments.c.accepted_at.is_(None) & entrustments.c.ended_at.is_(None)
        statement = entrustments.update().where(entrustments.c.ref == ref, waiting)
        if self._connection.execute(statement.values(accepted_at=at)).rowcount != 1:
            raise ConflictError("this waits for no answer any more", where=ref)

    def end(self, ref: str, by: str, at: datetime) -> None:
        """End it for good; ConflictError if it was ended before."""
        statement = entrustments.update().where(
            entrustments.c.ref == ref, entrustments.c.ended_at.is_(None)
        )
        ended = statement.values(ended_at=at, ended_by=by)
        if self._connection.execute(ended).rowcount != 1:
            raise ConflictError("this was ended before", where=ref)

    def find(self, ref: str) -> Entrustment | None:
        """The entrustment with this reference, its row held until this transaction ends."""
        found = self._read(_query().where(entrustments.c.ref == ref))
        return found[0] if found else None

    def get(self, ref: str) -> Entrustment:
        """One entrustment; NotFoundError if there is none."""
        found = self.find(ref)
        if found is None:
            raise NotFoundError("there is no such entrustment", where=ref)
        return found

    def given_by(self, person_id: int, limit: int = 200) -> list[Entrustment]:
        """What one person entrusted to others, latest first."""
        query = _query().where(entrustments.c.person_id == person_id)
        return self._read(query.order_by(entrustments.c.id.desc()).limit(limit))

    def received_by(self, agent: Holder, limit: int = 200) -> list[Entrustment]:
        """What was entrusted to somebody, latest first."""
        query = _query().where(
            entrustments.c.agent_type == agent.id_type,
            entrustments.c.agent_number == agent.id_number.upper(),
        )
        return self._read(query.order_by(entrustments.c.id.desc()).limit(limit))

    def to_agent(self, certificate_ref: str, id_type: str, id_number: str) -> list[Entrustment]:
        """What was entrusted to a person of one certificate."""
        query = _query().where(
            entrustments.c.certificate_ref == certificate_ref,
            entrustments.c.agent_type == id_type,
            entrustments.c.agent_number == id_number.upper(),
        )
        return self._read(query)

    def erase(self, person: Person, at: datetime) -> None:
        """Erase what a person entrusted; what was entrusted to them has ended, to nobody named."""
        mine = entrustments.c.person_id == person.id
        self._connection.execute(entrustments.delete().where(mine))
        theirs = (entrustments.c.agent_type == person.holder.id_type) & (
            entrustments.c.agent_number == person.holder.id_number
        )
        ended = entrustments.c.ended_at.is_(None)
        self._connection.execute(
            entrustments.update().where(theirs, ended).values(ended_at=at, ended_by="agent")
        )
        nobody = {"agent_name": "", "agent_type": "", "agent_number": ""}
        self._connection.execute(entrustments.update().where(theirs).values(**nobody))

    def _read(self, query: Select[Any]) -> list[Entrustment]:
        return [_entrustment(row) for row in self._connection.execute(query)]


def _query() -> Select[Any]:
    return (
        select(entrustments, people.c.name.label("holder_name"), certificates.c.type_code)
        .join(people, people.c.id == entrustments.c.person_id)
        .join(certificates, certificates.c.ref == entrustments.c.certificate_ref)
    )


def _entrustment(row: Row[Any]) -> Entrustment:
    agent = Holder(row.agent_name, row.agent_type, row.agent_number) if row.agent_number else None
    return Entrustment(
        ref=row.ref,
        person_id=row.person_id,
        holder_name=row.holder_name,
        certificate_ref=row.certificate_ref,
        type_code=row.type_code,
        matter=row.matter,
        from_day=row.from_day,
        to_day=row.to_day,
        agent=agent,
        purpose_id=row.purpose_id,
        agency=row.agency,
        agency_uscc=row.agency_uscc,
        fields=None if row.fields is None else tuple(row.fields),
        made_at=row.made_at,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )
