"""What couriers say of shipments, and what follows for the card.

The card's stage follows the courier's word, whenever it comes: one that came twice changes
nothing, one that came late is kept and moves nothing back.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certstore.clock import Clock
from certstore.errors import NotFoundError
from certstore.tables.books import Archive, Books
from issuance.matters.cards.judging import ENDS, steps_for
from issuance.matters.cards.keeping import CardKeepingDesk
from issuance.matters.cards.orders import CardOrder
from issuance.matters.cards.shipping.tables import Shipment, ShippingBook, TrackingEvent
from issuance.matters.cards.stages import Role
from issuance.matters.cards.tables import CardBook
from issuance.matters.cards.telling import tell_arrived, tell_came_back, tell_event, tell_sent

log = logging.getLogger("certstore.cards")
MOST_WORDS: Final = 200  # kept of one shipment
_AHEAD: Final = timedelta(minutes=10)  # of our clock, at most
_TELL: Final = {
    "hand_to_courier": tell_sent,
    "deliver": tell_arrived,
    "come_back": tell_came_back,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingDesk:
    """Takes the courier's word."""

    archive: Archive
    keeping: CardKeepingDesk
    clock: Clock

    def take(self, shipment_ref: str, said: Sequence[TrackingEvent]) -> int:
        """Keep what was said of a shipment and move its card; how many words were new.

        Raises NotFoundError for a shipment that is none of ours. What lies in the future is
        kept under this moment: a courier's clock may be fast, and nothing has happened yet then.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ShippingBook(books.connection)
            shipment = book.find(shipment_ref)
            if shipment is None:
                raise NotFoundError("there is no such shipment", where=shipment_ref)
            order = CardBook(books.connection).locked(shipment.order_ref)
            room = MOST_WORDS - book.count_words(shipment)
            new = 0
            for word in sorted(said, key=lambda each: each.at):
                at = word.at if word.at <= now + _AHEAD else now
                kept = TrackingEvent(word.event_id, word.kind, at, word.place)
                if new >= room or not book.take(shipment, kept, now):
                    continue
                new += 1
                order = self._follow(books, shipment, order, word.kind, now)
        return new

    def _follow(
        self, books: Books, shipment: Shipment, order: CardOrder, kind: str, now: datetime
    ) -> CardOrder:
        if shipment.attempt != order.attempt or shipment.state == "cancelled":
            log.warning("a word about a card that is not sent", extra={"card": order.ref})
            return order
        book = CardBook(books.connection)
        for step in steps_for(kind, order.stage):
            clock = (
                self.keeping.delivery_clock(shipment.day, now)
                if step == "hand_to_courier"
                else self.keeping.clock_for(step, now)
            )
            note = {"shipment": shipment.ref}
            order = book.move(order, step, (Role.COURIER, "courier"), now, note=note, **clock)
            _TELL[step](books, order, now)
            tell_event(books, order, now)
        if kind in ENDS:
            open_states = ("to_book", "booked", "to_cancel")
            ShippingBook(books.connection).change(shipment.ref, "ended", only_from=open_states)
        return order
