"""The newest trust list seen of each other city, so that none is set back."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peer_trust_lists",
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("city", name=op.f("pk_peer_trust_lists")),
    )
