"""Who is told of what: events of the outbox, put into the feeds of those whom they concern."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certstore.chance import reference
from certstore.clock import Clock
from certstore.events.kinds import Thin, thin
from certstore.events.outcomes import GIVEN_UP_AFTER
from certstore.tables.books import Archive, Books
from certstore.tables.outbox import OutboxEvent
from certstore.tables.webhook_rows import Delivery

TOLD_FOR: Final = timedelta(days=366)
"""Whoever was given something of a certificate is told for twice as long as it may be kept."""
KEPT_FOR: Final = timedelta(days=30)
"""How long a feed can be read back, and deliveries that ended are listed."""
SETTLED_AFTER: Final = timedelta(seconds=2)
"""A pull that read the certificate just before the change has committed by then, and is told."""
_BATCH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadingDesk:
    """Puts events into feeds and queues their deliveries, in one transaction with the mark.

    A client is told of a certificate of which it was given something, and of no other: that
    somebody was issued a certificate is nobody's business who never dealt with them.
    """

    archive: Archive
    clock: Clock
    source: str

    def spread(self) -> int:
        """Spread the oldest events that wait, so many at most; how many it were."""
        now = self.clock.now()
        settled = now - SETTLED_AFTER
        with self.archive.reading() as books:
            if not books.events.anything_to_spread(settled):
                return 0
        with self.archive.writing() as books:
            waiting = books.events.to_spread(settled, _BATCH)
            for event in waiting:
                self._tell(books, event, now)
            books.events.spread([event.ref for event in waiting], now)
        return len(waiting)

    def _tell(self, books: Books, event: OutboxEvent, now: datetime) -> None:
        told = thin(event, self.source)
        if told is None:
            return
        for client in sorted(_concerned(books, event, now)):
            if books.events.append(client, told.id, told.event, now):
                queue(books, client, told, now)

    def forget(self) -> None:
        """Drop what was told too long ago, and give up what nobody took for days."""
        now = self.clock.now()
        with self.archive.writing() as books:
            books.webhooks.bury(now - GIVEN_UP_AFTER, now)
            books.webhooks.forget(now - KEPT_FOR)
            books.events.forget(now - KEPT_FOR)


def _concerned(books: Books, event: OutboxEvent, now: datetime) -> set[str]:
    """The client an event is meant for; else those that were given something of its certificate."""
    named, certificate = event.body.get("client"), event.body.get("certificate")
    if isinstance(named, str) and named:
        return {named}
    if isinstance(certificate, str) and event.subject.startswith("certificate."):
        return {client for client in books.usage.given_to(certificate, now - TOLD_FOR) if client}
    return set()


def queue(books: Books, client: str, told: Thin, now: datetime) -> None:
    """Queue an event for every webhook of a client that wants its type; switched off ones, too.

    That a webhook fails is told by the others.
    """
    for subscription in books.webhooks.of_client(client):
        wanted = not subscription.types or told.type in subscription.types
        if wanted and told.subject != subscription.ref:
            books.webhooks.deliver(delivery(subscription.ref, told, now))


def delivery(subscription: str, told: Thin, now: datetime) -> Delivery:
    """An event on its way, due at once."""
    return Delivery(
        ref=reference(),
        subscription=subscription,
        event_id=told.id,
        type=told.type,
        subject=told.subject,
        event=told.event,
        urgent=told.urgent,
        own=told.own,
        waiting_since=now,
        next_at=now,
    )
