"""Views of the pages of cards and service points: frozen, one for each page."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from issuance.pages.views import Errors
from issuance.progress.sequel import Word

TrackState = Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class CardRow:
    """One card in the list. `ward` is the child's name, of a child's card."""

    ref: str
    stage: str
    way: str
    due_on: date | None
    ward: str = ""


@dataclass(frozen=True, slots=True)
class CardListView:
    """`issuance/card_list.html`, GET /cards."""

    cards: tuple[CardRow, ...] = ()


@dataclass(frozen=True, slots=True)
class HoursLine:
    """When a point is open: on which days, from when to when."""

    days: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """A service point as a page shows it, in the reader's language."""

    code: str
    district: str
    name: str
    address: str
    hours: tuple[HoursLine, ...]
    services: tuple[str, ...] = ()
    latitude: float = 0.0
    longitude: float = 0.0


@dataclass(frozen=True, slots=True)
class Track:
    """One step of the tracker: ordered, making, ready, sent, yours."""

    name: str
    state: TrackState
    at: datetime | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """Where a courier goes, and when."""

    recipient: str
    address: str
    days: str
    slot: str
    day: date | None = None
    tracking_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """`issuance/card.html`, GET /cards/{ref}."""

    ref: str
    card_no: str
    stage: str
    way: str
    due_on: date | None = None
    late: bool = False
    provisional: bool = False
    why: str = ""  # a stopped card: what became of its permit
    point: PointView | None = None
    going: Going | None = None
    tracks: tuple[Track, ...] = ()
    words: tuple[Word, ...] = ()
    may_choose: bool = False
    chosen: bool = False  # a choice was kept a moment ago
    ward: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """`issuance/card_delivery.html`, GET and POST /cards/{ref}/delivery."""

    ref: str
    choice: int
    points: tuple[PointView, ...]
    districts: tuple[str, ...]
    courier: bool
    point_fixed: bool
    way: str = ""
    point: str = ""
    recipient: str = ""
    phone: str = ""
    district: str = ""
    address: str = ""
    days: str = "any"
    slot: str = "afternoon"
    errors: Errors = field(default_factory=dict)
    moved: bool = False  # another choice was made meanwhile: this is the one that stands

    def after(self, errors: Errors, *, moved: bool) -> "DeliveryView":
        """The same after it was sent and not kept."""
        return replace(self, errors=errors, moved=moved)


@dataclass(frozen=True, slots=True)
class ServicePointsView:
    """`issuance/service_points.html`, GET /service-points."""

    districts: tuple[tuple[str, tuple[PointView, ...]], ...]
    every: tuple[str, ...]
    services: tuple[str, ...]
    district: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class DeskCardLine:
    """One card in an officer's list: its number, and nobody's data."""

    ref: str
    card_no: str
    since: datetime
    due_on: date | None = None
    late: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """What became of a number that was entered; `point` is where the card belongs."""

    typed: str
    answer: str
    point: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCardsView:
    """`issuance/desk_cards.html`, GET /desk/cards."""

    office: str
    officer: str
    waiting: int
    point: str
    lists: tuple[tuple[str, tuple[DeskCardLine, ...]], ...]
    arrivals: tuple[ArrivalLine, ...] = ()
    numbers: str = ""
    number: str = ""
    nothing_found: bool = False
    done: str = ""  # collected | handed_to_courier | spoiled | ordered
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LateCardLine:
    """One late card in the supervisor's list: its number, who has it, and nobody's data."""

    card_no: str
    stage: str
    held_by: str
    point: str
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCardsView:
    """`issuance/desk_late_cards.html`, GET /desk/cards/late."""

    office: str
    officer: str
    waiting: int
    cards: tuple[LateCardLine, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step of a card as officers read it."""

    at: datetime
    step: str
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCardView:
    """`issuance/desk_card.html`, GET /desk/cards/{ref}."""

    office: str
    officer: str
    waiting: int
    ref: str
    card_no: str
    stage: str
    standing: str  # of the permit
    way: str
    name: str
    id_number: str
    photo_href: str | None
    may_hand_over: bool
    may_send: bool
    may_spoil: bool
    may_order_again: bool
    tracking_no: str = ""
    history: tuple[HistoryLine, ...] = ()
    who: str = ""
    check: str = ""
    seen: bool = False
    guardian_number: str = ""
    reason: str = ""
    errors: Errors = field(default_factory=dict)
    came_late: bool = False
