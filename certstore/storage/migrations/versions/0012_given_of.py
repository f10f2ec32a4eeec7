"""Which client was given something of which certificate, beside the access."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("usage", sa.Column("client", sa.String(length=60), nullable=True))
    op.add_column("usage", sa.Column("certificate_ref", sa.String(length=24), nullable=True))
    op.create_index("ix_usage_certificate", "usage", ["certificate_ref", "client"])
