"""What holders are asked to agree to, what they gave, and where a client may lead them back to.

Promises: a request is decided once; a consent is used no more often than was agreed; nothing is
deleted before the person is, so that what was in force at a moment can always be told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    func,
    select,
)

from certstore.certificates import Holder
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from certstore.tables.people import people

RequestState = Literal["asking", "given", "refused", "expired"]
Standing = Literal["in_force", "used_up", "ended", "withdrawn"]

consent_requests = Table(
    "consent_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("client_id", ForeignKey("clients.client_id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("terms", Json, nullable=False),
    Column("state", String(12), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", ForeignKey("people.id")),
    Index("ix_consent_requests_asking", "state", "expires_at"),
)
consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("request_id", ForeignKey("consent_requests.id"), nullable=False, index=True),
    Column("scope", String(8), nullable=False),  # data | photo | face
    Column("fields", Json, nullable=False),  # certificate type → paths; "?…" is a question
    Column("times", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("receipt", Text, nullable=False),
)
return_addresses = Table(
    "return_addresses",
    metadata,
    Column("client_id", ForeignKey("clients.client_id"), primary_key=True),
    Column("uri", String(300), primary_key=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequest:
    """What a client asks of a holder; `terms` as consent/terms.py reads them."""

    ref: str
    client_id: str
    person_id: int
    holder: Holder
    terms: Mapping[str, Any]
    state: RequestState
    asked_at: datetime
    expires_at: datetime
    decided_at: datetime | None = None
    decided_by: int | None = None

    def state_at(self, now: datetime) -> RequestState:
        """How it stands; one nobody answered in time is expired before anybody wrote it down."""
        return "expired" if self.state == "asking" and now >= self.expires_at else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a holder gave: one scope (data, photo, face) of a request, with a receipt of its own."""

    ref: str
    request_ref: str
    client_id: str
    purpose_id: str
    holder: Holder
    scope: str
    fields: Mapping[str, Sequence[str]]
    times: int
    used: int
    keep_days: int
    given_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None
    receipt: str

    def standing(self, now: datetime) -> Standing:
        """How it stands at a moment."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if now >= self.ends_at:
            return "ended"
        return "used_up" if self.used >= self.times else "in_force"

    def covers(self, type_code: str, path: str) -> bool:
        """Whether this field of this type was agreed to, in force or not."""
        return path in self.fields.get(type_code, ())


class ConsentBook:
    """Consent requests and consents, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- asking ----------------------------------------------------------------------------

    def ask(self, request: ConsentRequest) -> None:
        """Keep a request."""
        self._connection.execute(
            consent_requests.insert().values(
                ref=request.ref,
                client_id=request.client_id,
                person_id=request.person_id,
                terms=dict(request.terms),
                state=request.state,
                asked_at=request.asked_at,
                expires_at=request.expires_at,
            )
        )

    def request(self, ref: str) -> ConsentRequest | None:
        """The request with this reference, whoever's it is."""
        query = _REQUESTS.where(consent_requests.c.ref == ref)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _request(row)

    def requests_of(self, person_ids: Iterable[int], limit: int = 100) -> list[ConsentRequest]:
        """What these people were asked, latest first."""
        query = (
            _REQUESTS.where(consent_requests.c.person_id.in_(list(person_ids)))
            .order_by(consent_requests.c.id.desc())
            .limit(limit)
        )
        return [_request(row) for row in self._connection.execute(query)]

    def open_requests(self, client_id: str, person_id: int, now: datetime) -> int:
        """How many requests of a client wait for one person's answer."""
        asked = consent_requests.c
        query = select(func.count()).where(
            asked.client_id == client_id,
            asked.person_id == person_id,
            asked.state == "asking",
            asked.expires_at > now,
        )
        return int(self._connection.execute(query).scalar_one())

    def decide(self, ref: str, state: RequestState, by: int, at: datetime) -> bool:
        """Put the holder's answer down, once and in time; False where it is too late for that."""
        asked = consent_requests.c
        statement = (
            consent_requests.update()
            .where(asked.ref == ref, asked.state == "asking", asked.expires_at > at)
            .values(state=state, decided_at=at, decided_by=by)
            .returning(asked.id)
        )
        return self._connection.execute(statement).one_or_none() is not None

    def end_overdue(self, at: datetime) -> list[tuple[str, str]]:
        """End what nobody answered in time; (reference, client) of each, told once."""
        asked = consent_requests.c
        statement = (
            consent_requests.update()
            .where(asked.state == "asking", asked.expires_at <= at)
            .values(state="expired")
            .returning(asked.ref, asked.client_id)
        )
        return [(row.ref, row.client_id) for row in self._connection.execute(statement)]

    # -- consents --------------------------------------------------------------------------

    def give(self, consent: Consent) -> None:
        """Keep what was given."""
        asked = select(consent_requests.c.id).where(consent_requests.c.ref == consent.request_ref)
        self._connection.execute(
            consents.insert().values(
                ref=consent.ref,
                request_id=asked.scalar_subquery(),
                scope=consent.scope,
                fields={kind: list(paths) for kind, paths in consent.fields.items()},
                times=consent.times,
                used=consent.used,
                given_at=consent.given_at,
                ends_at=consent.ends_at,
                receipt=consent.receipt,
            )
        )

    def given(self, request_refs: Iterable[str]) -> list[Consent]:
        """What was given upon these requests, in the order of giving."""
        wanted = consent_requests.c.ref.in_(list(request_refs))
        query = _CONSENTS.where(wanted).order_by(consents.c.id)
        return [_consent(row) for row in self._connection.execute(query)]

    def consent(self, ref: str) -> Consent | None:
        """The consent with this reference, whoever's it is."""
        row = self._connection.execute(_CONSENTS.where(consents.c.ref == ref)).one_or_none()
        return None if row is None else _consent(row)

    def relied_on(self, ref: str) -> list[Consent]:
        """A consent, or all that was given upon a request; held until this transaction ends.

        Held, so that two pulls at once never use one consent twice, and none slips past a
        withdrawal.
        """
        named = (consents.c.ref == ref) | (consent_requests.c.ref == ref)
        query = _CONSENTS.where(named).order_by(consents.c.id).with_for_update(of=consents)
        return [_consent(row) for row in self._connection.execute(query)]

    def use(self, refs: Iterable[str]) -> bool:
        """Count one use of each; False, and none is counted, if one cannot be used any more."""
        wanted = set(refs)
        usable = (
            select(consents.c.id)
            .where(
                consents.c.ref.in_(sorted(wanted)),
                consents.c.used < consents.c.times,
                consents.c.withdrawn_at.is_(None),
            )
            .order_by(consents.c.id)
            .with_for_update()
        )
        found = self._connection.execute(usable).scalars().all()
        if len(found) != len(wanted):
            return False
        self._connection.execute(
            consents.update().where(consents.c.id.in_(found)).values(used=consents.c.used + 1)
        )
        return True

    def withdraw(self, refs: Iterable[str], at: datetime) -> list[str]:
        """Take these back; the references of those that were not taken back before."""
        statement = (
            consents.update()
            .where(consents.c.ref.in_(list(refs)), consents.c.withdrawn_at.is_(None))
            .values(withdrawn_at=at)
            .returning(consents.c.ref)
        )
        return [row.ref for row in self._connection.execute(statement)]

    def erase(self, person_id: int) -> None:
        """Erase what a person was asked and gave, and that they answered for somebody else."""
        mine = select(consent_requests.c.id).where(consent_requests.c.person_id == person_id)
        self._connection.execute(consents.delete().where(consents.c.request_id.in_(mine)))
        requests = consent_requests
        self._connection.execute(requests.delete().where(requests.c.person_id == person_id))
        decided = requests.update().where(requests.c.decided_by == person_id)
        self._connection.execute(decided.values(decided_by=None))

    # -- where to go afterwards ------------------------------------------------------------

    def return_addresses(self, client_id: str) -> list[str]:
        """Where a client may have holders led back to."""
        query = select(return_addresses.c.uri).where(return_addresses.c.client_id == client_id)
        return [row.uri for row in self._connection.execute(query.order_by(return_addresses.c.uri))]

    def allow_return(self, client_id: str, uri: str) -> None:
        """Register an address; again changes nothing."""
        insert_once(self._connection, return_addresses, {"client_id": client_id, "uri": uri})


_REQUESTS: Select[Any] = select(
    consent_requests, people.c.name, people.c.id_type, people.c.id_number
).join(people, people.c.id == consent_requests.c.person_id)
_CONSENTS: Select[Any] = (
    select(
        consents,
        consent_requests.c.ref.label("request_ref"),
        consent_requests.c.client_id,
        consent_requests.c.terms,
        people.c.name,
        people.c.id_type,
        people.c.id_number,
    )
    .join(consent_requests, consent_requests.c.id == consents.c.request_id)
    .join(people, people.c.id == consent_requests.c.person_id)
)


def _request(row: Row[Any]) -> ConsentRequest:
    return ConsentRequest(
        ref=row.ref,
        client_id=row.client_id,
        person_id=row.person_id,
        holder=Holder(row.name, row.id_type, row.id_number),
        terms=row.terms,
        state=row.state,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        ref=row.ref,
        request_ref=row.request_ref,
        client_id=row.client_id,
        purpose_id=row.terms["purpose_id"],
        holder=Holder(row.name, row.id_type, row.id_number),
        scope=row.scope,
        fields=row.fields,
        times=row.times,
        used=row.used,
        keep_days=row.terms["keep_days"],
        given_at=row.given_at,
        ends_at=row.ends_at,
        withdrawn_at=row.withdrawn_at,
        receipt=row.receipt,
    )
