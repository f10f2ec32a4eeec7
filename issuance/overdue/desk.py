"""Raising what is late to the supervisor's list: nightly, and as often as anybody likes.

It catches up after days of standstill in batches, and is safe on several machines at once.
"""

import logging
from dataclasses import dataclass
from datetime import date, timedelta

from certstore.clock import Clock, local_date
from certstore.tables.books import Archive
from certstore.working_days import WorkCalendar
from issuance.application import WITH_OFFICERS
from issuance.overdue.tables import RaisedBook
from issuance.tables import ApplicationBook

log = logging.getLogger("certstore.issuance")
USUAL_AFTER = 1  # working days
BATCH = 100
WHO, RAISED = "worker", "raised"
_A_DAY = timedelta(days=1)
_LONGEST_BREAK = 60  # days looked back at most for so many working days, times their number


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueDesk:
    """Raises cases that are late by `after` working days."""

    archive: Archive
    calendar: WorkCalendar
    clock: Clock
    after: int = USUAL_AFTER

    def raise_late(self) -> int:
        """Raise what is late and was not raised yet, a batch of it; how many were."""
        now = self.clock.now()
        last = due_until(self.calendar, local_date(now), self.after)
        with self.archive.reading() as books:
            late = RaisedBook(books.connection).late(last, BATCH)
        return sum(self._raise(ref, due_on) for ref, due_on in late)

    def _raise(self, ref: str, due_on: date) -> bool:
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            found = book.locked(ref)
            if found.state not in WITH_OFFICERS or found.due_on != due_on:
                return False  # decided, or given more time, meanwhile
            if not RaisedBook(books.connection).add(ref, due_on, now):
                return False  # another machine was first
            book.note(ref, now, WHO, RAISED, due_on.isoformat())
        log.warning("a case is late", extra={"ref": ref, "due_on": due_on.isoformat()})
        return True


def due_until(calendar: WorkCalendar, today: date, after: int) -> date:
    """The last due day that lies `after` working days back."""
    day = today - _A_DAY
    for _ in range(_LONGEST_BREAK * max(after, 1)):
        if calendar.working_days_between(day, today).working_days >= after:
            break
        day -= _A_DAY
    return day
