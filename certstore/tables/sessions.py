"""Sessions of people who signed in, sign-ins under way, forms kept for people whose session ended.

Only hashes of secrets are kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Row, String, Table, Text, select

from certstore.certificates import Holder
from certstore.tables.metadata import Json, Moment, metadata

# How long an ended session is remembered: long enough to know whose typed form arrived too late.
REMEMBERED = timedelta(hours=2)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("caller", Json, nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("signed_in_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("host", String(40), nullable=False, server_default=""),
)
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("code_verifier", String(128), nullable=False),
    Column("return_to", Text, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)
kept_forms = Table(
    "kept_forms",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("whose", String(64), nullable=False),
    Column("path", Text, nullable=False),
    Column("fields", Json, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session: who it is (as `callers.py` writes it), until when, and inside which app."""

    caller: dict[str, Any]
    csrf: str
    signed_in_at: datetime
    expires_at: datetime
    host: str = ""


@dataclass(frozen=True, slots=True)
class SignInRow:
    """A sign-in that left for the identity provider and has not come back."""

    nonce: str
    code_verifier: str
    return_to: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeptFormRow:
    """What somebody typed into the form at a path; `whose` is a digest of their account."""

    whose: str
    path: str
    fields: dict[str, list[str]]
    expires_at: datetime


def hashed(secret: str) -> str:
    """What is kept of a secret with 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class SessionBook:
    """Sessions, sign-ins and kept forms, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def begin_sign_in(self, state: str, row: SignInRow) -> None:
        """Remember a sign-in that leaves for the provider."""
        self._connection.execute(
            sign_ins.insert().values(
                state_hash=hashed(state),
                nonce=row.nonce,
                code_verifier=row.code_verifier,
                return_to=row.return_to,
                expires_at=row.expires_at,
            )
        )

    def take_sign_in(self, state: str) -> SignInRow | None:
        """Give back a sign-in and forget it: it comes back once."""
        statement = (
            sign_ins.delete().where(sign_ins.c.state_hash == hashed(state)).returning(sign_ins)
        )
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        return SignInRow(row.nonce, row.code_verifier, row.return_to, row.expires_at)

    def open(self, token: str, row: SessionRow) -> None:
        """Keep a new session."""
        self._connection.execute(
            sessions.insert().values(
                token_hash=hashed(token),
                caller=row.caller,
                csrf=row.csrf,
                signed_in_at=row.signed_in_at,
                expires_at=row.expires_at,
                host=row.host,
            )
        )

    def find(self, token: str, at: datetime) -> SessionRow | None:
        """The session with this token, if it has not ended."""
        query = select(sessions).where(
            sessions.c.token_hash == hashed(token), sessions.c.expires_at > at
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _session(row)

    def find_even_ended(self, token: str) -> SessionRow | None:
        """The session with this token, also when its time is over; nobody is let in by it."""
        query = select(sessions).where(sessions.c.token_hash == hashed(token))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _session(row)

    def close(self, token: str) -> None:
        """End a session, and remember nothing of it."""
        self._connection.execute(sessions.delete().where(sessions.c.token_hash == hashed(token)))

    def erase(self, holder: Holder) -> None:
        """End a person's sessions everywhere, and remember nothing of them."""
        said = sessions.c.caller
        theirs = (said["id_type"].as_string() == holder.id_type) & (
            said["id_number"].as_string() == holder.id_number
        )
        self._connection.execute(sessions.delete().where(theirs))

    def keep_form(self, token: str, row: KeptFormRow) -> None:
        """Keep what somebody typed."""
        self._connection.execute(
            kept_forms.insert().values(
                token_hash=hashed(token),
                whose=row.whose,
                path=row.path,
                fields=row.fields,
                expires_at=row.expires_at,
            )
        )

    def find_form(self, token: str, at: datetime) -> KeptFormRow | None:
        """The kept form with this token, if its time is not over."""
        query = select(kept_forms).where(
            kept_forms.c.token_hash == hashed(token), kept_forms.c.expires_at > at
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _kept_form(row)

    def drop_form(self, token: str) -> bool:
        """Forget a kept form; whether it was there."""
        statement = kept_forms.delete().where(kept_forms.c.token_hash == hashed(token))
        dropped = self._connection.execute(statement.returning(kept_forms.c.token_hash))
        return dropped.one_or_none() is not None

    def forget_ended(self, before: datetime) -> None:
        """Drop what has ended; of sessions, what ended a while ago."""
        self._connection.execute(
            sessions.delete().where(sessions.c.expires_at < before - REMEMBERED)
        )
        for table in (sign_ins, kept_forms):
            self._connection.execute(table.delete().where(table.c.expires_at < before))


def _session(row: Row[Any]) -> SessionRow:
    return SessionRow(row.caller, row.csrf, row.signed_in_at, row.expires_at, row.host)


def _kept_form(row: Row[Any]) -> KeptFormRow:
    return KeptFormRow(row.whose, row.path, row.fields, row.expires_at)
