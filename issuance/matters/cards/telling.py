"""What is told and recorded about a card: notices, events, accesses; in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certstore.callers import Officer
from certstore.certificates import Certificate
from certstore.ledger import Access, record_access
from certstore.tables.books import Books
from issuance.matters.cards.judging import PERMIT
from issuance.matters.cards.orders import CardOrder


def tell_ready(books: Books, order: CardOrder, at: datetime) -> None:
    """The card lies ready to be collected."""
    books.inbox.add(order.told_id, "card_ready", _occasion(order), _facts(order), at)


def tell_sent(books: Books, order: CardOrder, at: datetime) -> None:
    """The courier has the card."""
    books.inbox.add(order.told_id, "card_sent", _occasion(order), _facts(order), at)


def tell_arrived(books: Books, order: CardOrder, at: datetime) -> None:
    """The card was handed over or delivered: whoever did not get it asks at once."""
    books.inbox.add(order.told_id, "card_arrived", _occasion(order), _facts(order), at)


def tell_came_back(books: Books, order: CardOrder, at: datetime) -> None:
    """The courier could not deliver, and brings the card back."""
    books.inbox.add(order.told_id, "card_came_back", _occasion(order), _facts(order), at)


def tell_made_anew(books: Books, order: CardOrder, at: datetime) -> None:
    """The card was damaged and is made once more."""
    books.inbox.add(order.told_id, "card_made_anew", _occasion(order), _facts(order), at)


def tell_stopped(books: Books, order: CardOrder, at: datetime) -> None:
    """The card will not be handed over."""
    books.inbox.add(order.told_id, "card_stopped", _occasion(order), _facts(order), at)


def tell_event(books: Books, order: CardOrder, at: datetime) -> None:
    """Queue that a card moved, without personal data."""
    body = {"certificate": order.certificate_ref, "card": order.ref, "stage": order.stage}
    books.outbox.add("card.moved", body, at)


def _occasion(order: CardOrder) -> str:
    return f"{order.ref}:{order.attempt}:{order.choice}"


def _facts(order: CardOrder) -> dict[str, Any]:
    return {"matter": PERMIT, "number": order.number, "card_ref": order.ref}


def record_look(
    books: Books,
    whose: tuple[str, str],
    officer: Officer,
    permit: Certificate,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Record with the holder that an officer saw a card's data, or handed the card over.

    `whose` is the ledger's origin and the authority the officer serves.
    """
    origin, agency = whose
    shown = ("name", "id_number", "photo")
    record: dict[str, Any] = {
        "agency": agency,
        "client": "desk",
        "purpose": "card_handover",
        "matter": PERMIT,
        "case_no": permit.number,
        "operator": officer.number,
        "station": officer.station,
        "ground": "application",
        "certificate": permit.type_code,
        "certificate_ref": permit.ref,
        "fields": list(shown),
        "refused_fields": [],
        "other_fields": [],
        **(more or {}),
    }
    access = Access(
        kind="review",
        at=now,
        client="desk",
        agency=agency,
        purpose="card_handover",
        person=books.people.known(permit.holders[0]),
        record=record,
    )
    record_access(books, origin, access)
