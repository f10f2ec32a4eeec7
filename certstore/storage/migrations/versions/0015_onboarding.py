"""Onboarding: quotas and versions of purposes, changes asked for, their history, refused calls."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "purposes", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column("purposes", sa.Column("quota_day", sa.Integer(), nullable=True))
    op.add_column("purposes", sa.Column("quota_month", sa.Integer(), nullable=True))
    op.add_column("purposes", sa.Column("resets_at", _MOMENT, nullable=True))
    op.create_table(
        "purpose_dossiers",
        sa.Column("purpose_id", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("justification", sa.String(length=1000), nullable=False),
        sa.Column("not_given", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("purpose_id", name="pk_purpose_dossiers"),
    )
    op.create_table(
        "onboarding_changes",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("terms", _JSON, nullable=True),
        sa.Column("not_given", _JSON, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("first_by", sa.String(length=80), nullable=True),
        sa.Column("first_at", _MOMENT, nullable=True),
        sa.Column("open_for", sa.String(length=70), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("ref", name="pk_onboarding_changes"),
        sa.UniqueConstraint("open_for", name="uq_onboarding_changes_open_for"),
    )
    op.create_index("ix_onboarding_changes_subject", "onboarding_changes", ["subject"])
    op.create_table(
        "onboarding_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=False),
        sa.Column("after", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_onboarding_history"),
    )
    op.create_index("ix_onboarding_history_subject", "onboarding_history", ["subject"])
    op.create_table(
        "quota_counts",
        sa.Column("purpose_id", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("purpose_id", "period", name="pk_quota_counts"),
    )
    op.create_table(
        "refused_calls",
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("last_reference", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint(
            "client_id", "day", "call", "slug", "cause", "place", name="pk_refused_calls"
        ),
    )
    op.create_index("ix_refused_calls_day", "refused_calls", ["day"])
    op.create_table(
        "conformance",
        sa.Column("purpose_id", sa.String(length=60), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("passed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("purpose_id", "item", name="pk_conformance"),
    )
