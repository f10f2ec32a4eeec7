"""What a ledger leaf says of its subject, anew for each leaf."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in below."""
