"""People handed over by apps: tickets and entries, and which app a session runs in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(
            sa.Column("host", sa.String(length=40), server_default="", nullable=False)
        )
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "entries",
        sa.Column("assertion", sa.String(length=64), nullable=False),
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64)),
        sa.Column("host", sa.String(length=40), nullable=False),
        sa.Column("caller", json),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("assertion", name=op.f("pk_entries")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_entries_ticket_hash")),
        sa.UniqueConstraint("entry_hash", name=op.f("uq_entries_entry_hash")),
    )
    op.create_index(op.f("ix_entries_forget_at"), "entries", ["forget_at"])
