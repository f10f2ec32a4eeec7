"""What source authorities said last and how they answer; organisations that hand in."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_standings",
        sa.Column("source", sa.String(length=18), nullable=False),
        sa.Column("type_code", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("under_dispute", sa.Boolean(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "type_code", "record_id", "version", name=op.f("pk_source_standings")
        ),
    )
    op.create_table(
        "source_health",
        sa.Column("source", sa.String(length=18), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("failed_at", Moment(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_health")),
    )
    op.create_table(
        "organisations",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("enrolled_from", sa.Date(), nullable=False),
        sa.Column("enrolled_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_organisations")),
    )
    op.create_table(
        "joint_tests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interface", sa.String(length=40), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("counterpart", sa.String(length=200), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_tests")),
    )
    with op.batch_alter_table("joint_tests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joint_tests_interface"), ["interface"], unique=False)
