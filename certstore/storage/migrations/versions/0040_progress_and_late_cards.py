"""Endorsements applied for in time and waited for; late cards on the supervisor's list."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_applications_subject", "applications", ["subject_key", "matter"])
    op.create_table(
        "awaited_endorsements",
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("application_ref", name=op.f("pk_awaited_endorsements")),
    )
    op.create_table(
        "raised_cards",
        sa.Column("card_ref", sa.String(length=24), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("card_ref", "due_on", name=op.f("pk_raised_cards")),
    )
