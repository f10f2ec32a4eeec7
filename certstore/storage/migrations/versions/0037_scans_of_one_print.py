"""Scans counted beside an access, and when nine digits were wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "more_scans",
        sa.Column("usage_ref", sa.String(length=24), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("usage_ref", name=op.f("pk_more_scans")),
    )
    op.create_table(
        "wrong_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_numbers")),
    )
    op.create_index(op.f("ix_wrong_numbers_at"), "wrong_numbers", ["at"])
