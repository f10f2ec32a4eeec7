"""Where people are told besides the inbox, what waits to be sent, and whom the day reminds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_NOT_SPREAD = sa.text("NOT spread")


def upgrade() -> None:
    # What is in the inboxes by now was never meant for anywhere else.
    op.add_column(
        "notices", sa.Column("spread", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_index(
        "ix_notices_not_spread",
        "notices",
        ["id"],
        sqlite_where=_NOT_SPREAD,
        postgresql_where=_NOT_SPREAD,
    )
    op.create_table(
        "message_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("groups", _JSON, nullable=False),
        sa.Column("switched_on", sa.Boolean(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(length=100), nullable=False),
        sa.Column("address", sa.LargeBinary(length=400), nullable=False),
        sa.Column("made_at", _moment(), nullable=False),
        sa.Column("confirmed_at", _moment()),
        sa.Column("code", sa.LargeBinary(length=100)),
        sa.Column("code_until", _moment()),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("failing_since", _moment()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", _moment()),
        sa.Column("unreached", sa.Boolean(), nullable=False),
        sa.Column("claim", sa.String(length=24)),
        sa.Column("claimed_until", _moment()),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_message_contacts_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_contacts")),
        sa.UniqueConstraint(
            "person_id", "channel", name=op.f("uq_message_contacts_person_id_channel")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_message_contacts_ref")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", _moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24)),
        sa.Column("lang", sa.String(length=2)),
        sa.Column("handed_at", _moment()),
        sa.Column("provider_id", sa.String(length=100)),
        sa.Column("ended_at", _moment()),
        sa.Column("why", sa.String(length=20)),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["message_contacts.id"],
            name=op.f("fk_messages_contact_id_message_contacts"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_messages_notice_id_notices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "notice_id", "contact_id", name=op.f("uq_messages_notice_id_contact_id")
        ),
    )
    op.create_index("ix_messages_contact", "messages", ["contact_id", "state"])
    op.create_index("ix_messages_state", "messages", ["state", "made_at"])
    op.create_index(op.f("ix_messages_key"), "messages", ["key"])
    op.create_index(op.f("ix_messages_handed_at"), "messages", ["handed_at"])
    op.create_table(
        "contact_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_contact_codes_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_codes")),
    )
    op.create_index("ix_contact_codes_person", "contact_codes", ["person_id", "at"])
    op.create_index("ix_contact_codes_bucket", "contact_codes", ["bucket", "at"])
    op.create_table(
        "reminder_days",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Date()),
        sa.Column("looking", sa.Date()),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_reminder_days")),
    )


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)
