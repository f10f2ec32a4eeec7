"""An index over what status lists say something of, so that one list is built from its own rows."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_WHERE = sa.text("(status <> 'valid' OR under_dispute)")


def upgrade() -> None:
    op.create_index(
        "ix_certificates_not_plainly_valid",
        "certificates",
        ["status_list"],
        sqlite_where=_WHERE,
        postgresql_where=_WHERE,
    )
