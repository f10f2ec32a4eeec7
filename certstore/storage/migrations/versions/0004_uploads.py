"""What applicants hand in."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("material", sa.String(length=24), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("announced_sha256", sa.String(length=64), nullable=True),
        sa.Column("key_id", sa.String(length=16), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(length=64), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("advice", Json, nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("ref", name=op.f("uq_uploads_ref")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_uploads_application_ref"), ["application_ref"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_uploads_key_id"), ["key_id"], unique=False)
        batch_op.create_index("ix_uploads_state", ["state", "expires_at"], unique=False)
        batch_op.create_index(
            "uq_uploads_receiving",
            ["application_ref", "material"],
            unique=True,
            sqlite_where=sa.text("state = 'receiving'"),
            postgresql_where=sa.text("state = 'receiving'"),
        )

    op.create_table(
        "upload_pieces",
        sa.Column("upload_ref", sa.String(length=24), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("upload_ref", "start", name=op.f("pk_upload_pieces")),
    )
