"""Time-stamps put over documents."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stamped_documents",
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.Column("stamps", sa.Integer(), nullable=False),
        sa.Column("stamped_at", Moment(), nullable=True),
        sa.Column("holds_until", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("certificate_ref", name=op.f("pk_stamped_documents")),
    )
    op.create_index(op.f("ix_stamped_documents_due_at"), "stamped_documents", ["due_at"])
    op.create_table(
        "stamping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entered_up_to", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamping")),
    )
