"""Holds on certificates, and the status they add up to.

Promises: of each kind at most one hold of a certificate is open; whoever places or lifts one
holds the certificate's row, so that two at once each see what the other did.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    select,
    text,
)

from certstore.certificates import Status
from certstore.errors import ConflictError, NotFoundError
from certstore.holds.kinds import ENDED, Actor, Hold, HoldKind, Role
from certstore.tables.certificate_rows import certificates
from certstore.tables.metadata import Moment, insert_once, metadata

_OPEN = text("lifted_at IS NULL")
Days = tuple[date | None, date | None]

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("certificate_ref", ForeignKey("certificates.ref"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("placed_at", Moment, nullable=False),
    Column("placed_by", String(10), nullable=False),  # a Role
    Column("placed_number", String(40), nullable=False),  # of staff, or a credit code
    Column("reason", String(40), nullable=False),
    Column("lifted_at", Moment),
    Column("lifted_by", String(10)),
    Column("lifted_number", String(40)),
    Column("lifted_for", String(40)),
    Index(
        "uq_holds_open",
        "certificate_ref",
        "kind",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)

# Up to which day what is overdue was looked for: one row for each type of certificate.
overdue_days = Table(
    "overdue_days",
    metadata,
    Column("type_code", String(40), primary_key=True),
    Column("day", Date, nullable=False),  # what was last valid before it is held
)


class HoldBook:
    """The holds, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def lock(self, certificate_ref: str) -> Status:
        """Take a sealed certificate's row; its stored status. NotFoundError if there is none."""
        query = (
            select(certificates.c.status)
            .where(certificates.c.ref == certificate_ref, certificates.c.state == "sealed")
            .with_for_update()
        )
        found = self._connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFoundError("there is no such certificate", where=certificate_ref)
        return Status(found)

    def place(self, hold: Hold) -> bool:
        """Write a hold; False if one of its kind is open."""
        values = {
            "ref": hold.ref,
            "certificate_ref": hold.certificate_ref,
            "kind": hold.kind.value,
            "placed_at": hold.placed_at,
            "placed_by": hold.placed_by.role.value,
            "placed_number": hold.placed_by.number,
            "reason": hold.reason,
        }
        return insert_once(self._connection, holds, values)

    def lift(
        self, certificate_ref: str, kind: HoldKind, by: Actor, lifted_for: str, at: datetime
    ) -> Hold | None:
        """Lift the open hold of a kind; None if none is open."""
        statement = (
            holds.update()
            .where(
                holds.c.certificate_ref == certificate_ref,
                holds.c.kind == kind.value,
                holds.c.lifted_at.is_(None),
            )
            .values(
                lifted_at=at,
                lifted_by=by.role.value,
                lifted_number=by.number,
                lifted_for=lifted_for,
            )
            .returning(holds)
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else _hold(row)

    def write_status(self, certificate_ref: str, status: Status, at: datetime) -> None:
        """Keep the status that the holds add up to; ConflictError for what has ended."""
        statement = (
            certificates.update()
            .where(
                certificates.c.ref == certificate_ref,
                certificates.c.state == "sealed",
                certificates.c.status.not_in(ENDED),
            )
            .values(status=status, status_changed_at=at)
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError("the certificate has ended", where=certificate_ref)

    def open_of(self, certificate_ref: str) -> list[Hold]:
        """The open holds of a certificate, earliest first."""
        where = (holds.c.certificate_ref == certificate_ref) & holds.c.lifted_at.is_(None)
        return self._read(select(holds).where(where))

    def of(self, certificate_refs: Iterable[str]) -> list[Hold]:
        """Every hold there was on these certificates, earliest first."""
        return self._read(
            select(holds).where(holds.c.certificate_ref.in_(sorted(certificate_refs)))
        )

    def _read(self, query: Select[tuple[object, ...]]) -> list[Hold]:
        rows = self._connection.execute(query.order_by(holds.c.placed_at, holds.c.id))
        return [_hold(row) for row in rows]

    # -- what is overdue -------------------------------------------------------------------

    def looked_up_to(self, type_code: str) -> date | None:
        """What was last valid before this day is held already; None before the first look."""
        query = select(overdue_days.c.day).where(overdue_days.c.type_code == type_code)
        return self._connection.execute(query).scalar_one_or_none()

    def looked(self, type_code: str, day: date) -> None:
        """Take what was last valid before this day for held."""
        insert_once(self._connection, overdue_days, {"type_code": type_code, "day": day})
        mine = overdue_days.c.type_code == type_code
        self._connection.execute(overdue_days.update().where(mine).values(day=day))

    def past_their_day(self, type_code: str, days: Days, after: int, most: int) -> dict[int, str]:
        """Certificates of a type last valid within these days and not held for it, by row.

        Row after row from the one after `after` on, at most so many.
        """
        query = select(certificates.c.id, certificates.c.ref).where(
            *_in_force(type_code, days), ~_overdue().exists(), certificates.c.id > after
        )
        rows = self._connection.execute(query.order_by(certificates.c.id).limit(most))
        return {row.id: row.ref for row in rows}

    def held_too_early(self, type_code: str, today: date, most: int) -> list[str]:
        """Certificates of a type held as overdue whose last day has not passed."""
        query = select(certificates.c.ref).where(
            *_in_force(type_code, (today, None)), _overdue().exists()
        )
        rows = self._connection.execute(query.order_by(certificates.c.id).limit(most))
        return list(rows.scalars())


def _in_force(type_code: str, days: Days) -> list[ColumnElement[bool]]:
    """Sealed, not over, and last valid within these days (the second counts no more)."""
    first, end = days
    where = [
        certificates.c.type_code == type_code,
        certificates.c.state == "sealed",
        certificates.c.status.not_in(ENDED),
    ]
    if first is not None:
        where.append(certificates.c.valid_to >= first)
    if end is not None:
        where.append(certificates.c.valid_to < end)
    return where


def _overdue() -> Select[tuple[int]]:
    return select(holds.c.id).where(
        holds.c.certificate_ref == certificates.c.ref,
        holds.c.kind == HoldKind.OVERDUE.value,
        holds.c.lifted_at.is_(None),
    )


def _hold(row: Row[tuple[object, ...]]) -> Hold:
    return Hold(
        ref=row.ref,
        certificate_ref=row.certificate_ref,
        kind=HoldKind(row.kind),
        placed_at=row.placed_at,
        placed_by=Actor(Role(row.placed_by), row.placed_number),
        reason=row.reason,
        lifted_at=row.lifted_at,
        lifted_by=Actor(Role(row.lifted_by), row.lifted_number) if row.lifted_by else None,
        lifted_for=row.lifted_for or "",
    )
