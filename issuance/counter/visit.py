"""Somebody at a counter, whose card an officer compared: frozen values, no IO."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from certstore.callers import Officer, Resident
from certstore.certificates import Holder
from certstore.clock import CHINA
from issuance.claims.claim import same_officer
from issuance.conduct import Hand
from issuance.procedure import Role
from issuance.stations import own_station
from verifiers.materials.on_file import person_fact


class IdentityDocument(StrEnum):
    """What was compared with the person; which of them will do is for the rules to say."""

    CARD = "resident_identity_card"
    TEMPORARY_CARD = "temporary_identity_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """That an officer compared the original of somebody's card with them; no copy was made."""

    ref: str
    person: Holder
    person_id: int
    officer: str  # staff number
    officer_name: str
    station: str  # whose counter it was
    document: IdentityDocument
    at: datetime

    def lasts(self, now: datetime, life: timedelta) -> bool:
        """Whether the person may still be taken to be there."""
        return timedelta(0) <= now - self.at <= life

    def is_of(self, officer: Officer) -> bool:
        """Whether it was this officer, at this counter, who looked."""
        return same_officer(self.officer, officer.number) and self.station == counter_of(officer)

    @property
    def resident(self) -> Resident:
        """The person present, as the applicant's own desks know whoever acts."""
        return Resident(self.person, f"counter:{self.officer}", self.at, present=True)

    @property
    def hand(self) -> Hand:
        """Who takes a step for them."""
        return Hand(Role.COUNTER, self.officer, self.station)

    def as_facts(self) -> dict[str, Any]:
        """The object that stands in `counter_checks` of a decision's facts."""
        return {
            "subject": person_fact(self.person),
            "verified_at": self.at.astimezone(CHINA).isoformat(),
            "document": self.document.value,
            "officer": self.officer,
            "station": self.station,
        }


def counter_of(officer: Officer) -> str:
    """Whose counter an officer sits at: the code of their station, or its name if it has none."""
    return own_station(officer) or officer.station
