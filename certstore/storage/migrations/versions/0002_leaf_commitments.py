"""What a ledger leaf says of its subject, anew for each leaf.

Both commitments stand on the salt of the access: without it the access is erased. `case_ref`
is another's case that relied on a record of this person.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.alter_column("salt", existing_type=sa.LargeBinary(length=16), nullable=True)
        batch_op.add_column(sa.Column("case_ref", sa.String(length=24), nullable=True))
