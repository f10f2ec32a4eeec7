"""Endorsements applied for in time: which were, and which are waited for past the permit's day.

Promises: an application is waited for once, however often the nightly job meets its permit; it is
found again as soon as it has ended.
"""

from datetime import date, datetime

from sqlalchemy import Column, Connection, String, Table, and_, or_, select

from certstore.certificates import Holder
from certstore.clock import local_date
from certstore.tables.metadata import Moment, insert_once, metadata
from certstore.tables.people import people
from issuance.application import ENDED_STATES, OPEN_STATES, Matter
from issuance.tables import applications

awaited_endorsements = Table(
    "awaited_endorsements",
    metadata,
    Column("application_ref", String(24), primary_key=True),
    Column("since", Moment, nullable=False),
)


class EndorsementBook:
    """Applications for endorsement as permits see them, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def applied_in_time(self, holder: Holder, last_day: date) -> tuple[str, datetime] | None:
        """The open application for somebody's endorsement that came on the last day or before.

        One made by a guardian counts before the guardianship is proven, too: a child's permit
        is not suspended while an officer looks at that.
        """
        person = select(people.c.id).where(
            people.c.id_type == holder.id_type, people.c.id_number == holder.id_number
        )
        own = and_(
            applications.c.actor_id == person.scalar_subquery(), applications.c.subject_key == ""
        )
        query = (
            select(applications.c.ref, applications.c.submitted_at)
            .where(
                applications.c.matter == Matter.ENDORSEMENT,
                applications.c.state.in_(OPEN_STATES),
                applications.c.submitted_at.is_not(None),
                or_(own, applications.c.subject_key == holder.id_number),
            )
            .order_by(applications.c.submitted_at)
        )
        rows = self._connection.execute(query)
        found = ((row.ref, row.submitted_at) for row in rows)
        return next(((ref, at) for ref, at in found if local_date(at) <= last_day), None)

    def wait(self, application_ref: str, since: datetime) -> None:
        """Wait for what becomes of this application, unless it is waited for already."""
        values = {"application_ref": application_ref, "since": since}
        insert_once(self._connection, awaited_endorsements, values)

    def decided(self, limit: int) -> list[str]:
        """Applications that were waited for and have ended, those waited for longest first."""
        query = (
            select(awaited_endorsements.c.application_ref)
            .join(applications, applications.c.ref == awaited_endorsements.c.application_ref)
            .where(applications.c.state.in_(ENDED_STATES))
            .order_by(awaited_endorsements.c.since, awaited_endorsements.c.application_ref)
        )
        return list(self._connection.execute(query.limit(limit)).scalars())

    def forget(self, application_ref: str) -> None:
        """Wait for it no longer."""
        mine = awaited_endorsements.c.application_ref == application_ref
        self._connection.execute(awaited_endorsements.delete().where(mine))
