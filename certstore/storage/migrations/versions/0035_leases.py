"""Leases on their way to being filed; which holder of a certificate shows it."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "presentations",
        sa.Column("holder", sa.Integer(), nullable=False, server_default="0"),
    )
    _leases()
    _parties()
    op.create_table(
        "lease_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lease_ref", sa.String(length=24), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lease_ref"], ["leases.ref"], name=op.f("fk_lease_steps_lease_ref_leases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease_steps")),
    )
    op.create_index(op.f("ix_lease_steps_lease_ref"), "lease_steps", ["lease_ref"])
    op.create_table(
        "lease_places",
        sa.Column("certificate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("figure", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_lease_places")),
    )
    op.create_index(op.f("ix_lease_places_figure"), "lease_places", ["figure"])


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("begun_by", sa.Integer(), nullable=False),
        sa.Column("begun_key", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("contract", Json, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("figure", sa.String(length=20), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("try_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("decision", Json, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("order_ref", sa.String(length=24), nullable=True),
        sa.Column("certificate_ref", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["begun_by"], ["people.id"], name=op.f("fk_leases_begun_by_people")
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_leases")),
        sa.UniqueConstraint("number", name=op.f("uq_leases_number")),
        sa.UniqueConstraint("begun_by", "begun_key", name=op.f("uq_leases_begun_by_begun_key")),
    )
    op.create_index("ix_leases_figure", "leases", ["figure", "state"])
    op.create_index("ix_leases_state", "leases", ["state", "changed_at"])


def _parties() -> None:
    op.create_table(
        "lease_parties",
        sa.Column("lease_ref", sa.String(length=24), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("id_number", sa.String(length=32), nullable=False),
        sa.Column("joined_at", Moment(), nullable=True),
        sa.Column("seen_revision", sa.Integer(), nullable=False),
        sa.Column("signed_at", Moment(), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("countersignature", sa.Text(), nullable=False),
        sa.Column("end_agreed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lease_ref"], ["leases.ref"], name=op.f("fk_lease_parties_lease_ref_leases")
        ),
        sa.PrimaryKeyConstraint("lease_ref", "place", name=op.f("pk_lease_parties")),
    )
    op.create_index(op.f("ix_lease_parties_id_number"), "lease_parties", ["id_number"])
