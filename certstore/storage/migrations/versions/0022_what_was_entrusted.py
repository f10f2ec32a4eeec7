"""What exactly was entrusted; who applied and approved, by staff number; why photos are asked for.

An entrustment to an agency from before gets what its purpose covers, if nothing was changed in the
purpose since; if something was, nobody can say any more what was granted then, and it covers
nothing: its holder may entrust anew. A photo was never named, so none is covered.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from certstore.tables.metadata import Json, Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ENTRUSTMENTS = sa.table(
    "entrustments",
    sa.column("id", sa.Integer),
    sa.column("certificate_ref", sa.String),
    sa.column("purpose_id", sa.String),
    sa.column("made_at", Moment()),
    sa.column("fields", Json),
)
_CERTIFICATES = sa.table(
    "certificates", sa.column("ref", sa.String), sa.column("type_code", sa.String)
)
_PURPOSES = sa.table("purposes", sa.column("purpose_id", sa.String), sa.column("fields", Json))
_HISTORY = sa.table(
    "onboarding_history",
    sa.column("kind", sa.String),
    sa.column("subject", sa.String),
    sa.column("act", sa.String),
    sa.column("at", Moment()),
)
_CHANGES = sa.table(
    "onboarding_changes",
    *(sa.column(name, sa.String) for name in ("ref", "asked_by", "first_by")),
    *(sa.column(name, sa.String) for name in ("asked_number", "first_number")),
)


def upgrade() -> None:
    op.add_column("entrustments", sa.Column("fields", Json, nullable=True))
    op.add_column("purpose_dossiers", _text("photo_reason", 1000))
    op.add_column("onboarding_changes", _text("asked_number", 20))
    op.add_column("onboarding_changes", _text("first_number", 20))
    connection = op.get_bind()
    _freeze(connection)
    _number(connection)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def _freeze(connection: sa.Connection) -> None:
    made = _ENTRUSTMENTS.c
    query = (
        sa.select(made.id, made.purpose_id, made.made_at, _CERTIFICATES.c.type_code)
        .join_from(_ENTRUSTMENTS, _CERTIFICATES, _CERTIFICATES.c.ref == made.certificate_ref)
        .where(made.purpose_id != "")
    )
    for row in connection.execute(query).all():
        known = [] if _changed_since(connection, row) else _covered(connection, row)
        connection.execute(sa.update(_ENTRUSTMENTS).where(made.id == row.id).values(fields=known))


def _changed_since(connection: sa.Connection, row: Any) -> bool:  # noqa: ANN401 - a row
    done = _HISTORY.c
    changed = (
        (done.kind == "purpose") & done.act.in_(("widen", "narrow")) & (done.at >= row.made_at)
    )
    query = sa.select(done.act).where(done.subject == row.purpose_id, changed).limit(1)
    return connection.execute(query).first() is not None


def _covered(connection: sa.Connection, row: Any) -> list[str]:  # noqa: ANN401 - a row
    query = sa.select(_PURPOSES.c.fields).where(_PURPOSES.c.purpose_id == row.purpose_id)
    fields = connection.execute(query).scalar_one_or_none() or {}
    return [path for path in fields.get(row.type_code, ()) if path != "photo"]


def _number(connection: sa.Connection) -> None:
    """The staff number is the last word of what was written down of each."""
    change = _CHANGES.c
    for row in connection.execute(sa.select(change.ref, change.asked_by, change.first_by)).all():
        by = {
            "asked_number": str(row.asked_by).split(" ")[-1][:20],
            "first_number": str(row.first_by or "").split(" ")[-1][:20],
        }
        connection.execute(sa.update(_CHANGES).where(change.ref == row.ref).values(**by))
