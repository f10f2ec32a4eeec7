"""What a courier's system says of a parcel, parsed strictly: as a call to us, or as an answer."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from certstore.plain_words import plain_words
from issuance.matters.cards.shipping.tables import TrackingEvent

MOST_WORDS = 100  # in one call
EARLIEST = 2020
LATEST = 2199


def _in_our_time(at: datetime) -> datetime:
    if not EARLIEST <= at.year <= LATEST:
        raise ValueError("a moment of another age")
    return at


def _place(text: str) -> str:
    return plain_words(text) if text else text


Kind = Literal[
    "booked",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "attempt_failed",
    "delivered",
    "returned",
]


class WordIn(BaseModel):
    """One word of a courier about a parcel."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    event_id: Annotated[str, Field(pattern="^[!-~]{1,64}$", description="counts once a parcel")]
    kind: Kind
    at: Annotated[AwareDatetime, AfterValidator(_in_our_time)]
    place: Annotated[str, Field(max_length=100), AfterValidator(_place)] = ""

    def word(self) -> TrackingEvent:
        """The same as a value."""
        return TrackingEvent(self.event_id, self.kind, self.at, self.place)


class WordsIn(BaseModel):
    """What a courier says of one parcel."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    shipment: Annotated[str, Field(pattern="^[0-9a-z]{20}$", description="our reference")]
    events: Annotated[tuple[WordIn, ...], Field(min_length=1, max_length=MOST_WORDS)]


class TrackedIn(BaseModel):
    """A courier's answer to the question how a parcel stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    events: Annotated[tuple[WordIn, ...], Field(max_length=MOST_WORDS)]


class BookedIn(BaseModel):
    """A courier's answer to a booking."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tracking_no: Annotated[str, Field(pattern="^[!-~]{1,60}$")]
