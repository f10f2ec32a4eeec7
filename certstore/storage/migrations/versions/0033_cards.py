"""Cards of residence permits: orders, files for the card maker, shipments."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _card_orders()
    _card_steps()
    _card_watch()
    _card_files()
    _card_file_lines()
    _card_reports()
    _card_shipments()
    _card_tracking()


def _card_orders() -> None:
    op.create_table(
        "card_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("told_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("stage_since", Moment(), nullable=False),
        sa.Column("ordered_at", Moment(), nullable=False),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("clock_from", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("point", sa.String(length=12), nullable=False),
        sa.Column("address", Json, nullable=True),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("stop_reason", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_card_orders_person_id")
        ),
        sa.ForeignKeyConstraint(["told_id"], ["people.id"], name=op.f("fk_card_orders_told_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_orders")),
        sa.UniqueConstraint("certificate_ref", name=op.f("uq_card_orders_certificate_ref")),
        sa.UniqueConstraint("ref", name=op.f("uq_card_orders_ref")),
    )
    op.create_index("ix_card_orders_due", "card_orders", ["due_on"])
    op.create_index(op.f("ix_card_orders_number"), "card_orders", ["number"])
    op.create_index(op.f("ix_card_orders_person_id"), "card_orders", ["person_id"])
    op.create_index("ix_card_orders_point", "card_orders", ["point", "stage"])
    op.create_index("ix_card_orders_stage", "card_orders", ["stage", "stage_since"])


def _card_steps() -> None:
    op.create_table(
        "card_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("note", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["card_orders.id"], name=op.f("fk_card_steps_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_steps")),
    )
    op.create_index(op.f("ix_card_steps_order_id"), "card_steps", ["order_id"])


def _card_watch() -> None:
    op.create_table(
        "card_watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seen_up_to", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_watch")),
    )


def _card_files() -> None:
    op.create_table(
        "card_files",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fetched_at", Moment(), nullable=True),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledgement", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_card_files")),
    )


def _card_file_lines() -> None:
    op.create_table(
        "card_file_lines",
        sa.Column("file_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("card_no", sa.String(length=60), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_number"], ["card_files.number"], name=op.f("fk_card_file_lines_file_number")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["card_orders.id"], name=op.f("fk_card_file_lines_order_id")
        ),
        sa.PrimaryKeyConstraint("file_number", "position", name=op.f("pk_card_file_lines")),
        sa.UniqueConstraint("card_no", name=op.f("uq_card_file_lines_card_no")),
        sa.UniqueConstraint(
            "order_id", "attempt", name=op.f("uq_card_file_lines_order_id_attempt")
        ),
    )
    op.create_index(op.f("ix_card_file_lines_order_id"), "card_file_lines", ["order_id"])


def _card_reports() -> None:
    op.create_table(
        "card_reports",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_card_reports")),
    )


def _card_shipments() -> None:
    op.create_table(
        "card_shipments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tracking_no", sa.String(length=60), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["card_orders.id"], name=op.f("fk_card_shipments_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_shipments")),
        sa.UniqueConstraint(
            "order_id", "attempt", "choice", name=op.f("uq_card_shipments_order_id_attempt_choice")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_card_shipments_ref")),
    )


def _card_tracking() -> None:
    op.create_table(
        "card_tracking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["card_shipments.id"], name=op.f("fk_card_tracking_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_tracking")),
        sa.UniqueConstraint(
            "shipment_id", "event_id", name=op.f("uq_card_tracking_shipment_id_event_id")
        ),
    )
    op.create_index(op.f("ix_card_tracking_shipment_id"), "card_tracking", ["shipment_id"])
