"""The inbox of each person: notices, kept as a kind and its facts; words are the pages' work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, select

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
    "endorsement_overdue",
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
        }
        insert_once(self._connection, notices, values)

    def erase(self, person_id: int) -> None:
        """Empty a person's inbox."""
        self._connection.execute(notices.delete().where(notices.c.person_id == person_id))

    def of(self, person_id: int, limit: int = 50) -> list[Notice]:
        """The newest notices of a person."""
        query = (
            select(notices)
            .where(notices.c.person_id == person_id)
            .order_by(notices.c.id.desc())
            .limit(limit)
        )
        rows = self._connection.execute(query)
        return [Notice(row.ref, row.kind, row.facts, row.created_at) for row in rows]
