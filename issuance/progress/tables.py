"""Which applications a person has made: those that are listed, and the last of a kind."""

from sqlalchemy import Connection, or_, select

from issuance.application import OPEN_STATES, Application, Matter, State
from issuance.tables import ApplicationBook, applications

_AT_ONCE = applications.c.matter.in_([matter for matter in Matter if matter.done_at_once])
_REGISTRATIONS = [matter for matter in Matter if matter.is_registration]


class OwnCases:
    """The applications that are somebody's own, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._book = ApplicationBook(connection)

    def of(self, actor_id: int, limit: int = 50) -> list[Application]:
        """The applications a person has made, for themself and for children, newest first.

        Beyond the limit, what has ended is left out first. What is done at once is counted by
        itself, so that however much of it there is, it keeps no case out of the list.
        """
        a = applications.c
        listed = [
            a.id.in_(
                select(a.id)
                .where(a.actor_id == actor_id, kind)
                .order_by(a.state.in_(OPEN_STATES).desc(), a.id.desc())
                .limit(limit)
            )
            for kind in (~_AT_ONCE, _AT_ONCE)
        ]
        return self._book.found(or_(*listed), order=a.id)[::-1]

    def last_registered(self, actor_id: int, subject_key: str) -> Application | None:
        """What their registration, or the child's of this number, was issued for last."""
        a = applications.c
        where = (
            a.actor_id == actor_id,
            a.subject_key == subject_key,
            a.state == State.ISSUED,
            a.matter.in_(_REGISTRATIONS),
        )
        found = self._book.found(*where, order=a.id)
        return found[-1] if found else None
