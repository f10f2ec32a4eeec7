"""For whom an application is made, and who acts."""

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('approved', 'draft', 'in_review')")


def upgrade() -> None:
    _add_columns()
    _fill_columns()
    _replace_indexes()
    _add_guardianships()


def _add_columns() -> None:
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index("uq_applications_open")
        batch_op.drop_index("ix_applications_person")
        batch_op.add_column(sa.Column("actor_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("subject_key", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("touched_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("waits_for_source", sa.Boolean(), nullable=True))


def _fill_columns() -> None:
    """Everybody has acted for themself so far, and begun a draft to touch it."""
    applications = sa.table(
        "applications",
        *(sa.column(name) for name in ("person_id", "actor_id", "subject_key", "begun_at")),
        *(sa.column(name) for name in ("touched_at", "waits_for_source")),
    )
    op.execute(
        applications.update().values(
            actor_id=applications.c.person_id,
            subject_key="",
            touched_at=applications.c.begun_at,
            waits_for_source=sa.false(),
        )
    )


def _replace_indexes() -> None:
    with op.batch_alter_table("applications", schema=None) as batch_op:
        for name, kind in (
            ("actor_id", sa.Integer()),
            ("subject_key", sa.String(length=32)),
            ("touched_at", Moment()),
            ("waits_for_source", sa.Boolean()),
        ):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_applications_actor_id"), "people", ["actor_id"], ["id"]
        )
        batch_op.create_index("ix_applications_actor", ["actor_id", "matter", "state"])
        batch_op.create_index("ix_applications_touched", ["state", "touched_at"])
        batch_op.create_index("ix_applications_source", ["waits_for_source", "state"])
        batch_op.create_index(
            "uq_applications_open",
            ["actor_id", "matter", "subject_key"],
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )


def _add_guardianships() -> None:
    op.create_table(
        "guardianships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("proof_ref", sa.String(length=24), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["people.id"], name=op.f("fk_guardianships_guardian_id")
        ),
        sa.ForeignKeyConstraint(
            ["child_id"], ["people.id"], name=op.f("fk_guardianships_child_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianships")),
        sa.UniqueConstraint(
            "guardian_id",
            "child_id",
            "proof_ref",
            name=op.f("uq_guardianships_guardian_id_child_id_proof_ref"),
        ),
    )
    op.create_index(op.f("ix_guardianships_child_id"), "guardianships", ["child_id"])
