"""Feeds of events, webhooks and their deliveries; which events of the outbox were spread."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("spread_at", Moment(), nullable=True))
    # Nobody could subscribe to what happened before.
    op.execute("UPDATE outbox SET spread_at = created_at")
    op.create_index("ix_outbox_to_spread", "outbox", ["spread_at", "id"])
    op.create_table(
        "event_feeds",
        sa.Column("client", sa.String(length=60), nullable=False),
        sa.Column("last", _NUMBER, nullable=False),
        sa.Column("forgotten", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("client", name=op.f("pk_event_feeds")),
    )
    op.create_table(
        "told_events",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("client", sa.String(length=60), nullable=False),
        sa.Column("sequence", _NUMBER, nullable=False),
        sa.Column("event_id", sa.String(length=24), nullable=False),
        sa.Column("event", Json, nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_events")),
        sa.UniqueConstraint("client", "sequence", name=op.f("uq_told_events_client_sequence")),
        sa.UniqueConstraint("client", "event_id", name=op.f("uq_told_events_client_event_id")),
    )
    op.create_index("ix_told_events_told_at", "told_events", ["told_at"])
    _webhooks()


def _webhooks() -> None:
    op.create_table(
        "event_subscriptions",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("client", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("types", Json, nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("disabled", sa.String(length=20), nullable=True),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(length=100), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=100), nullable=False),
        sa.Column("former_secret", sa.LargeBinary(length=100), nullable=True),
        sa.Column("former_until", Moment(), nullable=True),
        sa.Column("last_success", Moment(), nullable=True),
        sa.Column("last_failure", Moment(), nullable=True),
        sa.Column("last_why", sa.String(length=30), nullable=True),
        sa.Column("failing_since", Moment(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("warned_at", Moment(), nullable=True),
        sa.Column("rest_until", Moment(), nullable=True),
        sa.Column("claim", sa.String(length=24), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_event_subscriptions")),
    )
    op.create_index(op.f("ix_event_subscriptions_client"), "event_subscriptions", ["client"])
    op.create_table(
        "event_deliveries",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("subscription", sa.String(length=24), nullable=False),
        sa.Column("event_id", sa.String(length=24), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("event", Json, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("waiting_since", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("why", sa.String(length=30), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_deliveries")),
        sa.UniqueConstraint("ref", name=op.f("uq_event_deliveries_ref")),
        sa.UniqueConstraint(
            "subscription", "event_id", name=op.f("uq_event_deliveries_subscription_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["event_subscriptions.ref"],
            name=op.f("fk_event_deliveries_subscription"),
        ),
    )
    for name, columns in (
        ("due", ["subscription", "state", "next_at"]),
        ("order", ["subscription", "subject", "state", "id"]),
        ("waiting", ["state", "waiting_since"]),
        ("ended_at", ["ended_at"]),
    ):
        op.create_index(f"ix_event_deliveries_{name}", "event_deliveries", columns)
