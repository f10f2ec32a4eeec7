"""Links to documents, good once; jobs of many pulls and their items."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("purpose_id", sa.String(length=60), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.Column("usage_ref", sa.String(length=24), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_document_links")),
    )
    op.create_index(op.f("ix_document_links_expires_at"), "document_links", ["expires_at"])
    op.create_table(
        "pull_jobs",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("service", Json, nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_pull_jobs")),
    )
    op.create_index(op.f("ix_pull_jobs_expires_at"), "pull_jobs", ["expires_at"])
    op.create_index(op.f("ix_pull_jobs_client_id"), "pull_jobs", ["client_id"])
    op.create_table(
        "pull_job_items",
        sa.Column("job_ref", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_ref"], ["pull_jobs.ref"], name=op.f("fk_pull_job_items_job_ref")
        ),
        sa.PrimaryKeyConstraint("job_ref", "position", name=op.f("pk_pull_job_items")),
    )
    op.create_index(op.f("ix_pull_job_items_state"), "pull_job_items", ["state"])
