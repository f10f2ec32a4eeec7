"""Shipments: booked with the courier when the card is ready to leave, followed until they end."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from certstore.clock import Clock, local_date
from certstore.errors import UnavailableError
from certstore.ledger import Access, record_access
from certstore.tables.books import Archive, Books
from certstore.working_days import WorkCalendar
from issuance.matters.cards.judging import PERMIT, delivery_day, stop_reason
from issuance.matters.cards.orders import SLOTS, CardOrder, Way
from issuance.matters.cards.points.points import PointsDesk
from issuance.matters.cards.shipping.courier import Courier, Parcel
from issuance.matters.cards.shipping.tables import Shipment, ShippingBook
from issuance.matters.cards.shipping.tracking import TrackingDesk
from issuance.matters.cards.tables import CardBook

log = logging.getLogger("certstore.cards")
READY: Final = ("at_centre", "notified")
_BATCH: Final = 50
_LEASE: Final = timedelta(minutes=5)
_LONGEST_WAIT: Final = timedelta(hours=1)
_ASK_EVERY: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingDesk:
    """Hands cards to a courier's system; does nothing where no courier is named."""

    archive: Archive
    tracking: TrackingDesk
    points: PointsDesk
    courier: Courier | None
    calendar: WorkCalendar
    clock: Clock
    origin: str
    city: str

    def open(self) -> int:
        """Open a shipment for each card that lies ready to be sent, call off what is out of date.

        One for each card and choice, however often and wherever this is done; how many.
        """
        if self.courier is None:
            return 0
        now, opened = self.clock.now(), 0
        with self.archive.reading() as books:
            ready = ShippingBook(books.connection).to_send(READY, _BATCH)
            outdated = ShippingBook(books.connection).outdated(READY, _BATCH)
        for order, days in ready:
            day = delivery_day(days, local_date(now) + timedelta(days=1), self.calendar)
            with self.archive.writing() as books:
                book = ShippingBook(books.connection)
                opened += book.add(order.id, order.attempt, order.choice, day, now)
        for ref in outdated:
            with self.archive.writing() as books:
                book = ShippingBook(books.connection)
                book.change(ref, "to_cancel", only_from=("booked",), next_at=now, tries=0)
        return opened

    def book(self) -> int:
        """Book what is to be booked; that the courier is told name and address is on record."""
        return self._each("to_book", _LEASE, self._book)

    def cancel(self) -> int:
        """Call off what is to be called off; what has left already is followed all the same."""
        return self._each("to_cancel", _LEASE, self._cancel)

    def ask(self) -> int:
        """Ask about what is on its way, in case a word was lost."""
        return self._each("booked", _ASK_EVERY, self._ask)

    def figures(self) -> tuple[int, int, int]:
        """How many shipments are to be booked, how many of these failed before, are booked."""
        with self.archive.reading() as books:
            return ShippingBook(books.connection).figures()

    def _each(self, state: str, lease: timedelta, act: Callable[[Courier, Shipment], None]) -> int:
        done = 0
        while self.courier is not None and done < _BATCH:
            with self.archive.writing() as books:
                found = ShippingBook(books.connection).claim(state, self.clock.now(), lease)
            if found is None:
                break
            done += 1
            try:
                act(self.courier, found)
            except UnavailableError as error:
                log.warning("the courier was not reached", extra={"why": error.detail})
                wait = min(timedelta(minutes=1) * (1 << min(found.tries, 10)), _LONGEST_WAIT)
                with self.archive.writing() as books:
                    book = ShippingBook(books.connection)
                    book.put_off(found.ref, state, self.clock.now() + wait)
        return done

    def _book(self, courier: Courier, shipment: Shipment) -> None:
        with self.archive.writing() as books:
            book = ShippingBook(books.connection)
            order = CardBook(books.connection).locked(shipment.order_ref)
            if not _still_wanted(books, order, shipment):
                book.change(shipment.ref, "cancelled", only_from=("to_book",))
                return
            parcel = self._parcel(order, shipment)
            # On record before anything leaves: if it cannot be written, nothing is told.
            record_access(books, self.origin, _told(books, courier, order, self.clock.now()))
        tracking_no = courier.book(parcel)
        with self.archive.writing() as books:
            ShippingBook(books.connection).change(
                shipment.ref,
                "booked",
                only_from=("to_book",),
                tracking_no=tracking_no,
                tries=0,
                next_at=self.clock.now() + _ASK_EVERY,
            )

    def _cancel(self, courier: Courier, shipment: Shipment) -> None:
        state = "cancelled" if courier.cancel(shipment.ref) else "booked"
        with self.archive.writing() as books:
            ShippingBook(books.connection).change(
                shipment.ref, state, only_from=("to_cancel",), gone=state == "booked"
            )

    def _ask(self, courier: Courier, shipment: Shipment) -> None:
        self.tracking.take(shipment.ref, courier.track(shipment.ref))

    def _parcel(self, order: CardOrder, shipment: Shipment) -> Parcel:
        to, point = order.delivery.to, self.points.find(order.delivery.point)
        if to is None or point is None:  # a point taken off the list
            raise UnavailableError("a card's way is not known", where=order.ref)
        begins, ends = SLOTS[to.slot]
        return Parcel(
            ref=shipment.ref,
            pick_up_at=point.name["zh"],
            pick_up_address=point.address["zh"],
            recipient=to.recipient,
            phone=to.phone,
            address=f"{self.city}{to.district}{_within(to.address, self.city, to.district)}",
            day=shipment.day,
            from_time=begins,
            to_time=ends,
        )


def _within(address: str, city: str, district: str) -> str:
    """What an address says below the district."""
    return address.removeprefix(city).removeprefix(district)


def _still_wanted(books: Books, order: CardOrder, shipment: Shipment) -> bool:
    permit = books.register.get(order.certificate_ref)
    same = (order.attempt, order.choice) == (shipment.attempt, shipment.choice)
    ready = order.stage in READY and order.delivery.way is Way.COURIER
    return same and ready and not stop_reason(permit)


def _told(books: Books, courier: Courier, order: CardOrder, now: datetime) -> Access:
    record: Mapping[str, Any] = {
        "agency": courier.name,
        "client": "courier",
        "purpose": "card_delivery",
        "matter": PERMIT,
        "case_no": order.number,
        "operator": "courier",
        "ground": "application",
        "certificate": PERMIT,
        "certificate_ref": order.certificate_ref,
        "fields": ["name", "delivery_address"],
        "refused_fields": [],
        "other_fields": [],
    }
    return Access(
        kind="pull",
        at=now,
        client="courier",
        agency="",
        purpose="card_delivery",
        person=books.people.get(order.person_id),
        record=record,
    )
