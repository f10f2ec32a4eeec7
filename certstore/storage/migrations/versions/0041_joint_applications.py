"""Several matters in one go: joint submissions, and what waits for what."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('approved', 'draft', 'in_review', 'routed', 'supplement', 'waiting')")


def upgrade() -> None:
    op.create_table(
        "joint_applications",
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_joint_applications_actor_id_people")
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_joint_applications")),
    )
    op.create_index(op.f("ix_joint_applications_actor_id"), "joint_applications", ["actor_id"])
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index("uq_applications_open")
        batch_op.add_column(sa.Column("joint_ref", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("after_kind", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("after_ref", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.table("applications", sa.column("after_kind")).update().values(after_kind=""))
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.alter_column("after_kind", existing_type=sa.String(length=20), nullable=False)
        batch_op.create_index(op.f("ix_applications_joint_ref"), ["joint_ref"])
        batch_op.create_index("ix_applications_after", ["after_ref", "state"])
        batch_op.create_index(
            "uq_applications_open",
            ["actor_id", "matter", "subject_key"],
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )
