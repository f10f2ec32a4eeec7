"""The rows of messages outside the inbox: where somebody is told, and what waits to be sent.

A message is one notice for one contact. Several that wait for the same contact leave together,
under one key: the name that a gateway knows them by, however often they are handed to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
)

from certstore.tables.metadata import Json, Moment, metadata
from certstore.tables.notices import Notice

ChannelName = Literal["email", "sms", "mini_program"]
MessageState = Literal["waiting", "sending", "sent", "delivered", "failed", "dropped", "unclear"]

message_contacts = Table(
    "message_contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("lang", String(2), nullable=False),
    Column("groups", Json, nullable=False),  # of notices that are wanted here
    Column("switched_on", Boolean, nullable=False),
    # The address, sealed under a data key that a storage key wraps.
    Column("key_id", String(16), nullable=False),
    Column("wrapped_key", LargeBinary(100), nullable=False),
    Column("address", LargeBinary(400), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("code", LargeBinary(100)),  # the digest of what was sent there, sealed
    Column("code_until", Moment),
    Column("code_tries", Integer, nullable=False),
    # How it goes.
    Column("failing_since", Moment),  # refused for good: nothing more is sent there
    Column("failures", Integer, nullable=False),  # in a row
    Column("rest_until", Moment),
    Column("unreached", Boolean, nullable=False),  # it rests because the channel was down or busy
    Column("claim", String(24)),
    Column("claimed_until", Moment),
    UniqueConstraint("person_id", "channel"),
)
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notice_id", ForeignKey("notices.id"), nullable=False),
    Column("contact_id", ForeignKey("message_contacts.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("key", String(24), index=True),  # what left together
    Column("lang", String(2)),  # in which language, so that it says the same if it goes again
    Column("handed_at", Moment),  # when it first may have left
    Column("provider_id", String(100)),
    Column("ended_at", Moment),
    Column("why", String(20)),
    UniqueConstraint("notice_id", "contact_id"),
    Index("ix_messages_contact", "contact_id", "state"),
    Index("ix_messages_state", "state", "made_at"),
)
contact_codes = Table(
    "contact_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("bucket", Integer, nullable=False),  # of the address: one of 65,536, and no more
    Column("at", Moment, nullable=False),
    Index("ix_contact_codes_person", "person_id", "at"),
    Index("ix_contact_codes_bucket", "bucket", "at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where a person wants to be told of what; its address is sealed."""

    id: int
    ref: str
    person_id: int
    channel: ChannelName
    lang: Literal["zh", "en"]
    groups: Sequence[str]
    switched_on: bool
    key_id: str
    wrapped_key: bytes
    address: bytes
    made_at: datetime
    confirmed_at: datetime | None
    code: bytes | None
    code_until: datetime | None
    code_tries: int
    failing_since: datetime | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One message with the notice that it tells of."""

    id: int
    state: MessageState
    made_at: datetime
    key: str | None
    lang: Literal["zh", "en"] | None
    handed_at: datetime | None
    notice: Notice


def contact_of(row: Row[Any]) -> Contact:
    """A contact as it was read."""
    return Contact(**{name: getattr(row, name) for name in Contact.__dataclass_fields__})
