"""What a service point has to do with cards: what comes, what arrived, what is late."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from certstore.callers import Officer
from certstore.clock import Clock, local_date
from certstore.errors import ForbiddenError
from certstore.tables.books import Archive, Books
from issuance.answers import Fault, refuse
from issuance.matters.cards.keeping import CardKeepingDesk
from issuance.matters.cards.lists.tables import CardLists
from issuance.matters.cards.orders import CardOrder, Delivery, Moved, Way
from issuance.matters.cards.points.points import PointsDesk, ServicePoint
from issuance.matters.cards.stages import Role, stage_table
from issuance.matters.cards.tables import CardBook
from issuance.matters.cards.telling import tell_event

MOST_TYPED: Final = 100  # cards of one delivery that are entered together
HERE: Final = ("at_centre", "notified")
_NUMBER = re.compile(r"[0-9A-Z]{4,40}(?:-[0-9]{3}-[0-9]{1,4})?")
_SPLIT = re.compile(r"[\s,;，；、]+")
_SHOWN = 100
_KNOWN: Final = {"at_centre": "known", "notified": "known", "stopped": "stopped"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one typed number: arrived, known, elsewhere, stopped, spoiled, unknown."""

    typed: str
    answer: str
    point: str = ""  # where it belongs


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreRoom:
    """What an officer's service point has to do with cards."""

    point: ServicePoint
    today: date
    counts: dict[str, int]
    coming: tuple[CardOrder, ...]
    here: tuple[CardOrder, ...]
    to_send: tuple[CardOrder, ...]
    returned: tuple[CardOrder, ...]
    refused: tuple[tuple[CardOrder, str], ...]
    late: tuple[CardOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivingDesk:
    """Takes in cards at the officer's own point; shows numbers, and nobody's data."""

    archive: Archive
    keeping: CardKeepingDesk
    points: PointsDesk
    clock: Clock

    def point_of(self, officer: Officer) -> ServicePoint:
        """The officer's service point; ForbiddenError where their station hands out no cards."""
        found = self.points.at_station(officer.station)
        if found is None or not found.hands_out_cards:
            raise ForbiddenError(
                "this officer's station hands out no cards",
                where="station",
                remedy="the list of service points names the stations that do",
            )
        return found

    def room(self, officer: Officer) -> CentreRoom:
        """What is coming, what is here, what is late; numbers alone, nobody's data."""
        point, today = self.point_of(officer), local_date(self.clock.now())
        with self.archive.reading() as books:
            lists = CardLists(books.connection)

            def at(*stages: str) -> tuple[CardOrder, ...]:
                return tuple(lists.at_stage(stages, _SHOWN, point=point.code))

            here = at(*HERE)
            book = CardBook(books.connection)
            refused = at("refused")
            return CentreRoom(
                point=point,
                today=today,
                counts=lists.count_at(point.code),
                coming=at("made"),
                here=tuple(o for o in here if o.delivery.way is Way.PICKUP),
                to_send=tuple(o for o in here if o.delivery.way is Way.COURIER),
                returned=at("returned"),
                refused=tuple((o, _why(book.steps(o.id))) for o in refused),
                late=tuple(lists.late(today, _SHOWN, point=point.code)),
            )

    def arrive(self, officer: Officer, typed: str) -> list[Arrival]:
        """Take in the cards of these numbers, each by itself; MalformedError for too many.

        A number that was scanned twice is taken in once.
        """
        point = self.point_of(officer)
        numbers = list(dict.fromkeys(n.upper() for n in _SPLIT.split(typed.strip()) if n))
        if not numbers or len(numbers) > MOST_TYPED:
            refuse({"numbers": Fault("too_many" if numbers else "missing", len(numbers))})
        return [self._arrived(officer, point, number) for number in numbers]

    def _arrived(self, officer: Officer, point: ServicePoint, number: str) -> Arrival:
        now = self.clock.now()
        with self.archive.writing() as books:
            order = self._numbered(books, number)
            if order is None:
                return Arrival(number, "unknown")
            order = CardBook(books.connection).locked(order.ref)
            if order.delivery.point != point.code:
                return Arrival(number, "elsewhere", order.delivery.point)
            if "-" in number and order.card_no != number:
                return Arrival(number, "replaced")
            if not stage_table().allows("arrive", order.stage):
                return Arrival(number, _KNOWN.get(order.stage, "not_expected"))
            self._take_in(books, officer, order, now)
        return Arrival(number, "arrived")

    def _take_in(self, books: Books, officer: Officer, order: CardOrder, now: datetime) -> None:
        book, more = CardBook(books.connection), dict[str, Any]()
        if order.stage == "returned":  # the courier failed: it waits here until chosen otherwise
            book.choose(order, Delivery(Way.PICKUP, order.delivery.point))
        more |= self.keeping.clock_for("arrive", now)
        tell_event(
            books, book.move(order, "arrive", (Role.OFFICER, officer.number), now, **more), now
        )

    def _numbered(self, books: Books, typed: str) -> CardOrder | None:
        """The card of this number; by the permit's own number, the one still in our hands."""
        number = typed.replace(" ", "").upper()
        if not _NUMBER.fullmatch(number):
            return None
        bare = number.split("-")[0]
        found = CardLists(books.connection).numbered(bare)
        if "-" in number:
            version = int(number.split("-")[1])
            return next((o for o in found if o.version == version), None)
        stages = stage_table().stages
        mine = [o for o in found if not stages[o.stage].ends]
        return mine[0] if mine else None

    def find(self, officer: Officer, typed: str) -> str | None:
        """The reference of the card of this number at the officer's point; None if none is."""
        point = self.point_of(officer)
        with self.archive.reading() as books:
            order = self._numbered(books, typed)
        return order.ref if order and order.delivery.point == point.code else None


def _why(steps: Sequence[Moved]) -> str:
    """The reason that was given last."""
    return next((str(s.note["reason"]) for s in reversed(steps) if "reason" in s.note), "")
