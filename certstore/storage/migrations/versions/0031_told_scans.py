"""Scans made off line that verifiers told of later."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_scans",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("cti", sa.String(length=32), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_told_scans")),
    )
    op.create_index(op.f("ix_told_scans_cti"), "told_scans", ["cti"])
