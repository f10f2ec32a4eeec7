"""Orders of cards and the steps they took: one order for each version of a permit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    select,
)

from certstore.chance import reference
from certstore.errors import NotFoundError
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from issuance.application import State
from issuance.matters.cards.orders import Address, CardOrder, Delivery, Moved, Way
from issuance.matters.cards.stages import Role, moved_meanwhile, stage_table
from issuance.tables import applications

card_orders = Table(
    "card_orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("certificate_ref", String(24), nullable=False, unique=True),  # once for each version
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("told_id", ForeignKey("people.id"), nullable=False),
    Column("number", String(40), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("stage", String(24), nullable=False),
    Column("stage_since", Moment, nullable=False),
    Column("ordered_at", Moment, nullable=False),
    Column("clock", String(24), nullable=False),
    Column("clock_from", Date),
    Column("due_on", Date),
    Column("due_provisional", Boolean, nullable=False),
    Column("way", String(12), nullable=False),
    Column("point", String(12), nullable=False),
    Column("address", Json),  # forgotten some time after the card arrived
    Column("choice", Integer, nullable=False),
    Column("stop_reason", String(24), nullable=False),
    Index("ix_card_orders_stage", "stage", "stage_since"),
    Index("ix_card_orders_point", "point", "stage"),
    Index("ix_card_orders_due", "due_on"),
)
card_steps = Table(
    "card_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("order_id", ForeignKey("card_orders.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("step", String(24), nullable=False),
    Column("stage", String(24), nullable=False),
    Column("role", String(12), nullable=False),
    Column("by", String(80), nullable=False),
    Column("note", Json, nullable=False),
)


class CardBook:
    """Orders of cards, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- ordering --------------------------------------------------------------------------

    def add(self, values: Mapping[str, Any], delivery: Delivery, at: datetime) -> CardOrder | None:
        """Open an order; None if this version has one."""
        row = {
            "ref": reference(),
            "attempt": 1,
            "stage_since": at,
            "ordered_at": at,
            "clock": "",
            "clock_from": None,
            "due_on": None,
            "due_provisional": False,
            "choice": 0,
            "stop_reason": "",
            **values,
            **_delivery_columns(delivery),
        }
        if not insert_once(self._connection, card_orders, row):
            return None
        return self.of_certificate(str(values["certificate_ref"]))

    def applied_for(self, certificate_ref: str) -> tuple[str, int] | None:
        """Which matter led to a certificate, and who acted; None if no application did."""
        query = select(applications.c.matter, applications.c.actor_id).where(
            applications.c.certificate_ref == certificate_ref,
            applications.c.state == State.ISSUED,
        )
        row = self._connection.execute(query).first()
        return None if row is None else (row.matter, row.actor_id)

    # -- finding ---------------------------------------------------------------------------

    def get(self, ref: str) -> CardOrder:
        """The order with this reference; NotFoundError if there is none."""
        return self._one(card_orders.c.ref == ref, ref)

    def locked(self, ref: str) -> CardOrder:
        """The same, held until the transaction ends."""
        query = select(card_orders).where(card_orders.c.ref == ref).with_for_update()
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there is no such card", where=ref)
        return read_order(row)

    def find(self, certificate_ref: str) -> CardOrder | None:
        """The order of this version, if it has one."""
        query = select(card_orders).where(card_orders.c.certificate_ref == certificate_ref)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else read_order(row)

    def of_certificate(self, certificate_ref: str) -> CardOrder:
        """The same; NotFoundError if it has none."""
        return self._one(card_orders.c.certificate_ref == certificate_ref, certificate_ref)

    # -- moving ----------------------------------------------------------------------------

    def move(
        self,
        order: CardOrder,
        name: str,
        who: tuple[Role, str],
        at: datetime,
        *,
        note: Mapping[str, Any] | None = None,
        **values: Any,  # noqa: ANN401 - columns
    ) -> CardOrder:
        """Take a step if the card stands where it leads from; ConflictError if not, and undone.

        The card must still be the one that was read: an order made anew meanwhile is another.
        """
        role, by = who
        step = stage_table().step(name, role)
        statement = (
            card_orders.update()
            .where(
                card_orders.c.id == order.id,
                card_orders.c.stage.in_(step.from_),
                card_orders.c.attempt == order.attempt,
            )
            .values(stage=step.to, stage_since=at, **values)
            .returning(*card_orders.c)
        )
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            raise moved_meanwhile(self.get(order.ref).stage)
        self.note(order.id, name, who=(role.value, by), at=at, stage=step.to, note=note)
        return read_order(row)

    def note(
        self,
        order_id: int,
        step: str,
        *,
        who: tuple[str, str],
        at: datetime,
        stage: str,
        note: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what was done, whether it moved the card or not."""
        values = {"order_id": order_id, "at": at, "step": step, "stage": stage}
        said = {"role": who[0], "by": who[1], "note": dict(note or {})}
        self._connection.execute(card_steps.insert().values(**values, **said))

    def steps(self, order_id: int) -> list[Moved]:
        """What became of a card, first things first."""
        query = (
            select(card_steps).where(card_steps.c.order_id == order_id).order_by(card_steps.c.id)
        )
        rows = self._connection.execute(query.limit(200))
        return [Moved(r.at, r.step, r.stage, r.role, r.by, r.note) for r in rows]

    def choose(self, order: CardOrder, delivery: Delivery) -> bool:
        """Keep another choice; False if somebody chose, or the card moved, meanwhile."""
        statement = (
            card_orders.update()
            .where(
                card_orders.c.id == order.id,
                card_orders.c.choice == order.choice,
                card_orders.c.stage == order.stage,
            )
            .values(choice=order.choice + 1, **_delivery_columns(delivery))
        )
        return self._connection.execute(statement).rowcount == 1

    def change(self, order: CardOrder, **values: Any) -> None:  # noqa: ANN401 - columns
        """Change columns that no step is about: a due day counted anew, an address forgotten."""
        mine = card_orders.c.id == order.id
        self._connection.execute(card_orders.update().where(mine).values(**values))

    def _one(self, where: Any, what: str) -> CardOrder:  # noqa: ANN401 - a SQLAlchemy clause
        row = self._connection.execute(select(card_orders).where(where)).one_or_none()
        if row is None:
            raise NotFoundError("there is no such card", where=what)
        return read_order(row)


def _delivery_columns(delivery: Delivery) -> dict[str, Any]:
    address = delivery.to.as_json() if delivery.to else {}
    return {"way": delivery.way, "point": delivery.point, "address": address}


def read_order(row: Row[Any]) -> CardOrder:
    """The order a row keeps."""
    said = row.address or {}
    address = Address(**said) if said.get("recipient") else None
    return CardOrder(
        id=row.id,
        ref=row.ref,
        certificate_ref=row.certificate_ref,
        person_id=row.person_id,
        told_id=row.told_id,
        number=row.number,
        version=row.version,
        attempt=row.attempt,
        stage=row.stage,
        stage_since=row.stage_since,
        ordered_at=row.ordered_at,
        clock=row.clock,
        clock_from=row.clock_from,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        delivery=Delivery(Way(row.way), row.point, address),
        choice=row.choice,
        stop_reason=row.stop_reason,
    )
