"""A rating is answered by a reference of its own: the application's leads to its writer."""

import sqlalchemy as sa
from alembic import op

from certstore.chance import reference

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ratings", sa.Column("ref", sa.String(length=24)))
    ratings = sa.table("ratings", sa.column("application_ref"), sa.column("ref"))
    for key in op.get_bind().execute(sa.select(ratings.c.application_ref)).scalars().all():
        op.execute(ratings.update().where(ratings.c.application_ref == key).values(ref=reference()))
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.alter_column("ref", existing_type=sa.String(length=24), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_ratings_ref"), ["ref"])
