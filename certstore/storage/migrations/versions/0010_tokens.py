"""Tokens bound to keys: what a client may sign with and use, what a purpose allows, revocations."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


# With defaults, as SQLite adds a column that must not be empty in no other way without making the
# table anew, which the purposes that refer to their clients forbid. They are what is safe.
_COLUMNS = (
    ("clients", "signing_algorithms", Json, sa.text("'[\"ES256\"]'")),
    ("clients", "dpop_bound", sa.Boolean(), sa.true()),
    ("purposes", "actions", Json, sa.text('\'["search", "pull"]\'')),
)


def upgrade() -> None:
    for table, name, kind, default in _COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))
    _keep_clients()
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", sa.String(length=40), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_revoked_tokens")),
    )
    op.create_index(op.f("ix_revoked_tokens_expires_at"), "revoked_tokens", ["expires_at"])


def _keep_clients() -> None:
    """Whoever was enrolled before goes on as they did: their keys' algorithms, bearer tokens."""
    connection = op.get_bind()
    identifier, keys_then = sa.column("client_id", sa.String()), sa.column("keys", Json)
    algorithms = sa.column("signing_algorithms", Json)
    clients = sa.table(
        "clients", identifier, keys_then, algorithms, sa.column("dpop_bound", sa.Boolean())
    )
    enrolled: Any = connection.execute(sa.select(identifier, keys_then)).all()
    for client_id, keys in enrolled:
        found = sorted({"EdDSA" if key.get("kty") == "OKP" else "ES256" for key in keys})
        connection.execute(
            clients.update()
            .where(clients.c.client_id == client_id)
            .values(signing_algorithms=found, dpop_bound=False)
        )
