"""Fingerprints of pictures on file, and what our own check said of them.

The rows of photos on file from before are made by the worker, which reads each picture.
"""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of photo checks."""
    op.create_table(
        "photo_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=True),
        sa.Column("application_ref", sa.String(length=24), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id_type", sa.String(length=3), nullable=False),
        sa.Column("id_number", sa.String(length=32), nullable=False),
        *(sa.Column(f"band_{n}", sa.Integer(), nullable=True) for n in range(4)),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("quality", sa.String(length=20), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("same_as", sa.String(length=24), nullable=True),
        sa.Column("checked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_checks")),
        sa.UniqueConstraint("certificate_ref", name=op.f("uq_photo_checks_certificate_ref")),
        sa.UniqueConstraint("application_ref", name=op.f("uq_photo_checks_application_ref")),
    )
    with op.batch_alter_table("photo_checks", schema=None) as batch_op:
        for column in ("sha256", "level", *(f"band_{n}" for n in range(4))):
            batch_op.create_index(batch_op.f(f"ix_photo_checks_{column}"), [column], unique=False)
