"""People at a counter: whose card was compared, for which application, and who took it in."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter_visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(length=60), nullable=False),
        sa.Column("officer_name", sa.String(length=100), nullable=False),
        sa.Column("station", sa.String(length=100), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_counter_visits_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_visits")),
        sa.UniqueConstraint("ref", name=op.f("uq_counter_visits_ref")),
    )
    op.create_index("ix_counter_visits_person", "counter_visits", ["person_id", "at"])
    op.create_table(
        "counter_checks",
        sa.Column("application_ref", sa.String(length=24), nullable=False),
        sa.Column("visit_ref", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("application_ref", "visit_ref", name=op.f("pk_counter_checks")),
    )
    for table, column, length in (
        ("applications", "taken_by", 60),
        ("applications", "taken_at", 100),
        ("uploads", "seen_by", 60),
    ):
        said = sa.Column(column, sa.String(length=length), nullable=False, server_default="")
        op.add_column(table, said)
