"""Disputes about records, every step they took, and which records they hold under dispute.

Promises: the same person disputes the same field of the same record once at a time; a dispute
moves by compare-and-set, so that two hands at once never both succeed; every move has its step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    select,
)

from certstore.errors import ConflictError, NotFoundError
from certstore.tables.certificate_rows import certificates
from certstore.tables.metadata import Moment, insert_once, metadata

disputes = Table(
    "disputes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("certificate_ref", String(24), nullable=False, index=True),
    Column("authority", String(18), nullable=False, index=True),
    Column("field", String(60), nullable=False),
    Column("open_key", String(120), unique=True),  # person, record, field; none, once closed
    Column("stands", Text, nullable=False),  # what the record said
    Column("right", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("source_objects", Boolean, nullable=False),  # its source had marked it before
    Column("state", String(12), nullable=False),
    Column("due", Date),
    Column("answer_due", Date, nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("told", Integer, nullable=False),  # how many clients were told of the correction
    Column("corrected_ref", String(24)),
)
dispute_steps = Table(
    "dispute_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dispute_ref", String(24), nullable=False, index=True),
    Column("state", String(12), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(80), nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """One dispute about one field; `type_code` and `record_id` are the record's."""

    ref: str
    person_id: int
    certificate_ref: str
    authority: str
    type_code: str = ""
    record_id: str = ""
    field: str
    stands: str
    right: str
    words: str
    source_objects: bool
    state: str
    due: date | None
    answer_due: date
    filed_at: datetime
    outcome: str = ""
    reason: str = ""
    told: int = 0
    corrected_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A state that was reached, when, and by whose hand (holder, clerk with number, house)."""

    state: str
    at: datetime
    by: str


class DisputeBook:
    """The disputes, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def file(self, dispute: Dispute) -> None:
        """Keep a new dispute; ConflictError while the same person disputes the same field."""
        values = {
            "ref": dispute.ref,
            "person_id": dispute.person_id,
            "certificate_ref": dispute.certificate_ref,
            "authority": dispute.authority,
            "field": dispute.field,
            "open_key": f"{dispute.person_id}:{dispute.certificate_ref}:{dispute.field}",
            "stands": dispute.stands,
            "right": dispute.right,
            "words": dispute.words,
            "source_objects": dispute.source_objects,
            "state": dispute.state,
            "due": dispute.due,
            "answer_due": dispute.answer_due,
            "filed_at": dispute.filed_at,
            "outcome": "",
            "reason": "",
            "told": 0,
        }
        if not insert_once(self._connection, disputes, values):
            raise ConflictError(
                "you have asked for this correction already",
                where="field",
                remedy="follow the one that is open",
            )
        self._step(dispute.ref, dispute.state, dispute.filed_at, "holder")

    def move(
        self, dispute: Dispute, state: str, at: datetime, by: str, **values: object
    ) -> Dispute:
        """Move on from the state it is in; ConflictError if somebody moved it meanwhile."""
        if state == "closed":
            values["open_key"] = None
        statement = (
            disputes.update()
            .where(disputes.c.ref == dispute.ref, disputes.c.state == dispute.state)
            .values(state=state, **values)
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError("somebody else has moved this dispute", where=dispute.ref)
        self._step(dispute.ref, state, at, by)
        return self.get(dispute.ref)

    def conclude(self, ref: str, told: int, corrected_ref: str | None) -> None:
        """Keep what a correction led to: how many were told, and which certificate is right."""
        values = {"told": told, "corrected_ref": corrected_ref}
        self._connection.execute(disputes.update().where(disputes.c.ref == ref).values(**values))

    def get(self, ref: str) -> Dispute:
        """One dispute; NotFoundError if there is none."""
        found = self._read(_query().where(disputes.c.ref == ref))
        if not found:
            raise NotFoundError("there is no such dispute", where=ref)
        return found[0]

    def of_person(self, person_id: int, limit: int = 1000) -> list[Dispute]:
        """What one person disputed, latest first."""
        query = _query().where(disputes.c.person_id == person_id)
        return self._read(query.order_by(disputes.c.id.desc()).limit(limit))

    def open_of(self, authority: str, limit: int = 200) -> list[Dispute]:
        """What an authority is to answer, by the day each is due."""
        mine = (disputes.c.authority == authority) & _OPEN
        return self._read(_query().where(mine).order_by(disputes.c.due, disputes.c.id).limit(limit))

    def overdue(self, today: date, limit: int = 200) -> list[Dispute]:
        """What nobody moved in time, the oldest first."""
        late = _OPEN & (disputes.c.due < today)
        return self._read(_query().where(late).order_by(disputes.c.due, disputes.c.id).limit(limit))

    def open_about(self, refs: Sequence[str]) -> list[Dispute]:
        """The open disputes about these certificates."""
        return self._read(_query().where(disputes.c.certificate_ref.in_(refs), _OPEN))

    def source_objects_too(self, refs: Sequence[str]) -> None:
        """Remember of the open disputes about these certificates that their source marks them."""
        about = disputes.c.certificate_ref.in_(refs) & _OPEN
        self._connection.execute(disputes.update().where(about).values(source_objects=True))

    def is_open_on(self, source: str | None, record_id: str | None) -> bool:
        """Whether any version of a source's record is under an open dispute."""
        if source is None or record_id is None:
            return False
        same = (certificates.c.source == source) & (certificates.c.record_id == record_id)
        query = _query().where(same, _OPEN).limit(1)
        return self._connection.execute(query).first() is not None

    def steps(self, ref: str) -> list[Step]:
        """Every step of a dispute, first to last."""
        query = (
            select(dispute_steps)
            .where(dispute_steps.c.dispute_ref == ref)
            .order_by(dispute_steps.c.id)
        )
        return [Step(row.state, row.at, row.by) for row in self._connection.execute(query)]

    def erase(self, person_id: int) -> list[Dispute]:
        """Erase a person's disputes with their steps; those that were open, for `unmark`."""
        mine = disputes.c.person_id == person_id
        opened = self._read(_query().where(mine, _OPEN))
        refs = select(disputes.c.ref).where(mine)
        self._connection.execute(
            dispute_steps.delete().where(dispute_steps.c.dispute_ref.in_(refs))
        )
        self._connection.execute(disputes.delete().where(mine))
        return opened

    def _step(self, ref: str, state: str, at: datetime, by: str) -> None:
        values = {"dispute_ref": ref, "state": state, "at": at, "by": by}
        self._connection.execute(dispute_steps.insert().values(**values))

    def _read(self, query: Select[Any]) -> list[Dispute]:
        return [_dispute(row) for row in self._connection.execute(query)]


_OPEN = disputes.c.open_key.is_not(None)


def _query() -> Select[Any]:
    return select(disputes, certificates.c.type_code, certificates.c.record_id).join(
        certificates, certificates.c.ref == disputes.c.certificate_ref
    )


def _dispute(row: Row[Any]) -> Dispute:
    return Dispute(
        ref=row.ref,
        person_id=row.person_id,
        certificate_ref=row.certificate_ref,
        authority=row.authority,
        type_code=row.type_code,
        record_id=row.record_id or "",
        field=row.field,
        stands=row.stands,
        right=row.right,
        words=row.words,
        source_objects=row.source_objects,
        state=row.state,
        due=row.due,
        answer_due=row.answer_due,
        filed_at=row.filed_at,
        outcome=row.outcome,
        reason=row.reason,
        told=row.told,
        corrected_ref=row.corrected_ref,
    )
