"""Certificates put into wallets: offers, what wallets asked for, access tokens, copies given.

Promises: a code and a transaction are used once, however many ask at the same moment; of every
secret only a digest is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    delete,
    func,
    select,
)

from certstore.tables.metadata import Json, Moment, metadata

wallet_offers = Table(
    "wallet_offers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("certificate_ref", String(24), nullable=False),
    Column("link_digest", String(64), nullable=False, unique=True),
    Column("code_digest", String(64), nullable=False, unique=True),
    Column("tx_digest", String(64), nullable=False),
    Column("tries", Integer, nullable=False),  # of the transaction code
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
wallet_requests = Table(
    "wallet_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("uri_digest", String(64), nullable=False, unique=True),
    Column("client_id", String(255), nullable=False),
    Column("redirect_uri", String(500), nullable=False),
    Column("state", String(500)),
    Column("code_challenge", String(43), nullable=False),
    Column("type_code", String(60), nullable=False),
    Column("offer_ref", String(24)),  # the offer that it came from, if one was scanned
    Column("jkt", String(43)),  # the key that its token will be bound to, if it said so
    Column("expires_at", Moment, nullable=False),
    Column("begun_at", Moment),
    Column("answered_at", Moment),
    Column("person_id", ForeignKey("people.id"), index=True),  # who agreed
    Column("certificate_ref", String(24)),
    Column("code_digest", String(64), unique=True),
    Column("code_expires_at", Moment),
    Column("code_used_at", Moment),
)
wallet_grants = Table(
    "wallet_grants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("source_ref", String(24), nullable=False, index=True),  # the offer's, the request's
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("certificate_ref", String(24), nullable=False),
    Column("client_id", String(255)),
    Column("jkt", String(43), nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
    Column("given", Integer, nullable=False),  # credentials
    Column("transaction_digest", String(64), unique=True),  # while the certificate is waited for
    Column("waiting_keys", Json),  # the public keys that it will be bound to
)
wallet_copies = Table(
    "wallet_copies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("certificate_ref", String(24), nullable=False),
    Column("grant_id", Integer, nullable=False),  # the grant is forgotten before its copies
    Column("client_id", String(255)),
    Column("notification_digest", String(64), unique=True),
    Column("key_thumbprints", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("state", String(10), nullable=False),  # given | accepted | failed | deleted
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletOffer:
    """An offer to one wallet; whoever has its link and its transaction code may take it once."""

    ref: str
    person_id: int
    certificate_ref: str
    link_digest: str
    code_digest: str
    tx_digest: str
    made_at: datetime
    expires_at: datetime
    tries: int = 0
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletRequest:
    """What a wallet asked for by itself, and what its holder answered."""

    ref: str
    uri_digest: str
    client_id: str
    redirect_uri: str
    state: str | None
    code_challenge: str
    type_code: str
    offer_ref: str | None
    jkt: str | None
    expires_at: datetime
    begun_at: datetime | None = None
    answered_at: datetime | None = None
    person_id: int | None = None
    certificate_ref: str | None = None
    code_digest: str | None = None
    code_expires_at: datetime | None = None
    code_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletGrant:
    """An access token without its characters: for one certificate, bound to one key."""

    token_digest: str
    source_ref: str
    person_id: int
    certificate_ref: str
    client_id: str | None
    jkt: str
    expires_at: datetime
    id: int = 0
    ended_at: datetime | None = None
    given: int = 0
    transaction_digest: str | None = None
    waiting_keys: Sequence[Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCopy:
    """What one answer gave to a wallet: a credential for each of these keys."""

    ref: str
    person_id: int
    certificate_ref: str
    grant_id: int
    client_id: str | None
    notification_digest: str | None
    key_thumbprints: Sequence[str]
    made_at: datetime
    state: str = "given"


class WalletBook:
    """Offers, requests, grants and copies, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- offers ----------------------------------------------------------------------------

    def add_offer(self, offer: WalletOffer) -> None:
        """Keep a new offer."""
        self._add(wallet_offers, offer)

    def offer_by_link(self, digest: str) -> WalletOffer | None:
        """The offer whose link has this digest."""
        row = self._one(wallet_offers, wallet_offers.c.link_digest == digest)
        return None if row is None else _offer(row)

    def offer(self, ref: str) -> WalletOffer | None:
        """The offer with this reference."""
        row = self._one(wallet_offers, wallet_offers.c.ref == ref)
        return None if row is None else _offer(row)

    def try_offer(self, code_digest: str, most: int, at: datetime) -> WalletOffer | None:
        """Count a try at an offer that can still be taken; None if there is no such offer.

        It is counted before anything is compared, so that no two tries pass for one.
        """
        table = wallet_offers
        statement = (
            table.update()
            .where(table.c.code_digest == code_digest, table.c.used_at.is_(None))
            .where(table.c.expires_at > at, table.c.tries < most)
            .values(tries=table.c.tries + 1)
        )
        if self._connection.execute(statement).rowcount != 1:
            return None
        row = self._one(table, table.c.code_digest == code_digest)
        return None if row is None else _offer(row)

    def use_offer(self, ref: str, at: datetime) -> bool:
        """Use an offer up; False if somebody was first."""
        table = wallet_offers
        statement = table.update().where(table.c.ref == ref, table.c.used_at.is_(None))
        return self._connection.execute(statement.values(used_at=at)).rowcount == 1

    def offers_since(self, certificate_ref: str, since: datetime) -> int:
        """How many offers of a certificate were made since a moment."""
        query = select(func.count()).where(
            wallet_offers.c.certificate_ref == certificate_ref, wallet_offers.c.made_at >= since
        )
        return int(self._connection.execute(query).scalar_one())

    # -- requests --------------------------------------------------------------------------

    def add_request(self, request: WalletRequest) -> None:
        """Keep what a wallet asked for."""
        self._add(wallet_requests, request)

    def begin_request(self, uri_digest: str, client_id: str, at: datetime) -> str | None:
        """Use a request's address up, and give its reference; None if it is no good any more."""
        table = wallet_requests
        where = (
            (table.c.uri_digest == uri_digest) & (table.c.client_id == client_id),
            table.c.begun_at.is_(None) & (table.c.expires_at > at),
        )
        if self._connection.execute(table.update().where(*where).values(begun_at=at)).rowcount != 1:
            return None
        row = self._one(table, table.c.uri_digest == uri_digest)
        return None if row is None else str(row.ref)

    def request(self, ref: str) -> WalletRequest | None:
        """The request with this reference."""
        row = self._one(wallet_requests, wallet_requests.c.ref == ref)
        return None if row is None else _request(row)

    def request_by_code(self, digest: str) -> WalletRequest | None:
        """The request that was answered with this code."""
        row = self._one(wallet_requests, wallet_requests.c.code_digest == digest)
        return None if row is None else _request(row)

    def answer_request(self, ref: str, values: Mapping[str, object], at: datetime) -> bool:
        """Keep the holder's answer; False if it was answered before."""
        table = wallet_requests
        statement = table.update().where(table.c.ref == ref, table.c.answered_at.is_(None))
        done = self._connection.execute(statement.values(answered_at=at, **values))
        return done.rowcount == 1

    def use_code(self, ref: str, at: datetime) -> bool:
        """Use a request's code up; False if it was used before or is too old."""
        table = wallet_requests
        statement = table.update().where(
            table.c.ref == ref, table.c.code_used_at.is_(None), table.c.code_expires_at > at
        )
        return self._connection.execute(statement.values(code_used_at=at)).rowcount == 1

    # -- grants ----------------------------------------------------------------------------

    def add_grant(self, grant: WalletGrant) -> None:
        """Keep a new access token's digest, and what it is for."""
        self._add(wallet_grants, grant, without="id")

    def grant(self, token_digest: str) -> WalletGrant | None:
        """The grant whose access token has this digest."""
        row = self._one(wallet_grants, wallet_grants.c.token_digest == token_digest)
        return None if row is None else _grant(row)

    def end_grants(self, source_ref: str, at: datetime) -> None:
        """End what was granted for an offer or a request."""
        table = wallet_grants
        statement = table.update().where(
            table.c.source_ref == source_ref, table.c.ended_at.is_(None)
        )
        self._connection.execute(statement.values(ended_at=at))

    def count_given(self, grant_id: int, more: int, most: int) -> bool:
        """Count credentials given on a grant; False if they would be more than `most`."""
        table = wallet_grants
        statement = (
            table.update()
            .where(table.c.id == grant_id, table.c.ended_at.is_(None))
            .where(table.c.given + more <= most)
            .values(given=table.c.given + more)
        )
        return self._connection.execute(statement).rowcount == 1

    def wait(self, grant_id: int, digest: str, keys: Sequence[Mapping[str, str]]) -> None:
        """Keep the keys of a request that must wait; an earlier one of the grant is forgotten."""
        statement = wallet_grants.update().where(wallet_grants.c.id == grant_id)
        values = {"transaction_digest": digest, "waiting_keys": [dict(key) for key in keys]}
        self._connection.execute(statement.values(**values))

    def end_wait(self, grant_id: int, digest: str) -> bool:
        """End a transaction; False if it was ended before."""
        table = wallet_grants
        statement = table.update().where(
            table.c.id == grant_id, table.c.transaction_digest == digest
        )
        done = self._connection.execute(
            statement.values(transaction_digest=None, waiting_keys=None)
        )
        return done.rowcount == 1

    # -- copies ----------------------------------------------------------------------------

    def add_copy(self, copy: WalletCopy) -> None:
        """Keep what was given."""
        self._add(wallet_copies, copy)

    def copies(self, person_id: int, limit: int = 200) -> list[WalletCopy]:
        """What a person put into wallets, latest first."""
        query = (
            select(wallet_copies)
            .where(wallet_copies.c.person_id == person_id)
            .order_by(wallet_copies.c.id.desc())
            .limit(limit)
        )
        return [_copy(row) for row in self._connection.execute(query)]

    def tell(self, grant_id: int, digest: str, state: str) -> bool:
        """Keep what became of copies; False if the grant has none by this notification."""
        table = wallet_copies
        statement = table.update().where(
            table.c.grant_id == grant_id, table.c.notification_digest == digest
        )
        return self._connection.execute(statement.values(state=state)).rowcount == 1

    # -- the end ---------------------------------------------------------------------------

    def erase(self, person_id: int) -> None:
        """Erase everything about a person's wallets."""
        for table in (wallet_copies, wallet_grants, wallet_requests, wallet_offers):
            self._connection.execute(delete(table).where(table.c.person_id == person_id))

    def forget(self, before: datetime) -> None:
        """Forget offers, requests and grants that were over before a moment; copies stay."""
        for table in (wallet_offers, wallet_requests, wallet_grants):
            self._connection.execute(delete(table).where(table.c.expires_at < before))

    def forget_unbegun(self, before: datetime) -> None:
        """Forget requests that nobody took to their holder in time."""
        table = wallet_requests
        over = table.delete().where(table.c.begun_at.is_(None), table.c.expires_at < before)
        self._connection.execute(over)

    def _add(self, table: Table, made: object, without: str = "") -> None:
        values = {c.name: getattr(made, c.name) for c in table.c if c.name not in {"id", without}}
        self._connection.execute(table.insert().values(**values))

    def _one(self, table: Table, where: ColumnElement[bool]) -> Row[Any] | None:
        return self._connection.execute(select(table).where(where)).one_or_none()


def _offer(row: Row[Any]) -> WalletOffer:
    return WalletOffer(**{n: v for n, v in row._mapping.items() if n != "id"})  # noqa: SLF001 - SQLAlchemy's own public name


def _request(row: Row[Any]) -> WalletRequest:
    return WalletRequest(**{n: v for n, v in row._mapping.items() if n != "id"})  # noqa: SLF001 - as above


def _grant(row: Row[Any]) -> WalletGrant:
    return WalletGrant(**row._mapping)  # noqa: SLF001 - as above


def _copy(row: Row[Any]) -> WalletCopy:
    return WalletCopy(**{n: v for n, v in row._mapping.items() if n != "id"})  # noqa: SLF001 - as above
