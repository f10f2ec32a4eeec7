"""Face results that are asked for, consents to verifications, earlier verifications."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns are only added here: SQLite would have to drop a table that another one refers to.
    for column in (
        sa.Column("provider_ref", sa.String(length=256), nullable=True),
        sa.Column("consent_id", sa.String(length=24), nullable=True),
        sa.Column("consent_notice", sa.String(length=40), nullable=True),
    ):
        op.add_column("face_transactions", column)
    op.execute(sa.text("UPDATE face_transactions SET provider_ref = provider_txn"))
    # SQLite makes the table anew, and would leave out a check it is not told of.
    check = sa.CheckConstraint("result = 'pass' OR NOT accepted", name="accepted_only_if_passed")
    with op.batch_alter_table("face_results", table_args=(check,)) as batch_op:
        batch_op.alter_column(
            "mode", existing_type=sa.String(length=3), type_=sa.String(length=10), nullable=False
        )
        batch_op.alter_column("score", existing_type=sa.Double(), nullable=True)
        batch_op.alter_column("threshold", existing_type=sa.Double(), nullable=True)
    op.create_table(
        "earlier_verifications",
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("binding_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject_binding", sa.String(length=64), nullable=False),
        sa.Column("trust_framework", sa.String(length=60), nullable=False),
        sa.Column("assurance_level", sa.String(length=60), nullable=False),
        sa.Column("verified_at", Moment(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.PrimaryKeyConstraint("account_hash", "position", name=op.f("pk_earlier_verifications")),
    )
