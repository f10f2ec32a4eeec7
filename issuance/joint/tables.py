"""Joint submissions: who began one, and when; their applications name it, and what they follow.

Promises: nothing is deleted; what belongs to one stands in the rows of the applications.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, String, Table, select

from certstore.errors import NotFoundError
from certstore.tables.metadata import Moment, metadata
from issuance.application import APPLICATION, ENDED_STATES, OPEN_STATES, After, Application, State
from issuance.tables import ApplicationBook, applications

joint_applications = Table(
    "joint_applications",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("actor_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("begun_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class JointApplication:
    """One submission of several matters."""

    ref: str
    actor_id: int
    begun_at: datetime


class JointBook:
    """Joint submissions, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection
        self._applications = ApplicationBook(connection)

    def add(self, joint: JointApplication) -> None:
        """Keep a new one."""
        values = {"ref": joint.ref, "actor_id": joint.actor_id, "begun_at": joint.begun_at}
        self._connection.execute(joint_applications.insert().values(**values))

    def newest_of(self, actor_id: int) -> JointApplication | None:
        """The one this person began last, if any."""
        query = select(joint_applications).where(joint_applications.c.actor_id == actor_id)
        newest = query.order_by(joint_applications.c.begun_at.desc()).limit(1)
        row = self._connection.execute(newest).one_or_none()
        return None if row is None else JointApplication(row.ref, row.actor_id, row.begun_at)

    def open_of(self, actor_id: int) -> str | None:
        """The one that the latest open application of this person is part of."""
        a = applications.c
        where = (a.actor_id == actor_id, a.joint_ref.is_not(None), a.state.in_(OPEN_STATES))
        found = self._applications.found(*where, order=a.id)
        return found[-1].joint_ref if found else None

    def get(self, ref: str) -> JointApplication:
        """The one with this reference; NotFoundError if there is none."""
        query = select(joint_applications).where(joint_applications.c.ref == ref)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there is no such joint submission", where=ref)
        return JointApplication(row.ref, row.actor_id, row.begun_at)

    def join(self, ref: str, joint_ref: str, after: After | None) -> None:
        """Make an application part of a joint submission; say what it follows."""
        kind, after_ref = (after.kind, after.ref) if after else ("", None)
        self._connection.execute(
            applications.update()
            .where(applications.c.ref == ref)
            .values(joint_ref=joint_ref, after_kind=kind, after_ref=after_ref)
        )

    def joined(self, joint_ref: str | None) -> list[Application]:
        """The applications of a joint submission, in the order they were begun; none for None."""
        if joint_ref is None:
            return []
        a = applications.c
        return self._applications.found(a.joint_ref == joint_ref, order=a.id)

    def following(self, kind: str, ref: str) -> list[Application]:
        """What waits for this."""
        a = applications.c
        where = (a.after_ref == ref, a.after_kind == kind, a.state == State.WAITING)
        return self._applications.found(*where, order=a.id)

    def waiting_after(self, kind: str, after: str, limit: int) -> list[Application]:
        """What waits for predecessors of this kind, by reference."""
        a = applications.c
        where = (a.state == State.WAITING, a.after_kind == kind, a.ref > after)
        return self._applications.found(*where, order=a.ref, limit=limit)

    def to_go_on(self, after: str, limit: int) -> list[Application]:
        """What waits for an application that has ended, well or not; by reference."""
        a, before = applications.c, applications.alias("before")
        ended = select(before.c.ref).where(before.c.state.in_(ENDED_STATES))
        where = (a.state == State.WAITING, a.after_kind == APPLICATION, a.ref > after)
        return self._applications.found(*where, a.after_ref.in_(ended), order=a.ref, limit=limit)
