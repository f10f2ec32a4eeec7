"""The inbox of each person: notices, kept as a kind and its facts; words are the pages' work."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    select,
    text,
)

from certstore.chance import reference
from certstore.tables.metadata import Json, Moment, insert_once, metadata

# Every kind that is written. The page of notices knows each of them; a test holds it to that.
NoticeKind = Literal[
    "certificate_ready",
    "in_review",
    "asked",
    "refused",
    "source_back",
    "rest_of_joint",
    "predecessor_ended",
    "returned",
    "draft_ending",
    "draft_ended",
    "relied_on",
    "dormitory_issued",
    "dormitory_ended",
    "letter_revoked",
    "certificate_revoked",
    "certificate_upheld",
    "certificate_cancelled",
    "application_ended",
    "consent_asked",
    "consent_withdrawn",
    "given",
    "replaced",
    "suspended",
    "restored",
    "withdrawn",
    "question_answered",
    "correction_step",
    "correction_made",
    "correction_rejected",
    "entrusted",
    "entrustment_answered",
    "entrustment_ended",
    "use_code_used",
    "partly_restored",
    "loss_reported",
    "loss_lifted",
    "endorsement_due",
    "endorsement_overdue",
    "registration_ending",
    "registration_ended",
    "permit_possible",
    "contact_failing",
    "card_ready",
    "card_sent",
    "card_arrived",
    "card_came_back",
    "card_made_anew",
    "card_stopped",
    "lease_asked",
    "lease_changed",
    "lease_refused",
    "lease_stopped",
    "lease_end_asked",
    "lease_ended",
    "rating_answered",
]

_TAKEN_BACK: Final = "taken_back"  # by whom a clock had misled; no page knows this kind
_NOT_SPREAD = text("NOT spread")
notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("occasion", String(80), nullable=False, unique=True),  # never twice for one occasion
    Column("facts", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("spread", Boolean, nullable=False),  # whether it was seen where else it is told
    Index(
        "ix_notices_not_spread",
        "id",
        sqlite_where=_NOT_SPREAD,
        postgresql_where=_NOT_SPREAD,
    ),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to one person."""

    ref: str
    kind: str  # a NoticeKind; of a row written by a later version, any word
    facts: Mapping[str, Any]
    created_at: datetime


class Inbox:
    """The notices, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(
        self,
        person_id: int,
        kind: NoticeKind,
        occasion: str,
        facts: Mapping[str, Any],
        at: datetime,
    ) -> None:
        """Put a notice into a person's inbox, once for each occasion."""
        values = {
            "ref": reference(),
            "person_id": person_id,
            "kind": kind,
            "occasion": f"{kind}:{occasion}",
            "facts": dict(facts),
            "created_at": at,
            "spread": False,
        }
        insert_once(self._connection, notices, values)

    def erase(self, person_id: int) -> None:
        """Empty a person's inbox."""
        self._connection.execute(notices.delete().where(notices.c.person_id == person_id))

    def of(self, person_id: int, limit: int = 50) -> list[Notice]:
        """The newest notices of a person."""
        query = (
            select(notices)
            .where(notices.c.person_id == person_id, notices.c.kind != _TAKEN_BACK)
            .order_by(notices.c.id.desc())
            .limit(limit)
        )
        return [notice_of(row) for row in self._connection.execute(query)]

    def one(self, person_id: int, ref: str) -> Notice | None:
        """A notice of this person; None for another's as for none."""
        query = select(notices).where(
            notices.c.ref == ref,
            notices.c.person_id == person_id,
            notices.c.kind != _TAKEN_BACK,
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else notice_of(row)

    def after(self, moment: datetime, kinds: Collection[str]) -> list[tuple[int, Notice]]:
        """Notices of these kinds that were made after a moment, with their rows."""
        query = select(notices).where(
            notices.c.kind.in_(sorted(kinds)), notices.c.created_at > moment
        )
        return [(row.id, notice_of(row)) for row in self._connection.execute(query)]

    def take_back(self, row: int) -> bool:
        """Have nobody read a notice any more, so that its occasion may be told once more.

        Once only for an occasion, or two machines that disagree would tell it without end;
        False where it was taken back before.
        """
        mine = notices.c.id == row
        occasion = self._connection.execute(select(notices.c.occasion).where(mine)).scalar_one()
        again = select(notices.c.id).where(notices.c.occasion == f"early:{occasion}")
        if self._connection.execute(again).one_or_none() is not None:
            return False
        gone = {"kind": _TAKEN_BACK, "occasion": f"early:{occasion}", "facts": {}, "spread": True}
        self._connection.execute(notices.update().where(mine).values(**gone))
        return True


def notice_of(row: Row[Any]) -> Notice:
    """A notice as it was read."""
    return Notice(row.ref, row.kind, row.facts, row.created_at)
