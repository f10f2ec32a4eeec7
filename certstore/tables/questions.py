"""Questions about accesses: who asked, which client must answer by when, and what it answered.

Promises: an access has one open question at a time; an answer is given once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
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
from certstore.tables.metadata import Moment, insert_once, metadata
from certstore.tables.sharing import clients
from certstore.tables.usage import usage

questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("usage_ref", String(24), nullable=False, index=True),
    Column("open_usage_ref", String(24), unique=True),  # none, once it is answered
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("client", String(60), nullable=False, index=True),
    Column("note", Text, nullable=False),  # words for the agency; empty: none
    Column("asked_at", Moment, nullable=False),
    Column("due", Date, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", Moment),
    Column("answered_by", String(80), nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about one access; `access` is what was recorded of it, and says no person."""

    ref: str
    usage_ref: str
    person_id: int
    client: str
    agency: str
    agency_en: str
    note: str
    asked_at: datetime
    due: date
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    access: Mapping[str, Any]


class QuestionBook:
    """The questions, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def ask(self, question: Question) -> None:
        """Keep a question; ConflictError while another about this access is open."""
        values = {
            "ref": question.ref,
            "usage_ref": question.usage_ref,
            "open_usage_ref": question.usage_ref,
            "person_id": question.person_id,
            "client": question.client,
            "note": question.note,
            "asked_at": question.asked_at,
            "due": question.due,
            "answer": "",
            "answered_by": "",
        }
        if not insert_once(self._connection, questions, values):
            raise ConflictError(
                "a question about this access is open already",
                where=question.usage_ref,
                remedy="wait for its answer",
            )

    def answer(self, ref: str, words: str, by: str, at: datetime) -> None:
        """Answer an open question; ConflictError if it is answered already."""
        statement = (
            questions.update()
            .where(questions.c.ref == ref, questions.c.open_usage_ref.is_not(None))
            .values(answer=words, answered_by=by, answered_at=at, open_usage_ref=None)
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError("this question is answered already", where=ref)

    def of_client(self, client: str, limit: int = 200) -> list[Question]:
        """The questions that a client is to answer or answered, the open ones first by date."""
        return self._read(_query().where(questions.c.client == client), limit)

    def of_agency(self, uscc: str, limit: int = 200) -> list[Question]:
        """The same of every client of one agency."""
        return self._read(_query().where(clients.c.agency_uscc == uscc), limit)

    def of_person(self, person_id: int, limit: int = 1000) -> list[Question]:
        """The questions of one person, latest first."""
        query = _query().where(questions.c.person_id == person_id)
        return self._read(query.order_by(None).order_by(questions.c.id.desc()), limit)

    def about(self, usage_ref: str, person_id: int) -> Question | None:
        """The latest question about an access of this person."""
        query = _query().where(
            questions.c.usage_ref == usage_ref, questions.c.person_id == person_id
        )
        found = self._read(query.order_by(None).order_by(questions.c.id.desc()), 1)
        return found[0] if found else None

    def overdue(self, today: date, limit: int = 200) -> list[Question]:
        """The questions nobody answered in time, the oldest first."""
        late = (questions.c.open_usage_ref.is_not(None)) & (questions.c.due < today)
        return self._read(_query().where(late), limit)

    def get(self, ref: str) -> Question:
        """One question; NotFoundError if there is none."""
        found = self._read(_query().where(questions.c.ref == ref), 1)
        if not found:
            raise NotFoundError("there is no such question", where=ref)
        return found[0]

    def erase(self, person_id: int) -> None:
        """Erase a person's questions with their answers, the open ones too."""
        self._connection.execute(questions.delete().where(questions.c.person_id == person_id))

    def _read(self, query: Select[Any], limit: int) -> list[Question]:
        return [_question(row) for row in self._connection.execute(query.limit(limit))]


def _query() -> Select[Any]:
    """Every question with its access; an access that was erased says nothing any more."""
    return (
        select(questions, usage.c.record, clients.c.agency, clients.c.agency_en)
        .join(usage, usage.c.ref == questions.c.usage_ref)
        .join(clients, clients.c.client_id == questions.c.client)
        .order_by(questions.c.answered_at.is_not(None), questions.c.due, questions.c.id)
    )


def _question(row: Row[Any]) -> Question:
    return Question(
        ref=row.ref,
        usage_ref=row.usage_ref,
        person_id=row.person_id,
        client=row.client,
        agency=row.agency,
        agency_en=row.agency_en,
        note=row.note,
        asked_at=row.asked_at,
        due=row.due,
        answer=row.answer,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        access=row.record,
    )
