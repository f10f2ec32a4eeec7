"""How far a matter was rated, as the link to its rating says it. No IO."""

from datetime import datetime
from typing import Literal

from issuance.ratings.rating import Rating

RatingWord = Literal["ask", "change", "said", "answered"]


def rating_word(known: Rating | None, now: datetime) -> RatingWord:
    """Asked for, said and to be changed still, said, or answered."""
    if known is None:
        return "ask"
    if known.replied_at is not None:
        return "answered"
    return "change" if known.may_change(now) else "said"
