"""A case in an officer's hand: frozen values, no IO."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.callers import Officer
from certstore.clock import CHINA
from certstore.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds a case, since when, and when they last acted on it."""

    application_ref: str
    officer: str  # staff number
    name: str
    since: datetime
    acted_at: datetime

    def holds(self, now: datetime, life: timedelta) -> bool:
        """Whether it still holds: a claim nobody acts on ends by itself after `life`."""
        return now - self.acted_at < life

    def is_of(self, officer: Officer) -> bool:
        """Whether this officer is the one who holds it."""
        return same_officer(self.officer, officer.number)


def same_officer(one: str, other: str) -> bool:
    """Whether two staff numbers are one officer's, however they are written."""
    return one.casefold() == other.casefold()


def held_by_another(claim: Claim) -> ConflictError:
    """What an officer is told who acts on a case that another holds (cause HELD, by, name, at)."""
    since = claim.since.astimezone(CHINA)
    return ConflictError(
        f"officer {claim.officer} holds this case since {since:%H:%M on %Y-%m-%d}",
        where=claim.application_ref,
        remedy="wait until it is released, or ask a supervisor to take it over",
        cause="HELD",
        by=claim.officer,
        name=claim.name,
        at=claim.since,
    )
