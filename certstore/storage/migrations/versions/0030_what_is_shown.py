"""What a presentation shows, phones that show off line, and what verifiers ask."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _presentations()
    _devices()
    _requests()


def _presentations() -> None:
    with op.batch_alter_table("presentations") as table:
        table.add_column(sa.Column("disclosure", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("age_over", sa.Integer(), nullable=True))
        table.add_column(sa.Column("number", sa.String(9), nullable=True))
        table.create_index("ix_presentations_number", ["number"])
    op.create_table(
        "off_line_showings",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_off_line_showings")),
    )
    op.create_index("ix_off_line_showings_until", "off_line_showings", ["until"])


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("kid", sa.String(16), nullable=False),
        sa.Column("jwk", Json, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_devices_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("ref", name=op.f("uq_devices_ref")),
        sa.UniqueConstraint("kid", name=op.f("uq_devices_kid")),
    )
    op.create_index("ix_devices_person_id", "devices", ["person_id"])
    op.create_table(
        "device_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("certificate_ref", sa.String(24), nullable=False),
        sa.Column("disclosure", sa.Integer(), nullable=False),
        sa.Column("age_over", sa.Integer(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_device_codes_device_id_devices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_codes")),
        sa.UniqueConstraint(
            "device_id", "certificate_ref", name=op.f("uq_device_codes_device_id_certificate_ref")
        ),
    )
    op.create_table(
        "device_challenges",
        sa.Column("challenge", sa.String(43), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_device_challenges_person_id_people")
        ),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_device_challenges")),
    )
    op.create_table(
        "signed_out_devices",
        sa.Column("kid", sa.String(16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signed_out_devices")),
    )
    op.create_index("ix_signed_out_devices_at", "signed_out_devices", ["at"])


def _requests() -> None:
    op.create_table(
        "verifier_requests",
        sa.Column("ref", sa.String(24), nullable=False),
        sa.Column("secret_digest", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(100), nullable=False),
        sa.Column("place", sa.String(100), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("agency", sa.String(100), nullable=False),
        sa.Column("disclosure", sa.Integer(), nullable=False),
        sa.Column("age_over", sa.Integer(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("answer", sa.String(3), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("certificate_ref", sa.String(24), nullable=True),
        sa.Column("collected_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_verifier_requests_person_id_people")
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_verifier_requests")),
    )
    op.create_index("ix_verifier_requests_expires_at", "verifier_requests", ["expires_at"])
