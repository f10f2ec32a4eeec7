"""Who was at a counter, and for which applications their card was compared.

Promises: a visit is never changed; an application is joined to one once.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Select, String, Table, select

from certstore.certificates import Holder
from certstore.errors import NotFoundError
from certstore.tables.metadata import Moment, insert_once, metadata
from certstore.tables.people import people
from issuance.counter.visit import IdentityDocument, Visit

counter_visits = Table(
    "counter_visits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("officer", String(60), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("station", String(100), nullable=False),
    Column("document", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_counter_visits_person", "person_id", "at"),
)
counter_checks = Table(
    "counter_checks",
    metadata,
    Column("application_ref", String(24), primary_key=True),
    Column("visit_ref", String(24), primary_key=True),
)


class VisitBook:
    """Visits, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, visit: Visit) -> None:
        """Keep that somebody is there."""
        self._connection.execute(
            counter_visits.insert().values(
                ref=visit.ref,
                person_id=visit.person_id,
                officer=visit.officer,
                officer_name=visit.officer_name,
                station=visit.station,
                document=visit.document,
                at=visit.at,
            )
        )

    def get(self, ref: str) -> Visit:
        """The visit with this reference; NotFoundError if there is none."""
        found = self._read(_query().where(counter_visits.c.ref == ref))
        if not found:
            raise NotFoundError("there is no such visit", where=ref)
        return found[0]

    def of_person(self, person_id: int, since: datetime) -> list[Visit]:
        """Who looked at this person's card since that moment, latest first."""
        visits = counter_visits.c
        query = _query().where(visits.person_id == person_id, visits.at >= since)
        return self._read(query.order_by(visits.id.desc()))

    def join(self, ref: str, application_ref: str) -> bool:
        """Let a visit stand for an application; False if it does already."""
        values = {"application_ref": application_ref, "visit_ref": ref}
        return insert_once(self._connection, counter_checks, values)

    def of_application(self, application_ref: str) -> list[Visit]:
        """The visits that stand for an application, latest first."""
        query = _query().join(counter_checks, counter_checks.c.visit_ref == counter_visits.c.ref)
        query = query.where(counter_checks.c.application_ref == application_ref)
        return self._read(query.order_by(counter_visits.c.id.desc()))

    def _read(self, query: Select[Any]) -> list[Visit]:
        return [_visit(row) for row in self._connection.execute(query)]


def _query() -> Select[Any]:
    return select(counter_visits, people.c.name, people.c.id_type, people.c.id_number).join(
        people, people.c.id == counter_visits.c.person_id
    )


def _visit(row: Any) -> Visit:  # noqa: ANN401 - a row of the joined query
    return Visit(
        ref=row.ref,
        person=Holder(row.name, row.id_type, row.id_number),
        person_id=row.person_id,
        officer=row.officer,
        officer_name=row.officer_name,
        station=row.station,
        document=IdentityDocument(row.document),
        at=row.at,
    )
