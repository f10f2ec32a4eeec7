"""Issuing for other authorities: who may, what they asked for, lists of their own."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("status_lists", sa.Column("issuer", sa.String(length=18), nullable=True))
    op.create_table(
        "issuing_authorities",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("types", Json, nullable=False),
        sa.Column("enrolled_from", sa.Date(), nullable=False),
        sa.Column("enrolled_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_issuing_authorities")),
    )
    op.create_table(
        "issued_records",
        sa.Column("issuer_uscc", sa.String(length=18), nullable=False),
        sa.Column("type_code", sa.String(length=40), nullable=False),
        sa.Column("record_no", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint(
            "issuer_uscc", "type_code", "record_no", name=op.f("pk_issued_records")
        ),
        sa.UniqueConstraint("certificate_ref", name=op.f("uq_issued_records_certificate_ref")),
    )
    op.create_table(
        "issue_batches",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("issuer_uscc", sa.String(length=18), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_issue_batches")),
    )
    _orders()


def _orders() -> None:
    op.create_table(
        "issue_orders",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("issuer_uscc", sa.String(length=18), nullable=False),
        sa.Column("record_no", sa.String(length=60), nullable=False),
        sa.Column("asked_by", Json, nullable=False),
        sa.Column("said", Json, nullable=True),
        sa.Column("batch_ref", sa.String(length=24), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=True),
        sa.Column("problem", Json, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_issue_orders")),
    )
    op.create_index("ix_issue_orders_batch", "issue_orders", ["batch_ref", "position"])
    op.create_index("ix_issue_orders_open", "issue_orders", ["state", "tried_at"])
    op.create_index("ix_issue_orders_certificate", "issue_orders", ["certificate_ref"])
