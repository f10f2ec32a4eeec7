"""When channels were tried: what is kept to a minute's worth is counted whatever becomes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("pause_until", _moment()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attempts")),
    )
    op.create_index("ix_message_attempts_channel", "message_attempts", ["channel", "at"])
    op.drop_index(op.f("ix_messages_handed_at"), "messages")  # nothing is sought by it any more


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)
