"""Raising late cards to the supervisor's list, as late applications are; and that list.

It catches up after days of standstill in batches, and is safe on several machines at once.
"""

import logging
from dataclasses import dataclass
from datetime import date
from typing import Final

from certstore.callers import Officer
from certstore.clock import Clock, local_date
from certstore.errors import ForbiddenError
from certstore.tables.books import Archive
from certstore.working_days import WorkCalendar
from issuance.matters.cards.orders import CardOrder
from issuance.matters.cards.overdue.tables import RaisedCardBook
from issuance.matters.cards.points.points import PointsDesk, ServicePoint
from issuance.matters.cards.stages import Role, stage_table
from issuance.matters.cards.tables import CardBook
from issuance.overdue.desk import BATCH, RAISED, USUAL_AFTER, due_until

log = logging.getLogger("certstore.cards")
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class LateCard:
    """A card that was raised: nobody's data, and who has it."""

    order: CardOrder
    held_by: str
    point: ServicePoint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCardDesk:
    """Raises cards that are late by `after` working days."""

    archive: Archive
    points: PointsDesk
    calendar: WorkCalendar
    clock: Clock
    after: int = USUAL_AFTER

    def raise_late(self) -> int:
        """Raise what is late and was not raised yet, a batch of it; how many were."""
        last = due_until(self.calendar, self._today(), self.after)
        with self.archive.reading() as books:
            late = RaisedCardBook(books.connection).late(last, BATCH)
        return sum(self._raise(order) for order in late)

    def _raise(self, order: CardOrder) -> bool:
        now = self.clock.now()
        with self.archive.writing() as books:
            book = CardBook(books.connection)
            found = book.locked(order.ref)
            if (found.stage, found.due_on) != (order.stage, order.due_on):
                return False  # it went on, or was given more time, meanwhile
            if not RaisedCardBook(books.connection).add(found, now):
                return False  # another machine was first
            who = (Role.SYSTEM.value, "system")
            book.note(found.id, RAISED, who=who, at=now, stage=found.stage)
        log.warning("a card is late", extra={"card": found.ref, "stage": found.stage})
        return True

    def raised(self, officer: Officer) -> list[LateCard]:
        """The supervisor's list, of every service point; ForbiddenError for any other officer."""
        if not officer.supervisor:
            raise ForbiddenError("this list is for supervisors", where="supervisor")
        with self.archive.reading() as books:
            found = RaisedCardBook(books.connection).raised(self._today(), _SHOWN)
        stages = stage_table().stages
        return [
            LateCard(order, stages[order.stage].held_by, self.points.find(order.delivery.point))
            for order in found
        ]

    def _today(self) -> date:
        return local_date(self.clock.now())
