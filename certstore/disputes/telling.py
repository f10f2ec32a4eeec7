"""Who hears of a step of a dispute: whose record it is, and who may act for them today."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from certstore.clock import local_date
from certstore.guardianship import is_ward
from certstore.tables.books import Books
from certstore.tables.disputes import Dispute

Kind = Literal["correction_step", "correction_made", "correction_rejected"]


def tell(
    books: Books,
    dispute: Dispute,
    kind: Kind,
    occasion: str,
    more: Mapping[str, str],
    now: datetime,
) -> None:
    """Put a notice into the inbox of the holder, and of a child's guardians."""
    facts = {"matter": "correction", "dispute_ref": dispute.ref, **more}
    books.inbox.add(dispute.person_id, kind, occasion, facts, now)
    holder, today = books.people.get(dispute.person_id).holder, local_date(now)
    for row, guardian in books.guardianships.guardians_of(dispute.person_id):
        if is_ward(books, guardian, holder, today):
            books.inbox.add(row, kind, f"{occasion}:{row}", facts, now)
