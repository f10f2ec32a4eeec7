"""Holds on certificates; what is suspended or lost already is held from here on."""

import sqlalchemy as sa
from alembic import op

from certstore.chance import reference

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KINDS = {"suspended_loss": "loss", "suspended": "authority"}
_OPEN = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    _create_holds()
    op.create_table(
        "overdue_days",
        sa.Column("type_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("type_code", name=op.f("pk_overdue_days")),
    )
    _hold_what_is_suspended()


def _create_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=24), nullable=False),
        sa.Column("certificate_ref", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.String(length=10), nullable=False),
        sa.Column("placed_number", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.String(length=10)),
        sa.Column("lifted_number", sa.String(length=40)),
        sa.Column("lifted_for", sa.String(length=40)),
        sa.ForeignKeyConstraint(
            ["certificate_ref"],
            ["certificates.ref"],
            name=op.f("fk_holds_certificate_ref_certificates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("ref", name=op.f("uq_holds_ref")),
    )
    op.create_index(op.f("ix_holds_certificate_ref"), "holds", ["certificate_ref"])
    op.create_index(
        "uq_holds_open",
        "holds",
        ["certificate_ref", "kind"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _hold_what_is_suspended() -> None:
    """A source's own records keep the status that it hands in; what was sealed here is held."""
    certificates = sa.table(
        "certificates",
        sa.column("ref"),
        sa.column("state"),
        sa.column("status"),
        sa.column("issuer_uscc"),
        sa.column("status_changed_at", sa.DateTime(timezone=True)),
    )
    holds = sa.table(
        "holds",
        *(sa.column(name) for name in ("ref", "certificate_ref", "kind")),
        sa.column("placed_at", sa.DateTime(timezone=True)),
        *(sa.column(name) for name in ("placed_by", "placed_number", "reason")),
    )
    suspended = sa.select(certificates).where(
        certificates.c.state == "sealed", certificates.c.status.in_(tuple(_KINDS))
    )
    for row in op.get_bind().execute(suspended).all():
        values = {
            "ref": reference(),
            "certificate_ref": row.ref,
            "kind": _KINDS[row.status],
            "placed_at": row.status_changed_at,
            "placed_by": "issuer",
            "placed_number": row.issuer_uscc,
            "reason": "before_holds",
        }
        op.execute(holds.insert().values(**values))
