"""Cards raised to the supervisor's list because what was promised of them is late.

Promises: a card is raised once for each day it was due on, however often the job runs; one whose
due day moved can be raised anew.
"""

from datetime import date, datetime

from sqlalchemy import Column, ColumnElement, Connection, Date, String, Table, select

from certstore.tables.metadata import Moment, insert_once, metadata
from issuance.matters.cards.orders import CardOrder
from issuance.matters.cards.stages import stage_table
from issuance.matters.cards.tables import card_orders, read_order

raised_cards = Table(
    "raised_cards",
    metadata,
    Column("card_ref", String(24), primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("raised_at", Moment, nullable=False),
)


class RaisedCardBook:
    """Raised cards, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, order: CardOrder, at: datetime) -> bool:
        """Raise a card; False if it was raised before for this due day."""
        values = {"card_ref": order.ref, "due_on": order.due_on, "raised_at": at}
        return insert_once(self._connection, raised_cards, values)

    def late(self, due_until: date, limit: int) -> list[CardOrder]:
        """Cards that were due on that day or before, and were not raised; oldest first."""
        return self._orders(card_orders.c.due_on <= due_until, ~_is_raised(), limit=limit)

    def raised(self, today: date, limit: int) -> list[CardOrder]:
        """Cards that were raised and are late still; oldest first."""
        return self._orders(card_orders.c.due_on < today, _is_raised(), limit=limit)

    def _orders(self, *where: ColumnElement[bool], limit: int) -> list[CardOrder]:
        is_open = card_orders.c.stage.in_(stage_table().open_stages)
        query = select(card_orders).where(is_open, *where)
        query = query.order_by(card_orders.c.due_on, card_orders.c.id).limit(limit)
        return [read_order(row) for row in self._connection.execute(query)]


def _is_raised() -> ColumnElement[bool]:
    return (
        select(raised_cards.c.card_ref)
        .where(
            raised_cards.c.card_ref == card_orders.c.ref,
            raised_cards.c.due_on == card_orders.c.due_on,
        )
        .exists()
    )
