"""Who may pull what: agencies' clients, their purposes, identifiers used once, tokens revoked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    bindparam,
    exists,
    select,
    text,
)
from sqlalchemy.dialects import sqlite

from certstore.own_names import check_client_name
from certstore.storage.prepared import Prepared, among
from certstore.tables.metadata import Json, Moment, insert_once, metadata

clients = Table(
    "clients",
    metadata,
    Column("client_id", String(60), primary_key=True),
    Column("agency", String(100), nullable=False),
    Column("agency_en", String(100), nullable=False),
    Column("agency_uscc", String(18), nullable=False),
    Column("keys", Json, nullable=False),  # public JWKs
    Column("state", String(12), nullable=False),
    Column("agency_key", LargeBinary(32), nullable=False),  # for pairwise references
    Column("signing_algorithms", Json, nullable=False),  # what its assertions may be signed with
    Column("dpop_bound", Boolean, nullable=False),  # it gets and uses tokens bound to a key only
)
purposes = Table(
    "purposes",
    metadata,
    Column("purpose_id", String(60), primary_key=True),
    Column("client_id", ForeignKey("clients.client_id"), nullable=False, index=True),
    Column("matter_code", String(60), nullable=False),
    Column("title_zh", String(200), nullable=False),
    Column("title_en", String(200), nullable=False),
    Column("legal_basis", Json, nullable=False),
    Column("fields", Json, nullable=False),  # certificate type → paths that may be pulled
    Column("state", String(12), nullable=False),
    Column("actions", Json, nullable=False),  # what may be done for it: search, pull
    Column("version", Integer, nullable=False, server_default="1"),  # grows with what it covers
    Column("quota_day", Integer),  # calls; none: no limit
    Column("quota_month", Integer),
    Column("resets_at", Moment),  # over its quota until then
)
used_identifiers = Table(
    "used_identifiers",
    metadata,
    Column("issuer", String(120), primary_key=True),
    Column("jti", String(120), primary_key=True),
    Column("expires_at", Moment, nullable=False, index=True),
)
revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("jti", String(40), primary_key=True),
    Column("expires_at", Moment, nullable=False, index=True),
)
# The hottest path's, put together once.
_HOW = (clients.c.client_id, clients.c.state, clients.c.dpop_bound)
_CLIENTS = Prepared(
    {
        kind: select(*_HOW).where(named)
        for kind, named in among(clients.c.client_id, "names").items()
    },
    _HOW,
)
_REVOKED = Prepared(
    {
        kind: select(revoked_tokens.c.jti).where(named)
        for kind, named in among(revoked_tokens.c.jti, "jtis").items()
    }
)
# SQLite, which is in this process, counts rows in half the time that it takes to give them back.
_USE_SQLITE = Prepared(
    sqlite.insert(used_identifiers)
    .values({name: bindparam(name) for name in ("issuer", "jti", "expires_at")})
    .on_conflict_do_nothing()
)
_USE_POSTGRESQL = Prepared(
    text(
        "INSERT INTO used_identifiers (issuer, jti, expires_at)"
        " SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS timestamptz)"
        " FROM json_array_elements(CAST(:rows AS json))"
        " ON CONFLICT DO NOTHING RETURNING issuer, jti"
    )
)


@dataclass(frozen=True, slots=True)
class Used:
    """An identifier that is used once, by its issuer; forgotten after `expires_at`."""

    issuer: str
    jti: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Client:
    """A pulling service: the agency behind it and its registered public keys (JWK, with kid).

    With `dpop_bound`, the default, it cannot use tokens that are not bound to a key (RFC 9449).
    """

    client_id: str
    agency: str
    agency_en: str
    agency_uscc: str
    keys: Sequence[Mapping[str, Any]]
    state: str
    agency_key: bytes
    signing_algorithms: Sequence[str] = ("ES256",)
    dpop_bound: bool = True


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a client pulls for: a matter, a legal basis, and the fields it may have by type.

    `version` grows whenever what it covers changes; quotas are calls a day and a month (None: no
    limit); where it is over its quota, `resets_at` says until when.
    """

    purpose_id: str
    client_id: str
    matter_code: str
    title_zh: str
    title_en: str
    legal_basis: Mapping[str, str]
    fields: Mapping[str, Sequence[str]]
    state: str
    actions: Sequence[str] = ("search", "pull")
    version: int = 1
    quota_day: int | None = None
    quota_month: int | None = None
    resets_at: datetime | None = None

    def standing(self, now: datetime | None) -> str:
        """Its state at this moment: a quota whose time is over holds it up no more."""
        if self.state != "over_quota" or now is None or self.resets_at is None:
            return self.state
        return "active" if self.resets_at <= now else self.state


@dataclass(frozen=True, slots=True)
class Standing:
    """How a client and one of its tokens stand just now."""

    state: str
    dpop_bound: bool
    revoked: bool


class SharingBook:
    """Clients and purposes, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def client(self, client_id: str) -> Client | None:
        """The client with this identifier."""
        query = select(clients).where(clients.c.client_id == client_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else client_of(row)

    def purpose(self, purpose_id: str) -> Purpose | None:
        """The purpose with this identifier."""
        query = select(purposes).where(purposes.c.purpose_id == purpose_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else purpose_of(row)

    def of_agency(self, agency_uscc: str) -> list[tuple[Client, Purpose]]:
        """An agency's clients and purposes that are active, in the order of their identifiers."""
        query = (
            select(purposes.c.purpose_id, clients.c.client_id)
            .join(clients)
            .where(
                clients.c.agency_uscc == agency_uscc,
                clients.c.state == "active",
                purposes.c.state == "active",
            )
            .order_by(purposes.c.purpose_id)
        )
        found = [
            (self.client(row.client_id), self.purpose(row.purpose_id))
            for row in self._connection.execute(query).all()
        ]
        return [(client, purpose) for client, purpose in found if client and purpose]

    def active_purposes(self, limit: int = 200) -> list[tuple[Purpose, Client]]:
        """Every purpose that can be pulled for just now, with its client."""
        query = (
            select(purposes.c.purpose_id, clients.c.client_id)
            .join(clients, clients.c.client_id == purposes.c.client_id)
            .where(purposes.c.state == "active", clients.c.state == "active")
            .order_by(clients.c.agency, purposes.c.title_zh)
            .limit(limit)
        )
        found = [
            (self.purpose(row.purpose_id), self.client(row.client_id))
            for row in self._connection.execute(query).all()
        ]
        return [(purpose, client) for purpose, client in found if purpose and client]

    def enrol(self, client: Client, purpose: Purpose) -> None:
        """Make a client and its purpose known; what is known already stays as it is.

        ConflictError for a name that the service calls itself by.
        """
        check_client_name(client.client_id)
        insert_once(
            self._connection,
            clients,
            {
                "client_id": client.client_id,
                "agency": client.agency,
                "agency_en": client.agency_en,
                "agency_uscc": client.agency_uscc,
                "keys": [dict(key) for key in client.keys],
                "state": client.state,
                "agency_key": client.agency_key,
                "signing_algorithms": list(client.signing_algorithms),
                "dpop_bound": client.dpop_bound,
            },
        )
        insert_once(
            self._connection,
            purposes,
            {
                "purpose_id": purpose.purpose_id,
                "client_id": purpose.client_id,
                "matter_code": purpose.matter_code,
                "title_zh": purpose.title_zh,
                "title_en": purpose.title_en,
                "legal_basis": dict(purpose.legal_basis),
                "fields": {kind: list(paths) for kind, paths in purpose.fields.items()},
                "state": purpose.state,
                "actions": list(purpose.actions),
                "version": purpose.version,
                "quota_day": purpose.quota_day,
                "quota_month": purpose.quota_month,
            },
        )

    def client_to_change(self, client_id: str) -> Client | None:
        """The client, its row held until this transaction ends."""
        query = select(clients).where(clients.c.client_id == client_id).with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else client_of(row)

    def set_keys(
        self, client_id: str, keys: Sequence[Mapping[str, Any]], algorithms: Sequence[str]
    ) -> None:
        """Register these keys for a client, and what it may sign with, in place of the former."""
        values = {"keys": [dict(key) for key in keys], "signing_algorithms": list(algorithms)}
        self._connection.execute(
            clients.update().where(clients.c.client_id == client_id).values(**values)
        )

    def standing(self, client_id: str, jti: str) -> Standing | None:
        """How a client and its token stand; one statement, as every pull asks it."""
        revoked = exists().where(revoked_tokens.c.jti == jti)
        query = select(clients.c.state, clients.c.dpop_bound, revoked.label("revoked"))
        row = self._connection.execute(query.where(clients.c.client_id == client_id)).one_or_none()
        return None if row is None else Standing(row.state, row.dpop_bound, bool(row.revoked))

    def purpose_standing(self, purpose_id: str) -> tuple[str, int] | None:
        """A purpose's state and version; None if there is none."""
        query = select(purposes.c.state, purposes.c.version)
        row = self._connection.execute(query.where(purposes.c.purpose_id == purpose_id)).first()
        return None if row is None else (row.state, row.version)

    def standings(self, tokens: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
        """How clients and their tokens stand, each a client and a jti; unknown clients lack."""
        asked = set(tokens)
        names, jtis = sorted({each[0] for each in asked}), sorted({each[1] for each in asked})
        known = {
            name: (state, bound)
            for name, state, bound in _CLIENTS.rows(self._connection, {"names": names})
        }
        revoked = {jti for (jti,) in _REVOKED.rows(self._connection, {"jtis": jtis})}
        return {
            (name, jti): Standing(*known[name], jti in revoked)
            for name, jti in asked
            if name in known
        }

    def use_all_once(self, used: Sequence[Used]) -> list[bool]:
        """Consume identifiers; for each, in order, whether it is the first use. Atomic for each."""
        if self._connection.dialect.name == "sqlite":
            rows = ({"issuer": u.issuer, "jti": u.jti, "expires_at": u.expires_at} for u in used)
            return [count == 1 for count in _USE_SQLITE.counted_each(self._connection, rows)]
        said = orjson.dumps([[u.issuer, u.jti, u.expires_at] for u in used])
        fresh = set(_USE_POSTGRESQL.rows(self._connection, {"rows": said.decode()}))
        firsts = []
        for each in used:  # of two in one batch, the first is the first
            firsts.append((each.issuer, each.jti) in fresh)
            fresh.discard((each.issuer, each.jti))
        return firsts

    def revoke(self, jti: str, expires_at: datetime) -> None:
        """Revoke a token; again changes nothing."""
        insert_once(self._connection, revoked_tokens, {"jti": jti, "expires_at": expires_at})

    def was_used(self, issuer: str, jti: str) -> bool:
        """Whether an identifier was used before; a look, that decides nothing."""
        used = used_identifiers.c
        query = select(exists().where(used.issuer == issuer, used.jti == jti))
        return bool(self._connection.execute(query).scalar_one())

    def use_once(self, issuer: str, jti: str, expires_at: datetime) -> bool:
        """Consume an identifier; False if it was used before. One atomic insert."""
        values = {"issuer": issuer, "jti": jti, "expires_at": expires_at}
        return insert_once(self._connection, used_identifiers, values)

    def forget_used(self, before: datetime) -> None:
        """Drop identifiers and revocations whose tokens have expired anyway."""
        for table in (used_identifiers, revoked_tokens):
            self._connection.execute(table.delete().where(table.c.expires_at < before))

    def purposes_of(self, client_id: str) -> list[Purpose]:
        """Every purpose of a client."""
        query = select(purposes).where(purposes.c.client_id == client_id)
        rows = self._connection.execute(query.order_by(purposes.c.purpose_id))
        return [purpose_of(row) for row in rows]


def client_of(row: Row[Any]) -> Client:
    """A row of `clients`."""
    return Client(
        row.client_id,
        row.agency,
        row.agency_en,
        row.agency_uscc,
        row.keys,
        row.state,
        bytes(row.agency_key),
        tuple(row.signing_algorithms),
        row.dpop_bound,
    )


def purpose_of(row: Row[Any]) -> Purpose:
    """A row of `purposes`."""
    return Purpose(
        row.purpose_id,
        row.client_id,
        row.matter_code,
        row.title_zh,
        row.title_en,
        row.legal_basis,
        row.fields,
        row.state,
        tuple(row.actions),
        row.version,
        row.quota_day,
        row.quota_month,
        row.resets_at,
    )
