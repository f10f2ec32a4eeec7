"""A card as what follows an application: the core shows it without knowing cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certstore.certificates import Status
from certstore.tables.books import Books
from issuance.application import Matter
from issuance.matters.cards.lists.tables import CardLists
from issuance.matters.cards.orders import CardOrder, Way
from issuance.matters.cards.pages.card_pages import tracks
from issuance.matters.cards.points.points import PointsDesk
from issuance.matters.cards.shipping.tables import Shipment, ShippingBook
from issuance.matters.cards.stages import stage_table
from issuance.matters.cards.tables import CardBook
from issuance.progress.sequel import Sequel, Step, Word

_PLANNED = ("ordered", "making", "ready", "yours")


@dataclass(frozen=True, slots=True)
class CardSequels:
    """Knows the cards of permits."""

    points: PointsDesk

    def of(self, books: Books, certificate_ref: str, today: date) -> Sequel | None:
        """The card of this version, or of the later one that took its place before it was made."""
        order = _order(books, certificate_ref)
        if order is None:
            return None
        shipping, stage = ShippingBook(books.connection), stage_table().stages[order.stage]
        point, sent = self.points.find(order.delivery.point), _sent(shipping.of_order(order.id))
        found = tracks(order, CardBook(books.connection).steps(order.id))
        here = order.stage == "notified" and order.delivery.way is Way.PICKUP
        return Sequel(
            ref=order.ref,
            number=order.card_no,
            stage=order.stage,
            way=order.delivery.way.value,
            href=f"/cards/{order.ref}",
            steps=tuple(Step(t.name, t.state, t.at, t.due) for t in found),
            ended=stage.ends,
            yours=here,
            late=order.overdue(today),
            due_on=order.due_on,
            due_provisional=order.due_provisional,
            place=point.name if point and order.delivery.way is Way.PICKUP else None,
            tracking_no=sent.tracking_no if sent else "",
            day=sent.day if sent else None,
            words=tuple(
                Word(w.at, w.kind, w.place)
                for w in shipping.tracking(order.id)
                if w.kind != "booked"
            ),
        )

    def planned(self, matter: Matter) -> tuple[str, ...]:
        """The steps of a card where this matter comes with one."""
        return _PLANNED if matter.value in stage_table().sheet.wants_card else ()


def _order(books: Books, certificate_ref: str) -> CardOrder | None:
    order = CardBook(books.connection).find(certificate_ref)
    if order is None or order.stage == "not_wanted":
        return None
    if order.stop_reason != Status.SUPERSEDED:
        return order
    lists = CardLists(books.connection)
    later = [o for o in lists.numbered(order.number) if o.version > order.version]
    wanted = (o for o in later if o.stage != "not_wanted" and o.stop_reason != Status.SUPERSEDED)
    return min(wanted, key=lambda o: o.version, default=order)


def _sent(found: Sequence[Shipment]) -> Shipment | None:
    return next((shipment for shipment in found if shipment.state != "cancelled"), None)
