"""Ratings, one for each application. Promises: an answer is given once, to what was read."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    exists,
    func,
    not_,
    or_,
    select,
)

from certstore.chance import reference
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from issuance.application import Matter
from issuance.four_eyes.proposal import Standing
from issuance.four_eyes.tables import proposed_decisions
from issuance.ratings.rating import BAD, Opinion, Rating
from issuance.tables import applications

ratings = Table(
    "ratings",
    metadata,
    Column("application_ref", String(24), primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),  # the other one leads to its writer
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("grade", Integer, nullable=False),
    Column("tags", Json, nullable=False),
    Column("words", Text, nullable=False),
    Column("rated_at", Moment, nullable=False),
    Column("reply", Text, nullable=False, default=""),
    Column("replied_by", String(60), nullable=False, default=""),
    Column("replied_at", Moment),
    Index("ix_ratings_open", "replied_at", "grade"),
)

_RATED = ratings.join(applications, applications.c.ref == ratings.c.application_ref)


class RatingBook:
    """Ratings, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def of(self, application_ref: str) -> Rating | None:
        """The rating of an application."""
        query = _query().where(ratings.c.application_ref == application_ref)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _rating(row)

    def to_answer(self, ref: str, officer: str) -> Rating | None:
        """The rating with this reference of its own, if this officer may answer it."""
        query = _query().where(ratings.c.ref == ref, not_(_decided_by(officer)))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _rating(row)

    def keep(self, application_ref: str, person_id: int, opinion: Opinion, at: datetime) -> bool:
        """Keep an opinion, or change one that nobody has answered; False if it was answered."""
        said = {"grade": opinion.grade, "tags": list(opinion.tags), "words": opinion.words}
        values = {
            **said,
            "ref": reference(),
            "application_ref": application_ref,
            "person_id": person_id,
            "rated_at": at,
            "reply": "",
            "replied_by": "",
        }
        if insert_once(self._connection, ratings, values):
            return True
        statement = (
            ratings.update()
            .where(ratings.c.application_ref == application_ref, ratings.c.replied_at.is_(None))
            .values(**said)
        )
        return self._connection.execute(statement).rowcount == 1

    def reply(self, rating: Rating, words: str, who: str, at: datetime) -> int | None:
        """Answer what was read; whose rating it was, or None if it changed or was answered."""
        statement = (
            ratings.update()
            .where(
                ratings.c.application_ref == rating.application_ref,
                ratings.c.replied_at.is_(None),
                ratings.c.grade == rating.opinion.grade,
                ratings.c.tags == list(rating.opinion.tags),
                ratings.c.words == rating.opinion.words,
            )
            .values(reply=words, replied_by=who, replied_at=at)
            .returning(ratings.c.person_id)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def waiting(self, officer: str, limit: int) -> list[Rating]:
        """What waits for an answer that this officer may give: bad ones first, the oldest first."""
        query = _query().where(ratings.c.replied_at.is_(None), not_(_decided_by(officer)))
        bad = ratings.c.grade.in_(BAD)
        found = query.order_by(bad.desc(), ratings.c.rated_at).limit(limit)
        return [_rating(row) for row in self._connection.execute(found)]

    def count_waiting(self, officer: str) -> int:
        """How many wait for an answer that this officer may give."""
        query = (
            select(func.count())
            .select_from(_RATED)
            .where(ratings.c.replied_at.is_(None), not_(_decided_by(officer)))
        )
        return self._connection.execute(query).scalar_one()

    def answered(self, officer: str, limit: int) -> list[Rating]:
        """What was answered, the last first; not what this officer decided."""
        query = _query().where(ratings.c.replied_at.is_not(None), not_(_decided_by(officer)))
        found = query.order_by(ratings.c.replied_at.desc(), ratings.c.ref).limit(limit)
        return [_rating(row) for row in self._connection.execute(found)]

    def counted(self, since: datetime, until: datetime) -> dict[tuple[Matter, int], int]:
        """How many ratings of each matter have each grade, of those given in that time."""
        query = (
            select(applications.c.matter, ratings.c.grade, func.count().label("n"))
            .join(applications, applications.c.ref == ratings.c.application_ref)
            .where(ratings.c.rated_at >= since, ratings.c.rated_at < until)
            .group_by(applications.c.matter, ratings.c.grade)
        )
        rows = self._connection.execute(query)
        return {(Matter(row.matter), row.grade): row.n for row in rows}


def _query() -> Select[Any]:
    return select(ratings, applications.c.number, applications.c.matter).select_from(_RATED)


def _decided_by(officer: str) -> ColumnElement[bool]:
    """Whether an officer decided what is rated, alone or with another (see `same_officer`)."""
    number, proposal = officer.lower(), proposed_decisions.c
    proposed = exists().where(
        proposal.application_ref == ratings.c.application_ref,
        proposal.standing == Standing.CONFIRMED,
        func.lower(proposal.proposed_by) == number,
    )
    return or_(func.lower(applications.c.reviewed_by) == number, proposed)


def _rating(row: Row[Any]) -> Rating:
    return Rating(
        ref=row.ref,
        application_ref=row.application_ref,
        number=row.number,
        matter=Matter(row.matter),
        opinion=Opinion(grade=row.grade, tags=tuple(row.tags), words=row.words),
        rated_at=row.rated_at,
        reply=row.reply,
        replied_by=row.replied_by,
        replied_at=row.replied_at,
    )
