"""Which of several notices a message begins with: what presses most, then what is newest. No IO."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from certstore.clock import local_date
from certstore.tables.notices import Notice

_OVER: Final = frozenset({"endorsement_overdue", "registration_ended"})
_DATED: Final = frozenset({"endorsement_due", "registration_ending", "draft_ending"})
_AWAITED: Final = frozenset(
    {"asked", "returned", "consent_asked", "lease_asked", "lease_end_asked", "card_came_back"}
)


def most_urgent_first(found: Sequence[Notice]) -> list[Notice]:
    """What is over, what ends soonest, what waits for its reader, and the rest; newest first."""
    newest = sorted(found, key=lambda notice: (notice.created_at, notice.ref), reverse=True)
    return sorted(newest, key=_pressing)


def days_left(notice: Notice) -> int | None:
    """How many days were left when it was written; None of what has no last day, or is over.

    Not as it is read: what goes again under its key says the same.
    """
    last, written = _last_day(notice), local_date(notice.created_at)
    return None if last is None or last < written else (last - written).days


def _pressing(notice: Notice) -> tuple[int, date]:
    last = _last_day(notice)
    if notice.kind in _OVER:
        return 0, date.min
    if last is not None:
        return 1, last
    return (2 if notice.kind in _AWAITED else 3), date.min


def _last_day(notice: Notice) -> date | None:
    said = notice.facts.get("last_day") or notice.facts.get("on")
    if notice.kind not in _DATED or not isinstance(said, str):
        return None
    return date.fromisoformat(said)
