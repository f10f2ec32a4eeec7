"""Somebody's cards, as the copy of their own data lists them."""

from collections.abc import Mapping, Sequence
from typing import Any

from certstore.tables.books import Books
from certstore.tables.people import Person
from issuance.matters.cards.lists.tables import CardLists
from issuance.matters.cards.orders import CardOrder
from issuance.matters.cards.shipping.tables import ShippingBook
from issuance.matters.cards.tables import CardBook


def cards_held(books: Books, person: Person) -> Sequence[Mapping[str, Any]]:
    """Each card: where it stands, every step, where it was sent, what the courier said."""
    return [_card(books, order) for order in CardLists(books.connection).of_people([person.id])]


def _card(books: Books, order: CardOrder) -> Mapping[str, Any]:
    to = order.delivery.to
    steps = CardBook(books.connection).steps(order.id)
    tracking = ShippingBook(books.connection).tracking(order.id)
    return {
        "ref": order.ref,
        "certificate": order.certificate_ref,
        "card_no": order.card_no,
        "stage": order.stage,
        "way": order.delivery.way.value,
        "service_point": order.delivery.point,
        "sent_to": to.as_json() if to else None,
        "steps": [{"at": s.at, "step": s.step, "by": s.by} for s in steps],
        "tracking": [{"at": w.at, "kind": w.kind, "place": w.place} for w in tracking],
    }
