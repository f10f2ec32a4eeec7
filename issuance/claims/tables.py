"""Which officer holds which case.

Promises: a case has one claim at most, and it changes hands by compare-and-set: of two officers
at once one gets it, and the other is told who.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, Connection, String, Table, func, or_, select

from certstore.callers import Officer
from certstore.tables.metadata import Moment, insert_once, metadata
from issuance.application import WITH_OFFICERS
from issuance.claims.claim import Claim
from issuance.tables import applications

case_claims = Table(
    "case_claims",
    metadata,
    Column("application_ref", String(24), primary_key=True),
    Column("officer", String(60), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("since", Moment, nullable=False),
    Column("acted_at", Moment, nullable=False, index=True),
)
Taken = Literal["taken", "renewed"]


class ClaimBook:
    """Claims, in one transaction."""

    def __init__(self, connection: Connection, life: timedelta) -> None:
        """Work inside this transaction; a claim nobody acts on ends after `life`."""
        self._connection = connection
        self._life = life

    def take(self, ref: str, officer: Officer, now: datetime) -> Taken | None:
        """Claim what is free or lapsed, or renew one's own; None if another officer holds it."""
        values = {"officer": officer.number, "name": officer.name, "since": now, "acted_at": now}
        if insert_once(self._connection, case_claims, {"application_ref": ref, **values}):
            return "taken"
        if self._change(ref, [self.alive(now), is_of(officer.number)], acted_at=now):
            return "renewed"
        return "taken" if self._change(ref, [~self.alive(now)], **values) else None

    def hand_over(self, ref: str, officer: Officer, now: datetime) -> None:
        """Give a case to this officer, whoever holds it."""
        values = {"officer": officer.number, "name": officer.name, "since": now, "acted_at": now}
        if not insert_once(self._connection, case_claims, {"application_ref": ref, **values}):
            self._change(ref, [], **values)

    def release(self, ref: str, officer: Officer) -> bool:
        """Let go of what one holds; False if one does not hold it."""
        where = (case_claims.c.application_ref == ref, is_of(officer.number))
        return self._connection.execute(case_claims.delete().where(*where)).rowcount == 1

    def end(self, ref: str) -> None:
        """End the claim on a case that was decided or proposed."""
        self._connection.execute(case_claims.delete().where(case_claims.c.application_ref == ref))

    def of(self, ref: str, now: datetime) -> Claim | None:
        """Who holds a case now."""
        return self.among([ref], now).get(ref)

    def among(self, refs: Iterable[str], now: datetime) -> dict[str, Claim]:
        """Who holds which of these cases now."""
        where = (case_claims.c.application_ref.in_(list(refs)), self.alive(now))
        rows = self._connection.execute(select(case_claims).where(*where))
        return {row.application_ref: _claim(row) for row in rows}

    def forget(self, now: datetime) -> int:
        """Drop the claims that have lapsed, or whose case was decided; how many."""
        waiting = select(applications.c.ref).where(applications.c.state.in_(WITH_OFFICERS))
        over = case_claims.c.application_ref.not_in(waiting)
        statement = case_claims.delete().where(or_(~self.alive(now), over))
        return self._connection.execute(statement).rowcount

    def alive(self, now: datetime) -> ColumnElement[bool]:
        """Whether the claim of this row still holds."""
        return alive_since(now - self._life)

    def _change(self, ref: str, only_if: list[ColumnElement[bool]], **values: Any) -> bool:  # noqa: ANN401 - columns
        statement = case_claims.update().where(case_claims.c.application_ref == ref, *only_if)
        return self._connection.execute(statement.values(**values)).rowcount == 1


def alive_since(moment: datetime) -> ColumnElement[bool]:
    """Whether somebody acted on the claim of this row after that moment."""
    return case_claims.c.acted_at > moment


def is_of(number: str) -> ColumnElement[bool]:
    """Whether the claim of this row is this officer's, however the number is written."""
    return func.lower(case_claims.c.officer) == number.lower()


def _claim(row: Any) -> Claim:  # noqa: ANN401 - a row of the table
    return Claim(row.application_ref, row.officer, row.name, row.since, row.acted_at)
