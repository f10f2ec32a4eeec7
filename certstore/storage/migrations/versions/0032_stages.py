"""Stages of an application: sent to a station, waiting for the applicant; and their clocks."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('approved', 'draft', 'in_review', 'routed', 'supplement')")


def upgrade() -> None:
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index("uq_applications_open")
        batch_op.add_column(sa.Column("stage_due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("due_provisional", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("clocks", Json, nullable=True))
        batch_op.add_column(sa.Column("asked", Json, nullable=True))
    # What is under way keeps the day it was told; its clocks are not known any more.
    columns = ("due_on", "stage_due_on", "due_provisional")
    applications = sa.table("applications", *(sa.column(name) for name in columns))
    op.execute(
        applications.update().values(stage_due_on=applications.c.due_on, due_provisional=sa.false())
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.alter_column("due_provisional", existing_type=sa.Boolean(), nullable=False)
        batch_op.create_index("ix_applications_provisional", ["due_provisional", "state"])
        batch_op.create_index(
            "uq_applications_open",
            ["actor_id", "matter", "subject_key"],
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )
