"""What any courier's system can do for us, and what it says: an adapter keeps this promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from issuance.matters.cards.shipping.tables import TrackingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One card to carry: from where, to whom, on which day, between which hours (China's time).

    The courier learns no number of the person or of the card.
    """

    ref: str
    pick_up_at: str
    pick_up_address: str
    recipient: str
    phone: str
    address: str
    day: date
    from_time: str
    to_time: str


class Courier(Protocol):
    """A courier's system. Every method raises UnavailableError where it gives no whole answer."""

    @property
    def name(self) -> str:
        """Who carries, as holders read it."""
        ...

    def book(self, parcel: Parcel) -> str:
        """Book a parcel; its tracking number. Booked again, the first booking is the answer."""
        ...

    def cancel(self, ref: str) -> bool:
        """Call a booking off; False where the parcel has left already."""
        ...

    def track(self, ref: str) -> Sequence[TrackingEvent]:
        """Everything the courier has said of a parcel so far."""
        ...
