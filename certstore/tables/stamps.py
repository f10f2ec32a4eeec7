"""Time-stamps put over documents: which stand, until when they hold, and what is due when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    String,
    Table,
    func,
    insert,
    literal,
    null,
    select,
)

from certstore.certificates import File
from certstore.tables.certificate_rows import certificates, file_json
from certstore.tables.metadata import Moment, insert_once, metadata

ISSUED: Final = "issued_document"  # the role of the file as it was issued, once it is stamped
DOCUMENT: Final = "document"  # the role of its newest level
_ROW: Final = 1
_SETTLED: Final = timedelta(hours=1)  # a number given out before this is committed by now

stamped_documents = Table(
    "stamped_documents",
    metadata,
    Column("certificate_ref", String(24), primary_key=True),
    Column("stamps", Integer, nullable=False, default=0),
    Column("stamped_at", Moment),  # by the authority's word
    Column("holds_until", Moment),
    Column("due_at", Moment, index=True),  # none: never, for the reason
    Column("reason", String(200)),  # why the last attempt led to nothing
)
stamping = Table(
    "stamping",
    metadata,
    Column("id", Integer, primary_key=True),  # one row
    Column("entered_up_to", Integer, nullable=False),  # certificates up to this row are entered
)


@dataclass(frozen=True, slots=True)
class DueStamp:
    """A certificate whose document is to be stamped, for the first time or anew."""

    ref: str
    stamps: int
    holds_until: datetime | None


@dataclass(frozen=True, slots=True)
class StampFigures:
    """How many documents are stamped, wait for a stamp, or cannot have one."""

    stamped: int
    due: int
    never: int
    holds_least_until: datetime | None
    reason: str  # of an attempt that led to nothing; empty where none did


class StampBook:
    """Stamps, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- entering --------------------------------------------------------------------------

    def enter(self, now: datetime, limit: int) -> int:
        """Enter certificates sealed here that are not entered yet, due now; how many were.

        Also those whose seal is still awaited. Only rows after the mark are looked at; the mark
        stays behind what may not be committed yet.
        """
        mark = self._mark()
        chosen = (
            select(certificates.c.ref, literal(0), literal(now, Moment))
            .where(certificates.c.id > mark, *_MISSING)
            .order_by(certificates.c.id)
            .limit(limit)
        )
        columns = ("certificate_ref", "stamps", "due_at")
        statement = insert(stamped_documents).from_select(columns, chosen)
        entered = self._connection.execute(
            statement.returning(stamped_documents.c.certificate_ref)
        ).all()
        self._move_mark(mark, now)
        return len(entered)

    def _mark(self) -> int:
        insert_once(self._connection, stamping, {"id": _ROW, "entered_up_to": 0})
        # Held until the commit: two that enter at once would enter the same.
        query = select(stamping.c.entered_up_to).with_for_update()
        return int(self._connection.execute(query).scalar_one())

    def _move_mark(self, mark: int, now: datetime) -> None:
        made = func.coalesce(certificates.c.reserved_at, certificates.c.status_changed_at)
        later = certificates.c.id > mark
        young = select(func.min(certificates.c.id)).where(later, made > now - _SETTLED)
        missing = select(func.min(certificates.c.id)).where(later, *_MISSING)
        last = select(func.max(certificates.c.id))
        first_young, first_missing, newest = (
            self._connection.execute(query).scalar_one() for query in (young, missing, last)
        )
        ends = [at - 1 for at in (first_young, first_missing) if at is not None]
        reached = min([*ends, newest or 0])
        if reached > mark:
            self._connection.execute(stamping.update().values(entered_up_to=reached))

    # -- stamping --------------------------------------------------------------------------

    def claim(self, now: datetime, lease: timedelta) -> DueStamp | None:
        """Take the document due longest; nobody else is given it before the lease ends."""
        chosen = (
            select(stamped_documents.c.certificate_ref)
            .where(stamped_documents.c.due_at <= now)
            .order_by(stamped_documents.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        statement = (
            stamped_documents.update()
            .where(stamped_documents.c.certificate_ref.in_(chosen))
            .values(due_at=now + lease)
            .returning(
                stamped_documents.c.certificate_ref,
                stamped_documents.c.stamps,
                stamped_documents.c.holds_until,
            )
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else DueStamp(row.certificate_ref, row.stamps, row.holds_until)

    def put_off(self, ref: str, due_at: datetime | None, reason: str) -> None:
        """Let a document wait, for ever with None, and say why."""
        self._change(ref, {"due_at": due_at, "reason": reason[:200]})

    def stamped(self, due: DueStamp, at: datetime, holds_until: datetime, again: datetime) -> bool:
        """Keep that a document was stamped; False if somebody else stamped it meanwhile."""
        same = stamped_documents.c.stamps == due.stamps
        statement = (
            stamped_documents.update()
            .where(stamped_documents.c.certificate_ref == due.ref, same)
            .values(
                stamps=due.stamps + 1,
                stamped_at=at,
                holds_until=holds_until,
                due_at=again,
                reason=null(),
            )
        )
        return self._connection.execute(statement).rowcount == 1

    def put_over(self, ref: str, newest: File, instead_of: str) -> bool:
        """Make a file the certificate's document, in place of that with this digest.

        The file as it was issued keeps its entry, under a role of its own. False if the
        document is another by now.
        """
        row = select(certificates.c.files).where(certificates.c.ref == ref).with_for_update()
        files = self._connection.execute(row).scalar_one()
        kept = [dict(file) for file in files if file["role"] != DOCUMENT]
        old = next((file for file in files if file["role"] == DOCUMENT), None)
        if old is None or old["sha256"] != instead_of:
            return False
        if not any(file["role"] == ISSUED for file in kept):
            kept.append({**old, "role": ISSUED})
        statement = certificates.update().where(certificates.c.ref == ref)
        self._connection.execute(statement.values(files=[*kept, file_json(newest)]))
        return True

    # -- looking ---------------------------------------------------------------------------

    def figures(self, now: datetime) -> StampFigures:
        """What an operator wants to know."""
        row = stamped_documents.c
        query = select(
            func.count().filter(row.stamps > 0),
            func.count().filter(row.due_at <= now),
            func.count().filter(row.due_at.is_(None)),
            func.min(row.holds_until, type_=Moment),
            func.max(row.reason),
        )
        stamped, due, never, least, reason = self._connection.execute(query).one()
        return StampFigures(stamped, due, never, least, reason or "")

    def _change(self, ref: str, values: dict[str, object]) -> None:
        mine = stamped_documents.c.certificate_ref == ref
        self._connection.execute(stamped_documents.update().where(mine).values(**values))


_MISSING: Final = (
    certificates.c.status_list.is_not(None),  # sealed here, or about to be
    ~select(stamped_documents.c.certificate_ref)
    .where(stamped_documents.c.certificate_ref == certificates.c.ref)
    .exists(),
)
