"""What verifiers ask of whoever scans their code: answered once, collected once, then forgotten.

Nothing of a certificate stands here but its reference; what it says is read when it is collected.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, select

from certstore.tables.metadata import Moment, metadata

Answer = Literal["yes", "no"]

verifier_requests = Table(
    "verifier_requests",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("secret_digest", String(64), nullable=False),
    Column("verifier", String(100), nullable=False),  # what it calls itself
    Column("place", String(100), nullable=False),
    Column("why", String(200), nullable=False),
    Column("agency", String(100), nullable=False),  # of a client that is enrolled; else empty
    Column("disclosure", Integer, nullable=False),
    Column("age_over", Integer),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("answer", String(3)),
    Column("answered_at", Moment),
    Column("person_id", ForeignKey("people.id")),
    Column("certificate_ref", String(24)),
    Column("collected_at", Moment),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierRequest:
    """One question and what became of it. `person_id` is who answered, if they said yes."""

    ref: str
    secret_digest: str
    verifier: str
    place: str
    why: str
    agency: str
    disclosure: int
    age_over: int | None
    made_at: datetime
    expires_at: datetime
    answer: Answer | None = None
    answered_at: datetime | None = None
    person_id: int | None = None
    certificate_ref: str | None = None
    collected_at: datetime | None = None


class VerifierRequestBook:
    """The requests, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, request: VerifierRequest) -> None:
        """Keep a new request."""
        values = {name: getattr(request, name) for name in VerifierRequest.__dataclass_fields__}
        self._connection.execute(verifier_requests.insert().values(**values))

    def find(self, ref: str) -> VerifierRequest | None:
        """The request of this reference."""
        query = select(verifier_requests).where(verifier_requests.c.ref == ref)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _request(row)

    def answer(
        self, ref: str, answer: Answer, at: datetime, given: tuple[int, str] | None = None
    ) -> bool:
        """Answer it with, on a yes, (person, certificate); False if it is over. One answer wins."""
        person_id, certificate_ref = given or (None, None)
        statement = (
            verifier_requests.update()
            .where(verifier_requests.c.ref == ref, verifier_requests.c.answer.is_(None))
            .where(verifier_requests.c.expires_at > at)
            .values(
                answer=answer,
                answered_at=at,
                person_id=person_id,
                certificate_ref=certificate_ref,
            )
        )
        return self._connection.execute(statement).rowcount == 1

    def collect(self, ref: str, at: datetime) -> bool:
        """Collect a yes; False if there is none or it was collected. One collector wins."""
        statement = (
            verifier_requests.update()
            .where(verifier_requests.c.ref == ref, verifier_requests.c.answer == "yes")
            .where(verifier_requests.c.collected_at.is_(None))
            .where(verifier_requests.c.expires_at > at)
            .values(collected_at=at, person_id=None, certificate_ref=None)
        )
        return self._connection.execute(statement).rowcount == 1

    def forget(self, before: datetime) -> None:
        """Forget requests that ended before a moment."""
        over = verifier_requests.c.expires_at < before
        self._connection.execute(verifier_requests.delete().where(over))

    def erase(self, person_id: int) -> None:
        """Erase what somebody answered and nobody has collected."""
        theirs = verifier_requests.c.person_id == person_id
        self._connection.execute(verifier_requests.delete().where(theirs))


def _request(row: Row[Any]) -> VerifierRequest:
    return VerifierRequest(**row._asdict())
