"""Agencies' matters as data, decisions made for them, and accesses found by case number."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("agency_uscc", sa.String(length=18), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("registered_at", Moment(), nullable=False),
        sa.Column("registered_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_matters_code_version")),
        sa.UniqueConstraint("code", "effective_from", name=op.f("uq_matters_code_effective_from")),
    )
    op.create_table(
        "matter_owners",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("agency_uscc", sa.String(length=18), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_matter_owners")),
    )
    op.create_table(
        "reuse_decisions",
        sa.Column("decision_id", sa.String(length=24), nullable=False),
        sa.Column("client", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("matter_code", sa.String(length=60), nullable=False),
        sa.Column("case_no", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("snapshot", Json, nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_reuse_decisions")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reuse_decisions_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["people.id"], name=op.f("fk_reuse_decisions_guardian_id")
        ),
    )
    op.create_index(op.f("ix_reuse_decisions_person_id"), "reuse_decisions", ["person_id"])
    op.create_index(op.f("ix_reuse_decisions_guardian_id"), "reuse_decisions", ["guardian_id"])
    op.create_index("ix_reuse_decisions_case", "reuse_decisions", ["case_no", "purpose"])
    op.add_column("usage", sa.Column("asked_for", sa.String(length=60), nullable=True))
    op.add_column("usage", sa.Column("case_no", sa.String(length=60), nullable=True))
    op.create_index("ix_usage_case", "usage", ["case_no", "asked_for"])
