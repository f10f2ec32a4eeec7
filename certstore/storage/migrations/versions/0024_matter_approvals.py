"""Versions of matters wait for two people; how each came to count stands beside it."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    approval = sa.Column("approval", sa.String(12), server_default="earlier", nullable=False)
    op.add_column("matters", approval)
    op.create_table(
        "matter_proposals",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("agency_uscc", sa.String(length=18), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("client", sa.String(length=60), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("first_by", sa.String(length=80), nullable=True),
        sa.Column("first_at", Moment(), nullable=True),
        sa.Column("open_for", sa.String(length=40), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_matter_proposals")),
        sa.UniqueConstraint("open_for", name=op.f("uq_matter_proposals_open_for")),
    )
    op.create_index("ix_matter_proposals_code", "matter_proposals", ["code", "version"])
