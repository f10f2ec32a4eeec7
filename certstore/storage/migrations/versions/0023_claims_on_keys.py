"""By whom a request's key is held just now, and whether anything was done under it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "idempotency_keys",
        sa.Column("fence", sa.String(length=24), nullable=False, server_default=""),
    )
    op.add_column(
        "idempotency_keys",
        sa.Column("acted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
