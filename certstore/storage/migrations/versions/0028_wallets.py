"""Certificates put into wallets: offers, requests, grants, copies."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def _offers() -> None:
    op.create_table(
        "wallet_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("certificate_ref", sa.String(24), nullable=False),
        sa.Column("link_digest", sa.String(64), nullable=False),
        sa.Column("code_digest", sa.String(64), nullable=False),
        sa.Column("tx_digest", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_wallet_offers_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_offers")),
        sa.UniqueConstraint("ref", name=op.f("uq_wallet_offers_ref")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_wallet_offers_link_digest")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_wallet_offers_code_digest")),
    )
    op.create_index(op.f("ix_wallet_offers_person_id"), "wallet_offers", ["person_id"])


def _requests() -> None:
    op.create_table(
        "wallet_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("uri_digest", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("redirect_uri", sa.String(500), nullable=False),
        sa.Column("state", sa.String(500), nullable=True),
        sa.Column("code_challenge", sa.String(43), nullable=False),
        sa.Column("type_code", sa.String(60), nullable=False),
        sa.Column("offer_ref", sa.String(24), nullable=True),
        sa.Column("jkt", sa.String(43), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("certificate_ref", sa.String(24), nullable=True),
        sa.Column("code_digest", sa.String(64), nullable=True),
        sa.Column("code_expires_at", Moment(), nullable=True),
        sa.Column("code_used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_wallet_requests_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_requests")),
        sa.UniqueConstraint("ref", name=op.f("uq_wallet_requests_ref")),
        sa.UniqueConstraint("uri_digest", name=op.f("uq_wallet_requests_uri_digest")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_wallet_requests_code_digest")),
    )
    op.create_index(op.f("ix_wallet_requests_person_id"), "wallet_requests", ["person_id"])


def _grants() -> None:
    op.create_table(
        "wallet_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("certificate_ref", sa.String(24), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=True),
        sa.Column("jkt", sa.String(43), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("transaction_digest", sa.String(64), nullable=True),
        sa.Column("waiting_keys", Json, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_wallet_grants_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_grants")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_wallet_grants_token_digest")),
        sa.UniqueConstraint("transaction_digest", name=op.f("uq_wallet_grants_transaction_digest")),
    )
    for column in ("source_ref", "person_id", "expires_at"):
        op.create_index(op.f(f"ix_wallet_grants_{column}"), "wallet_grants", [column])


def _copies() -> None:
    op.create_table(
        "wallet_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("certificate_ref", sa.String(24), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=True),
        sa.Column("notification_digest", sa.String(64), nullable=True),
        sa.Column("key_thumbprints", Json, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_wallet_copies_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_copies")),
        sa.UniqueConstraint("ref", name=op.f("uq_wallet_copies_ref")),
        sa.UniqueConstraint(
            "notification_digest", name=op.f("uq_wallet_copies_notification_digest")
        ),
    )
    op.create_index(op.f("ix_wallet_copies_person_id"), "wallet_copies", ["person_id"])


def upgrade() -> None:
    _offers()
    _requests()
    _grants()
    _copies()
