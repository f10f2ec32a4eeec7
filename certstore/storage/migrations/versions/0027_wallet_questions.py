"""What verifiers ask wallets (OpenID4VP)."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Moment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wallet_questions",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("wanted", sa.String(length=20), nullable=False),
        sa.Column("verifier", sa.String(length=100), nullable=False),
        sa.Column("same_device", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("answer_key", sa.LargeBinary(), nullable=True),
        sa.Column("return_digest", sa.String(length=64), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_wallet_questions")),
    )
    op.create_index(op.f("ix_wallet_questions_expires_at"), "wallet_questions", ["expires_at"])
