"""Shipments by courier and what the courier said of them; each of its words is taken once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
)

from certstore.chance import reference
from certstore.tables.metadata import Moment, insert_once, metadata
from issuance.matters.cards.orders import CardOrder, Way
from issuance.matters.cards.tables import card_orders, read_order

card_shipments = Table(
    "card_shipments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("order_id", ForeignKey("card_orders.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("choice", Integer, nullable=False),  # the choice of delivery it was made for
    Column("state", String(12), nullable=False),  # to_book booked to_cancel cancelled ended
    Column("day", Date, nullable=False),
    Column("tracking_no", String(60), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("gone", Boolean, nullable=False),  # the courier said so when it was called off
    UniqueConstraint("order_id", "attempt", "choice"),
)
card_tracking = Table(
    "card_tracking",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shipment_id", ForeignKey("card_shipments.id"), nullable=False, index=True),
    Column("event_id", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("place", String(100), nullable=False),
    Column("received_at", Moment, nullable=False),
    UniqueConstraint("shipment_id", "event_id"),
)


@dataclass(frozen=True, slots=True)
class Shipment:
    """One card on its way by courier."""

    id: int
    ref: str
    order_id: int
    order_ref: str
    attempt: int
    choice: int
    state: str
    day: date
    tracking_no: str
    tries: int


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """One word of a courier about one shipment."""

    event_id: str
    kind: str
    at: datetime
    place: str


class ShippingBook:
    """Shipments, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, order_id: int, attempt: int, choice: int, day: date, at: datetime) -> bool:
        """Open a shipment for this card and choice; False if there is one."""
        values = {
            "ref": reference(),
            "order_id": order_id,
            "attempt": attempt,
            "choice": choice,
            "state": "to_book",
            "day": day,
            "tracking_no": "",
            "made_at": at,
            "next_at": at,
            "tries": 0,
            "gone": False,
        }
        return insert_once(self._connection, card_shipments, values)

    def claim(self, state: str, at: datetime, lease: timedelta) -> Shipment | None:
        """Take the shipment in this state that is due longest; nobody else gets it meanwhile."""
        chosen = (
            select(card_shipments.c.id)
            .where(card_shipments.c.state == state, card_shipments.c.next_at <= at)
            .order_by(card_shipments.c.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        statement = (
            card_shipments.update()
            .where(card_shipments.c.id.in_(chosen))
            .values(next_at=at + lease, tries=card_shipments.c.tries + 1)
            .returning(card_shipments.c.ref)
        )
        ref = self._connection.execute(statement).scalar_one_or_none()
        return None if ref is None else self.find(ref)

    def find(self, ref: str) -> Shipment | None:
        """The shipment with this reference."""
        row = self._connection.execute(_FIND.where(card_shipments.c.ref == ref)).one_or_none()
        return None if row is None else _shipment(row)

    def of_order(self, order_id: int) -> list[Shipment]:
        """A card's shipments, newest first."""
        query = _FIND.where(card_shipments.c.order_id == order_id)
        rows = self._connection.execute(query.order_by(card_shipments.c.id.desc()))
        return [_shipment(row) for row in rows]

    def change(self, ref: str, state: str, *, only_from: tuple[str, ...], **values: Any) -> bool:  # noqa: ANN401 - columns
        """Lead a shipment on; False if it is not where that leads from."""
        statement = (
            card_shipments.update()
            .where(card_shipments.c.ref == ref, card_shipments.c.state.in_(only_from))
            .values(state=state, **values)
        )
        return self._connection.execute(statement).rowcount == 1

    def put_off(self, ref: str, state: str, until: datetime) -> None:
        """Try again later, if it still stands so."""
        mine = (card_shipments.c.ref == ref) & (card_shipments.c.state == state)
        self._connection.execute(card_shipments.update().where(mine).values(next_at=until))

    def to_send(self, ready: Sequence[str], limit: int) -> list[tuple[CardOrder, str]]:
        """Cards that lie ready to be sent and have no shipment for this choice, and their days."""
        has = select(card_shipments.c.id).where(
            card_shipments.c.order_id == card_orders.c.id,
            card_shipments.c.attempt == card_orders.c.attempt,
            card_shipments.c.choice == card_orders.c.choice,
        )
        query = (
            select(card_orders)
            .where(card_orders.c.stage.in_(ready), card_orders.c.way == Way.COURIER)
            .where(~has.exists())
            .order_by(card_orders.c.id)
            .limit(limit)
        )
        found = [read_order(row) for row in self._connection.execute(query)]
        return [(order, order.delivery.to.days) for order in found if order.delivery.to]

    def outdated(self, ready: Sequence[str], limit: int) -> list[str]:
        """Bookings whose card is to go another way, or is not to be sent any more."""
        sent = ("handed_to_courier", "delivered", "returned")
        same = (
            (card_orders.c.attempt == card_shipments.c.attempt)
            & (card_orders.c.choice == card_shipments.c.choice)
            & card_orders.c.stage.in_(ready)
        )
        query = (
            select(card_shipments.c.ref)
            .join(card_orders, card_orders.c.id == card_shipments.c.order_id)
            .where(card_shipments.c.state == "booked", ~card_shipments.c.gone)
            .where(~(same | card_orders.c.stage.in_(sent)))
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def figures(self) -> tuple[int, int, int]:
        """How many shipments are to be booked, how many of these failed before, are booked."""
        state, tries = card_shipments.c.state, card_shipments.c.tries
        query = select(
            func.count().filter(state == "to_book"),
            func.count().filter(state == "to_book", tries > 1),
            func.count().filter(state == "booked"),
        )
        row = self._connection.execute(query).one()
        return int(row[0]), int(row[1]), int(row[2])

    def take(self, shipment: Shipment, said: TrackingEvent, at: datetime) -> bool:
        """Keep a word; False if it was said before."""
        values = {
            "shipment_id": shipment.id,
            "event_id": said.event_id,
            "kind": said.kind,
            "at": said.at,
            "place": said.place,
            "received_at": at,
        }
        return insert_once(self._connection, card_tracking, values)

    def tracking(self, order_id: int) -> list[TrackingEvent]:
        """What was said of a card's shipments, by when it happened."""
        query = (
            select(card_tracking)
            .join(card_shipments, card_shipments.c.id == card_tracking.c.shipment_id)
            .where(card_shipments.c.order_id == order_id)
            .order_by(card_tracking.c.at, card_tracking.c.id)
            .limit(100)
        )
        rows = self._connection.execute(query)
        return [TrackingEvent(r.event_id, r.kind, r.at, r.place) for r in rows]

    def count_words(self, shipment: Shipment) -> int:
        """How many words were said of a shipment."""
        query = select(card_tracking.c.id).where(card_tracking.c.shipment_id == shipment.id)
        return len(self._connection.execute(query.limit(500)).all())


_FIND = select(card_shipments, card_orders.c.ref.label("order_ref")).join(
    card_orders, card_orders.c.id == card_shipments.c.order_id
)


def _shipment(row: Row[Any]) -> Shipment:
    return Shipment(
        row.id,
        row.ref,
        row.order_id,
        row.order_ref,
        row.attempt,
        row.choice,
        row.state,
        row.day,
        row.tracking_no,
        row.tries,
    )
