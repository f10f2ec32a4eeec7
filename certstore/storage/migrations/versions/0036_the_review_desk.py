"""Stations of applications, claims, decisions of two, approving together, what is raised."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _applications()
    op.create_table(
        "case_claims",
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("officer", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("acted_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("application_ref", name=op.f("pk_case_claims")),
    )
    op.create_index(op.f("ix_case_claims_officer"), "case_claims", ["officer"])
    op.create_index(op.f("ix_case_claims_acted_at"), "case_claims", ["acted_at"])
    _proposed()
    _together()
    op.create_table(
        "raised_cases",
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("raised_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("application_ref", "due_on", name=op.f("pk_raised_cases")),
    )


def _applications() -> None:
    """Cases of before belong to no station, and wait at every one until they are decided."""
    op.add_column(
        "applications",
        sa.Column("station", sa.String(length=40), nullable=False, server_default=""),
    )
    op.add_column(
        "applications",
        sa.Column("clear", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_applications_station", "applications", ["station", "state"])


def _proposed() -> None:
    op.create_table(
        "proposed_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("proposed_name", sa.String(length=100), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("judged", _JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("second_by", sa.String(length=60), nullable=False),
        sa.Column("second_at", _MOMENT, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_decisions")),
        sa.UniqueConstraint("ref", name=op.f("uq_proposed_decisions_ref")),
    )
    op.create_index(
        op.f("ix_proposed_decisions_application_ref"), "proposed_decisions", ["application_ref"]
    )
    is_open = sa.text("standing = 'open'")
    op.create_index(
        "uq_proposed_decisions_open",
        "proposed_decisions",
        ["application_ref"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _together() -> None:
    op.create_table(
        "bulk_approvals",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("officer", _JSON, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_bulk_approvals")),
    )
    op.create_index("ix_bulk_approvals_under_way", "bulk_approvals", ["ended_at", "started_at"])
    op.create_table(
        "bulk_cases",
        sa.Column("bulk_ref", sa.String(length=24), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("bulk_ref", "place", name=op.f("pk_bulk_cases")),
    )
