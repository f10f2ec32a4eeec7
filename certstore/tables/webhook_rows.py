"""The rows of webhooks: subscriptions, and what waits to be delivered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
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

State = Literal["waiting", "delivered", "dead"]

subscriptions = Table(
    "event_subscriptions",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("client", String(60), nullable=False, index=True),
    Column("url", String(500), nullable=False),
    Column("types", Json, nullable=False),  # none: every type
    Column("description", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled", String(20)),  # why; none: it is active
    # The secret, sealed under a data key that a storage key wraps.
    Column("key_id", String(16), nullable=False),
    Column("wrapped_key", LargeBinary(100), nullable=False),
    Column("secret", LargeBinary(100), nullable=False),
    Column("former_secret", LargeBinary(100)),
    Column("former_until", Moment),
    # How it goes.
    Column("last_success", Moment),
    Column("last_failure", Moment),
    Column("last_why", String(30)),
    Column("failing_since", Moment),
    Column("failures", Integer, nullable=False),  # in a row
    Column("warned_at", Moment),  # its client was told that it is failing
    Column("rest_until", Moment),
    Column("claim", String(24)),
    Column("claimed_until", Moment),
)
deliveries = Table(
    "event_deliveries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("subscription", ForeignKey("event_subscriptions.ref"), nullable=False),
    Column("event_id", String(24), nullable=False),
    Column("type", String(80), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("event", Json, nullable=False),  # a thin CloudEvent
    Column("urgent", Boolean, nullable=False),
    Column("own", Boolean, nullable=False),  # about the client itself: told whatever its standing
    Column("state", String(12), nullable=False),
    Column("waiting_since", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("why", String(30)),  # of the last attempt, and what was answered
    Column("answered", Integer),
    UniqueConstraint("subscription", "event_id"),
    Index("ix_event_deliveries_due", "subscription", "state", "next_at"),
    Index("ix_event_deliveries_order", "subscription", "subject", "state", "id"),
    Index("ix_event_deliveries_waiting", "state", "waiting_since"),
    Index("ix_event_deliveries_ended_at", "ended_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Where a client wants to be told of what; its secret is sealed."""

    ref: str
    client: str
    url: str
    types: Sequence[str]
    description: str
    created_at: datetime
    key_id: str
    wrapped_key: bytes
    secret: bytes
    former_secret: bytes | None = None
    former_until: datetime | None = None
    disabled: str | None = None
    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_why: str | None = None
    failing_since: datetime | None = None
    failures: int = 0
    warned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one subscription."""

    ref: str
    subscription: str
    event_id: str
    type: str
    subject: str
    event: Mapping[str, Any]
    urgent: bool
    own: bool
    waiting_since: datetime
    state: State = "waiting"
    attempts: int = 0
    next_at: datetime
    ended_at: datetime | None = None
    why: str | None = None
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A subscription that one worker works on, under its claim."""

    claim: str
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Counted:
    """What waits and what is dead for one subscription."""

    waiting: int
    dead: int
    oldest_waiting: datetime | None


def subscription_of(row: Row[Any]) -> Subscription:
    """A subscription as it was read."""
    values = {name: getattr(row, name) for name in Subscription.__dataclass_fields__}
    return Subscription(**values)


def delivery_of(row: Row[Any]) -> Delivery:
    """A delivery as it was read."""
    return Delivery(**{name: getattr(row, name) for name in Delivery.__dataclass_fields__})
