"""Orders of cards and how they reach their holders: frozen values, no IO."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Way(StrEnum):
    """How a card reaches its holder."""

    PICKUP = "pickup"
    COURIER = "courier"


DAYS = ("any", "workdays", "weekend")
SLOTS: Mapping[str, tuple[str, str]] = {
    "morning": ("09:00", "12:00"),
    "afternoon": ("13:00", "18:00"),
    "evening": ("18:00", "21:00"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a courier goes, to whom, on which days and at which hours, as agreed beforehand."""

    recipient: str
    phone: str
    district: str
    address: str
    days: str = "any"
    slot: str = "afternoon"

    def as_json(self) -> dict[str, str]:
        """As a row keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The applicant's choice. `point` is where the card is handed out, or leaves from."""

    way: Way
    point: str
    to: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOrder:
    """One card for one version of a permit; `attempt` counts cards made anew for it."""

    id: int
    ref: str
    certificate_ref: str
    person_id: int
    told_id: int  # whose inbox is told: the holder's, or of the guardian who applied
    number: str  # the permit's
    version: int
    attempt: int
    stage: str
    stage_since: datetime
    ordered_at: datetime
    clock: str
    clock_from: date | None
    due_on: date | None
    due_provisional: bool
    delivery: Delivery
    choice: int  # grows with each choice of delivery
    stop_reason: str = ""

    @property
    def card_no(self) -> str:
        """What is printed under the bar code of this very card; no two cards share it."""
        return f"{self.number}-{self.version:03d}-{self.attempt}"

    def overdue(self, today: date) -> bool:
        """Whether what was promised for this stage is late."""
        return self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class Moved:
    """One step of a card: when, which, by whom, and what was said of it."""

    at: datetime
    step: str
    stage: str
    role: str
    by: str
    note: Mapping[str, Any]
