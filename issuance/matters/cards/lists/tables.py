"""Lists of cards over all orders: each bounded, in an order of its own."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Connection, Integer, Table, func, select

from certstore.tables.certificate_rows import certificates
from certstore.tables.metadata import insert_once, metadata
from issuance.matters.cards.orders import CardOrder, Way
from issuance.matters.cards.stages import stage_table
from issuance.matters.cards.tables import card_orders, read_order

_SETTLED: Final = timedelta(hours=1)  # a row given a number before this is committed by now
_ROW: Final = 1

card_watch = Table(
    "card_watch",
    metadata,
    Column("id", Integer, primary_key=True),  # one row
    Column("seen_up_to", Integer, nullable=False),  # certificates up to this row have their order
)


class CardLists:
    """Lists of cards, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def without_order(self, type_code: str, limit: int) -> list[str]:
        """References of sealed certificates of a type that have no order yet, oldest first."""
        query = (
            select(certificates.c.ref)
            .where(*self._unseen(type_code), certificates.c.state == "sealed")
            .order_by(certificates.c.id)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def in_sight(self, type_code: str, now: datetime) -> tuple[int, int]:
        """Up to which row everything has its order: as kept, and as it is by now.

        What may not be committed yet stays in sight.
        """
        mark = self._mark()
        later = certificates.c.id > mark
        made = func.coalesce(certificates.c.reserved_at, certificates.c.status_changed_at)
        young = select(func.min(certificates.c.id)).where(later, made > now - _SETTLED)
        missing = select(func.min(certificates.c.id)).where(*self._unseen(type_code))
        newest = select(func.max(certificates.c.id))
        found = [self._connection.execute(q).scalar_one() for q in (young, missing, newest)]
        ends = [each - 1 for each in found[:2] if each is not None]
        return mark, max(mark, min([*ends, found[2] or 0]))

    def move_watch(self, reached: int) -> None:
        """Look no more at rows up to this one."""
        insert_once(self._connection, card_watch, {"id": _ROW, "seen_up_to": 0})
        further = card_watch.c.seen_up_to < reached
        self._connection.execute(card_watch.update().where(further).values(seen_up_to=reached))

    def _mark(self) -> int:
        query = select(card_watch.c.seen_up_to)
        return int(self._connection.execute(query).scalar_one_or_none() or 0)

    def _unseen(self, type_code: str) -> tuple[Any, ...]:
        has = select(card_orders.c.id).where(card_orders.c.certificate_ref == certificates.c.ref)
        return (
            certificates.c.id > self._mark(),
            certificates.c.type_code == type_code,
            certificates.c.state.in_(("sealed", "reserved")),
            ~has.exists(),
        )

    def of_people(self, people: Sequence[int]) -> list[CardOrder]:
        """Cards of these people that were wanted, newest first."""
        query = (
            select(card_orders)
            .where(card_orders.c.person_id.in_(people), card_orders.c.stage != "not_wanted")
            .order_by(card_orders.c.id.desc())
            .limit(50)
        )
        return self._read(query)

    def numbered(self, number: str) -> list[CardOrder]:
        """Every card of a permit's number, newest first."""
        query = (
            select(card_orders)
            .where(card_orders.c.number == number)
            .order_by(card_orders.c.id.desc())
        )
        return self._read(query.limit(50))

    def at_stage(
        self, stages: Sequence[str], limit: int, *, point: str = "", skip: int = 0
    ) -> list[CardOrder]:
        """Orders at these stages, those longest there first; of one point only, where named."""
        where: list[Any] = [card_orders.c.stage.in_(stages)]
        if point:
            where.append(card_orders.c.point == point)
        query = select(card_orders).where(*where).order_by(card_orders.c.id)
        return self._read(query.limit(limit).offset(skip))

    def count_at(self, point: str) -> dict[str, int]:
        """How many orders of a point stand at each stage."""
        query = (
            select(card_orders.c.stage, func.count())
            .where(card_orders.c.point == point)
            .group_by(card_orders.c.stage)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def late(self, today: date, limit: int, *, point: str = "") -> list[CardOrder]:
        """Open orders that are late, those due first first; of one point only, where named."""
        where: list[Any] = [card_orders.c.due_on < today]
        if point:
            where.append(card_orders.c.point == point)
        query = select(card_orders).where(*where).order_by(card_orders.c.due_on, card_orders.c.id)
        return self._read(query.limit(limit))

    def provisional(self, limit: int) -> list[CardOrder]:
        """Orders whose due day was counted without an official calendar."""
        query = select(card_orders).where(
            card_orders.c.due_provisional, card_orders.c.due_on.is_not(None)
        )
        return self._read(query.order_by(card_orders.c.id).limit(limit))

    def to_stop(self, statuses: Sequence[str], limit: int) -> list[CardOrder]:
        """Orders still in our hands whose permit has one of these statuses."""
        stages = stage_table().steps["stop"].from_
        return self._by_status(statuses, card_orders.c.stage.in_(stages), limit)

    def to_resume(self, stopped_for: str, limit: int) -> list[CardOrder]:
        """Orders that were stopped for this, whose permit is valid again."""
        where = (card_orders.c.stage == "stopped") & (card_orders.c.stop_reason == stopped_for)
        return self._by_status(["valid"], where, limit)

    def to_forget(self, before: datetime, limit: int) -> list[CardOrder]:
        """Orders that ended before this moment and still say where the card went."""
        ends = [name for name, stage in stage_table().stages.items() if stage.ends]
        query = select(card_orders).where(
            card_orders.c.way == Way.COURIER,
            card_orders.c.address["recipient"].as_string().is_not(None),
            card_orders.c.stage.in_(ends),
            card_orders.c.stage_since < before,
        )
        return self._read(query.limit(limit))

    def _by_status(self, statuses: Sequence[str], where: Any, limit: int) -> list[CardOrder]:  # noqa: ANN401 - a SQLAlchemy clause
        query = (
            select(card_orders)
            .join(certificates, certificates.c.ref == card_orders.c.certificate_ref)
            .where(where, certificates.c.status.in_(statuses))
            .order_by(card_orders.c.id)
        )
        return self._read(query.limit(limit))

    def _read(self, query: Any) -> list[CardOrder]:  # noqa: ANN401 - a SQLAlchemy query
        return [read_order(row) for row in self._connection.execute(query)]
