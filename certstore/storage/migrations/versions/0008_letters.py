"""Commitment letters as certificates.

Which application leans on which letter, findings that a letter is false, and the decisions a
finding opens again.
"""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "letter_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("letter_ref", sa.String(length=24), nullable=False),
        sa.Column("signed_here", sa.Boolean(), nullable=False),
        sa.Column("used_at", Moment(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=True),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_uses")),
        sa.UniqueConstraint(
            "application_ref",
            "signed_here",
            name=op.f("uq_letter_uses_application_ref_signed_here"),
        ),
    )
    op.create_index(op.f("ix_letter_uses_letter_ref"), "letter_uses", ["letter_ref"])
    op.create_table(
        "letter_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("letter_ref", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_by", sa.String(length=60), nullable=False),
        sa.Column("found_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_findings")),
        sa.UniqueConstraint("ref", name=op.f("uq_letter_findings_ref")),
        sa.UniqueConstraint("letter_ref", name=op.f("uq_letter_findings_letter_ref")),
    )
    op.create_table(
        "reopened_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_ref", sa.String(length=24), nullable=False),
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopened_decisions")),
        sa.UniqueConstraint(
            "finding_ref",
            "application_ref",
            name=op.f("uq_reopened_decisions_finding_ref_application_ref"),
        ),
    )
    op.create_index(
        op.f("ix_reopened_decisions_application_ref"), "reopened_decisions", ["application_ref"]
    )
