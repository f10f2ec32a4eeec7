"""Every step an application took: when, who, what. Nothing is changed or deleted.

Promises: a step is recorded in the transaction of what it records.
"""

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Integer, String, Table, Text, select

from certstore.tables.metadata import Moment, metadata

HELD_UP = "held_up"  # an attempt to issue that failed
LOOKED_UP = "looked_up"  # somebody else's records were looked at for it
FACE_BEGUN = "face_begun"  # a face verification was begun
BEGUN_AGAIN = "begun_again"  # it goes on from a former one: the note is that one's reference
STILL_DOWN = "still_down"  # it was judged again, and its source was still down

application_events = Table(
    "application_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_ref", String(24), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("who", String(100), nullable=False),
    Column("step", String(40), nullable=False),
    Column("note", Text, nullable=False),
)


class History:
    """The steps, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def note(self, ref: str, at: datetime, who: str, step: str, note: str = "") -> None:
        """Record a step."""
        self._connection.execute(
            application_events.insert().values(
                application_ref=ref, at=at, who=who, step=step, note=note
            )
        )

    def former(self, ref: str) -> str | None:
        """The application that this one was begun again from last."""
        events = application_events.c
        query = (
            select(events.note)
            .where(events.application_ref == ref, events.step == BEGUN_AGAIN)
            .order_by(events.id.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar_one_or_none()

    def of(self, ref: str) -> list[tuple[datetime, str, str, str]]:
        """(when, who, step, note) of every step, oldest first."""
        query = (
            select(application_events)
            .where(application_events.c.application_ref == ref)
            .order_by(application_events.c.id)
        )
        return [(row.at, row.who, row.step, row.note) for row in self._connection.execute(query)]


def has_step(
    ref: ColumnElement[str], step: str, since: datetime | None = None
) -> ColumnElement[bool]:
    """Whether the application of this column took the step, ever or since that moment."""
    events = application_events.c
    query = select(events.id).where(events.application_ref == ref, events.step == step)
    return (query if since is None else query.where(events.at >= since)).exists()
