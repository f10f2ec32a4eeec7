"""What the figures are counted from: applications, their last steps, accesses. Read only."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from certstore.tables.usage import more_scans, usage
from issuance.application import Matter, State
from issuance.history.tables import application_events
from issuance.refusals.reasons import Refusal
from issuance.tables import applications
from issuance.volumes.figures import Case

_SCANS = ("scan", "present")


class VolumeBook:
    """The counts, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def cases(self, since: datetime, until: datetime) -> Iterator[Case]:
        """What was submitted from one moment until another, one by one."""
        a, e = applications.c, application_events.c
        over = e.step.in_((State.ISSUED.value, State.DONE.value))
        issued = and_(e.application_ref == a.ref, over)
        query = (
            select(
                *(a.matter, a.state, a.submitted_at, a.decided_at, a.due_on),
                *(a.automatic, a.reason, e.at.label("issued_at")),
            )
            .select_from(applications.outerjoin(application_events, issued))
            .where(a.submitted_at >= since, a.submitted_at < until)
        )
        for row in self._connection.execute(query):
            refused = row.state == State.REFUSED
            yield Case(
                matter=Matter(row.matter),
                state=State(row.state),
                submitted_at=row.submitted_at,
                decided_at=row.decided_at,
                issued_at=row.issued_at,
                due_on=row.due_on,
                automatic=row.automatic,
                reasons=Refusal.kept(row.reason).codes if refused else (),
            )

    def decisions(self, since: datetime, until: datetime) -> Iterator[Mapping[str, Any]]:
        """What the rules said of what was submitted in that time, one by one."""
        a = applications.c
        query = select(a.decision).where(
            a.submitted_at >= since, a.submitted_at < until, a.decision.is_not(None)
        )
        for kept in self._connection.execute(query).scalars():
            yield kept["decision"]

    def pulls(self, since: datetime, until: datetime) -> dict[str, int]:
        """How often each agency pulled in that time, the most first."""
        agency = usage.c.record["agency"].as_string()
        query = (
            select(agency.label("agency"), func.count().label("n"))
            .where(usage.c.kind == "pull", usage.c.at >= since, usage.c.at < until)
            .group_by(agency)
            .order_by(func.count().desc(), agency)
        )
        return {row.agency: row.n for row in self._connection.execute(query) if row.agency}

    def scans(self, since: datetime, until: datetime) -> int:
        """How many codes were scanned on line in that time."""
        where = (usage.c.kind.in_(_SCANS), usage.c.at >= since, usage.c.at < until)
        query = (
            select(func.count(), func.coalesce(func.sum(more_scans.c.scans), 0))
            .select_from(usage.outerjoin(more_scans, more_scans.c.usage_ref == usage.c.ref))
            .where(*where)
        )
        once, more = self._connection.execute(query).one()
        return int(once + more)
