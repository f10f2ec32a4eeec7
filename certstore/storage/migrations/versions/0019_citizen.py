"""The citizen's side: questions about accesses, disputes, entrustments, codes for one use."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of questions, disputes, entrustments and use codes."""
    _questions()
    _disputes()
    _entrusting()


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("usage_ref", sa.String(length=24), nullable=False),
        sa.Column("open_usage_ref", sa.String(length=24), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_questions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("open_usage_ref", name=op.f("uq_questions_open_usage_ref")),
        sa.UniqueConstraint("ref", name=op.f("uq_questions_ref")),
    )
    op.create_index(op.f("ix_questions_client"), "questions", ["client"])
    op.create_index(op.f("ix_questions_person_id"), "questions", ["person_id"])
    op.create_index(op.f("ix_questions_usage_ref"), "questions", ["usage_ref"])


def _disputes() -> None:
    op.create_table(
        "dispute_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dispute_ref", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_steps")),
    )
    op.create_index(op.f("ix_dispute_steps_dispute_ref"), "dispute_steps", ["dispute_ref"])
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.Column("authority", sa.String(length=18), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("open_key", sa.String(length=120), nullable=True),
        sa.Column("stands", sa.Text(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source_objects", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("answer_due", sa.Date(), nullable=False),
        sa.Column("filed_at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("corrected_ref", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_disputes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("open_key", name=op.f("uq_disputes_open_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_disputes_ref")),
    )
    op.create_index(op.f("ix_disputes_authority"), "disputes", ["authority"])
    op.create_index(op.f("ix_disputes_certificate_ref"), "disputes", ["certificate_ref"])
    op.create_index(op.f("ix_disputes_person_id"), "disputes", ["person_id"])


def _entrusting() -> None:
    op.create_table(
        "wrong_use_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=60), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_use_codes")),
    )
    op.create_index("ix_wrong_use_codes_client", "wrong_use_codes", ["client", "at"])
    op.create_table(
        "entrustments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.Column("matter", sa.String(length=60), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("agent_name", sa.String(length=100), nullable=False),
        sa.Column("agent_type", sa.String(length=3), nullable=False),
        sa.Column("agent_number", sa.String(length=32), nullable=False),
        sa.Column("purpose_id", sa.String(length=60), nullable=False),
        sa.Column("agency", sa.String(length=100), nullable=False),
        sa.Column("agency_uscc", sa.String(length=18), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("accepted_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_entrustments_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrustments")),
        sa.UniqueConstraint("ref", name=op.f("uq_entrustments_ref")),
    )
    op.create_index("ix_entrustments_agent", "entrustments", ["agent_type", "agent_number"])
    op.create_index(op.f("ix_entrustments_certificate_ref"), "entrustments", ["certificate_ref"])
    op.create_index(op.f("ix_entrustments_person_id"), "entrustments", ["person_id"])
    op.create_table(
        "use_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.Column("entrustment_ref", sa.String(length=24), nullable=True),
        sa.Column("matter", sa.String(length=60), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("used_by", sa.String(length=60), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_use_codes_made_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_use_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_use_codes_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_use_codes_ref")),
    )
    op.create_index(op.f("ix_use_codes_person_id"), "use_codes", ["person_id"])
