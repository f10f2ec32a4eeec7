"""Jobs of many pulls: what is asked and answered is kept enciphered, for a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    distinct,
    func,
    select,
)

from certstore.tables.metadata import Json, Moment, metadata

WAITING, DONE, REFUSED = "waiting", "done", "refused"

pull_jobs = Table(
    "pull_jobs",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("client_id", String(60), nullable=False, index=True),
    Column("service", Json, nullable=False),  # what the token granted
    Column("key_id", String(40), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),  # dropped with the row: nothing opens then
    Column("total", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)
pull_job_items = Table(
    "pull_job_items",
    metadata,
    Column("job_ref", ForeignKey("pull_jobs.ref"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("state", String(12), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("asked", LargeBinary, nullable=False),
    Column("answer", LargeBinary),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullJob:
    """A job as it was handed in."""

    ref: str
    client_id: str
    service: Mapping[str, Any]
    key_id: str
    wrapped: bytes
    total: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobItem:
    """One pull of a job, enciphered; its position counts from 0."""

    job_ref: str
    position: int
    state: str
    attempts: int
    asked: bytes
    answer: bytes | None = None


class PullJobBook:
    """The jobs, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, job: PullJob, asked: Sequence[bytes]) -> None:
        """Keep a job with its items."""
        values = {name: getattr(job, name) for name in PullJob.__dataclass_fields__}
        self._connection.execute(pull_jobs.insert().values(**values))
        rows = [
            {"job_ref": job.ref, "position": at, "state": WAITING, "attempts": 0, "asked": part}
            for at, part in enumerate(asked)
        ]
        self._connection.execute(pull_job_items.insert(), rows)

    def get(self, ref: str) -> PullJob | None:
        """The job with this reference."""
        row = self._connection.execute(
            select(pull_jobs).where(pull_jobs.c.ref == ref)
        ).one_or_none()
        return None if row is None else _job(row)

    def open_jobs(self, client_id: str) -> int:
        """How many jobs of a client have items waiting."""
        items = pull_job_items.c
        query = (
            select(func.count(distinct(pull_jobs.c.ref)))
            .join(pull_job_items)
            .where(pull_jobs.c.client_id == client_id, items.state == WAITING)
        )
        return int(self._connection.execute(query).scalar_one())

    def states(self, ref: str) -> dict[str, int]:
        """How many items of a job are in which state."""
        items = pull_job_items.c
        query = select(items.state, func.count()).where(items.job_ref == ref).group_by(items.state)
        return {row[0]: int(row[1]) for row in self._connection.execute(query)}

    def answered(self, ref: str, after: int, limit: int) -> list[JobItem]:
        """The items of a job that are answered, behind a position, in order."""
        items = pull_job_items.c
        query = (
            select(pull_job_items)
            .where(items.job_ref == ref, items.position > after, items.state != WAITING)
            .order_by(items.position)
            .limit(limit)
        )
        return [_item(row) for row in self._connection.execute(query)]

    def waiting(self, limit: int) -> list[JobItem]:
        """Items to be done, those least often tried first."""
        items = pull_job_items.c
        query = (
            select(pull_job_items)
            .where(items.state == WAITING)
            .order_by(items.attempts, items.job_ref, items.position)
            .limit(limit)
        )
        return [_item(row) for row in self._connection.execute(query)]

    def hold(self, ref: str) -> None:
        """Hold a job until we commit, so that one worker at a time sees whether it is done."""
        query = select(pull_jobs.c.ref).where(pull_jobs.c.ref == ref).with_for_update()
        self._connection.execute(query)

    def settle(self, item: JobItem, state: str, answer: bytes) -> bool:
        """Answer a waiting item; False if it was answered already. One atomic update."""
        items = pull_job_items.c
        statement = (
            pull_job_items.update()
            .where(
                items.job_ref == item.job_ref,
                items.position == item.position,
                items.state == WAITING,
            )
            .values(state=state, answer=answer)
        )
        return self._connection.execute(statement).rowcount == 1

    def put_off(self, item: JobItem) -> None:
        """Count a try that led to nothing."""
        items = pull_job_items.c
        self._connection.execute(
            pull_job_items.update()
            .where(items.job_ref == item.job_ref, items.position == item.position)
            .values(attempts=items.attempts + 1)
        )

    def erase(self, before: datetime) -> int:
        """Erase the jobs that ended before a moment with everything in them, how many."""
        ended = select(pull_jobs.c.ref).where(pull_jobs.c.expires_at < before)
        items = pull_job_items.delete().where(pull_job_items.c.job_ref.in_(ended))
        self._connection.execute(items)
        jobs = pull_jobs.delete().where(pull_jobs.c.expires_at < before)
        return self._connection.execute(jobs).rowcount


def _job(row: Row[Any]) -> PullJob:
    return PullJob(
        ref=row.ref,
        client_id=row.client_id,
        service=row.service,
        key_id=row.key_id,
        wrapped=bytes(row.wrapped),
        total=row.total,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _item(row: Row[Any]) -> JobItem:
    return JobItem(
        job_ref=row.job_ref,
        position=row.position,
        state=row.state,
        attempts=row.attempts,
        asked=bytes(row.asked),
        answer=None if row.answer is None else bytes(row.answer),
    )
