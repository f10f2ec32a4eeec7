"""Clients and purposes on their way: changes asked for, approvals, and what was done by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Row, String, Table, exists, select

from certstore.own_names import check_client_name
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from certstore.tables.sharing import Client, Purpose, client_of, clients, purpose_of, purposes
from certstore.tables.usage import usage

purpose_dossiers = Table(
    "purpose_dossiers",
    metadata,
    Column("purpose_id", String(60), primary_key=True),
    Column("contact", String(200), nullable=False),
    Column("justification", String(1000), nullable=False),
    Column("not_given", Json, nullable=False),  # "type.path" → why not
    Column("photo_reason", String(1000), nullable=False, server_default=""),
)
onboarding_changes = Table(
    "onboarding_changes",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("client_id", String(60), nullable=False),
    Column("act", String(12), nullable=False),
    Column("terms", Json),
    Column("not_given", Json, nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("asked_number", String(20), nullable=False, server_default=""),  # their staff number
    Column("asked_at", Moment, nullable=False),
    Column("first_by", String(80)),
    Column("first_number", String(20), nullable=False, server_default=""),
    Column("first_at", Moment),
    Column("open_for", String(70), unique=True),  # kind and subject while it waits: one at a time
    Column("closed_by", String(80)),
    Column("closed_at", Moment),
    Column("outcome", String(12)),
    Index("ix_onboarding_changes_subject", "subject"),
)
onboarding_history = Table(
    "onboarding_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("client_id", String(60), nullable=False),
    Column("act", String(12), nullable=False),
    Column("before", String(12), nullable=False),
    Column("after", String(12), nullable=False),
    Column("who", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", String(1000), nullable=False),
    Index("ix_onboarding_history_subject", "subject"),
)
conformance = Table(
    "conformance",
    metadata,
    Column("purpose_id", String(60), primary_key=True),
    Column("item", String(20), primary_key=True),
    Column("passed_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of a purpose besides what it covers; `not_given` says why by "type.path".

    `photo_reason` says why photos are asked for, where they are.
    """

    contact: str
    justification: str
    not_given: Mapping[str, str]
    photo_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that waits for one or two operators, or that has been decided.

    By their staff numbers the applicant and whoever approved first are known as persons.
    """

    ref: str
    kind: str
    subject: str
    client_id: str
    act: str
    terms: Mapping[str, Any] | None
    not_given: Mapping[str, str]
    reason: str
    asked_by: str
    asked_at: datetime
    asked_number: str = ""
    first_by: str | None = None
    first_number: str = ""
    first_at: datetime | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One step that was taken: from which state to which, who took it, when and why."""

    kind: str
    subject: str
    client_id: str
    act: str
    before: str
    after: str
    who: str
    at: datetime
    reason: str = ""


class OnboardingBook:
    """Clients and purposes on their way, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add_client(self, client: Client) -> bool:
        """Make a client known; False if its identifier is taken, ConflictError if it is ours."""
        check_client_name(client.client_id)
        values = {column.name: getattr(client, column.name) for column in clients.c}
        lists = {name: list(values[name]) for name in ("keys", "signing_algorithms")}
        return insert_once(self._connection, clients, values | lists)

    def add_purpose(self, purpose: Purpose) -> None:
        """Make a purpose known."""
        values = {column.name: getattr(purpose, column.name) for column in purposes.c}
        self._connection.execute(purposes.insert().values(**values))

    def rewrite(self, purpose_id: str, values: Mapping[str, Any]) -> None:
        """Let a purpose cover something else from now on: its version grows by one."""
        grown = {**values, "version": purposes.c.version + 1}
        self._connection.execute(
            purposes.update().where(purposes.c.purpose_id == purpose_id).values(**grown)
        )

    def clients(self, agency_uscc: str | None = None) -> list[Client]:
        """Every client, or those of one agency."""
        query = select(clients).order_by(clients.c.client_id)
        if agency_uscc is not None:
            query = query.where(clients.c.agency_uscc == agency_uscc)
        return [client_of(row) for row in self._connection.execute(query)]

    def purposes(self, client_ids: Sequence[str]) -> list[Purpose]:
        """Every purpose of these clients."""
        query = select(purposes).where(purposes.c.client_id.in_(client_ids))
        rows = self._connection.execute(query.order_by(purposes.c.purpose_id))
        return [purpose_of(row) for row in rows]

    def purposes_in(self, state: str) -> list[Purpose]:
        """Every purpose in this state."""
        query = select(purposes).where(purposes.c.state == state)
        return [purpose_of(row) for row in self._connection.execute(query)]

    def held(self, kind: str, subject: str) -> tuple[str, str] | None:
        """State and client of a client or purpose, its row held until the transaction ends."""
        table, key = _table(kind)
        query = select(table.c.state, table.c.client_id).where(key == subject).with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (row.state, row.client_id)

    def move(self, kind: str, subject: str, before: str, after: str) -> bool:
        """Change a state; False if it is not the former any more."""
        table, key = _table(kind)
        moved = table.update().where(key == subject, table.c.state == before).values(state=after)
        return self._connection.execute(moved.returning(key)).one_or_none() is not None

    def resets_at(self, purpose_id: str, at: datetime | None) -> None:
        """Until when a purpose is over its quota."""
        self._connection.execute(
            purposes.update().where(purposes.c.purpose_id == purpose_id).values(resets_at=at)
        )

    def note(self, moved: Moved) -> None:
        """Write a step into the history."""
        values = {name: getattr(moved, name) for name in Moved.__slots__}
        self._connection.execute(onboarding_history.insert().values(**values))

    def history(self, subject: str, limit: int = 100) -> list[Moved]:
        """What became of a client or purpose, latest first."""
        c = onboarding_history.c
        query = select(onboarding_history).where(c.subject == subject)
        rows = self._connection.execute(query.order_by(c.id.desc()).limit(limit)).all()
        return [Moved(**{name: getattr(row, name) for name in Moved.__slots__}) for row in rows]

    def dossier(self, purpose_id: str) -> Dossier | None:
        """What is known of a purpose besides what it covers."""
        query = select(purpose_dossiers).where(purpose_dossiers.c.purpose_id == purpose_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return Dossier(row.contact, row.justification, row.not_given, row.photo_reason)

    def keep_dossier(self, purpose_id: str, dossier: Dossier) -> None:
        """Keep a purpose's dossier in place of the former."""
        values = {
            "contact": dossier.contact,
            "justification": dossier.justification,
            "not_given": dict(dossier.not_given),
            "photo_reason": dossier.photo_reason,
        }
        table = purpose_dossiers
        if not insert_once(self._connection, table, {"purpose_id": purpose_id, **values}):
            self._connection.execute(
                table.update().where(table.c.purpose_id == purpose_id).values(**values)
            )

    def ask(self, change: Change) -> bool:
        """Let a change wait; False if another one of the same subject waits."""
        values = {name: getattr(change, name) for name in Change.__slots__}
        open_for = f"{change.kind}:{change.subject}"
        return insert_once(self._connection, onboarding_changes, {**values, "open_for": open_for})

    def waiting(self, ref: str) -> Change | None:
        """A change that waits, its row held until the transaction ends."""
        c = onboarding_changes.c
        query = select(onboarding_changes).where(c.ref == ref, c.closed_at.is_(None))
        row = self._connection.execute(query.with_for_update()).one_or_none()
        return None if row is None else _change(row)

    def all_waiting(self) -> list[Change]:
        """Every change that waits, oldest first."""
        c = onboarding_changes.c
        query = select(onboarding_changes).where(c.closed_at.is_(None)).order_by(c.asked_at)
        return [_change(row) for row in self._connection.execute(query)]

    def waiting_for(self, kind: str, subject: str) -> Change | None:
        """The change of this client or purpose that waits."""
        c = onboarding_changes.c
        query = select(onboarding_changes).where(c.open_for == f"{kind}:{subject}")
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _change(row)

    def first(
        self, ref: str, who: tuple[str, str], at: datetime, not_given: Mapping[str, str]
    ) -> bool:
        """Write down the first of two approvals, by name and staff number; False if there is."""
        c = onboarding_changes.c
        free = (c.ref == ref) & c.closed_at.is_(None) & c.first_by.is_(None)
        noted = onboarding_changes.update().where(free)
        by = {"first_by": who[0], "first_number": who[1], "first_at": at}
        values = {**by, "not_given": dict(not_given)}
        done = self._connection.execute(noted.values(**values).returning(c.ref))
        return done.one_or_none() is not None

    def close(self, ref: str, who: str, at: datetime, outcome: str) -> bool:
        """Decide a change; False if it was decided before."""
        c = onboarding_changes.c
        decided = onboarding_changes.update().where(c.ref == ref, c.closed_at.is_(None))
        values = {"closed_by": who, "closed_at": at, "outcome": outcome, "open_for": None}
        done = self._connection.execute(decided.values(**values).returning(c.ref))
        return done.one_or_none() is not None

    def pass_item(self, purpose_id: str, item: str, at: datetime) -> bool:
        """Write down that a client has shown something; False if it is there."""
        values = {"purpose_id": purpose_id, "item": item, "passed_at": at}
        return insert_once(self._connection, conformance, values)

    def passed(self, purpose_id: str) -> Mapping[str, datetime]:
        """What a purpose's client has shown, and when."""
        query = select(conformance).where(conformance.c.purpose_id == purpose_id)
        return {row.item: row.passed_at for row in self._connection.execute(query)}

    def was_given(self, client_id: str, purpose_id: str) -> bool:
        """Whether a client was ever given something for a purpose; looks through all of usage."""
        found = select(exists().where(usage.c.client == client_id, usage.c.asked_for == purpose_id))
        return bool(self._connection.execute(found).scalar_one())

    def was_given_by(self, usage_ref: str, client_id: str, purpose_id: str) -> bool:
        """Whether this access gave something to this client for this purpose."""
        given = (usage.c.client == client_id) & (usage.c.asked_for == purpose_id)
        found = exists().where(usage.c.ref == usage_ref, given)
        return bool(self._connection.execute(select(found)).scalar_one())


def _table(kind: str) -> tuple[Table, Column[str]]:
    if kind == "client":
        return clients, clients.c.client_id
    return purposes, purposes.c.purpose_id


def _change(row: Row[Any]) -> Change:
    return Change(**{name: getattr(row, name) for name in Change.__slots__})
