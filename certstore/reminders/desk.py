"""Writes reminders into inboxes: every source once a day, whatever stood still in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from certstore.clock import Clock, local_date
from certstore.reminders.source import ReminderSource, Span
from certstore.tables.books import Archive, Books
from certstore.tables.reminder_days import Looked

_AT_A_TIME: Final = 100
_MOST_A_ROUND: Final = 20  # batches of a source; the next round goes on
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDesk:
    """Looks every source through for the day; run twice or on two machines, each tells once.

    A batch is written in one transaction with the mark of how far it went. Where a clock ran
    ahead, what it told and does not hold is taken back, and everything is looked through as if
    for the first time: what was told and holds is not told anew.
    """

    archive: Archive
    clock: Clock
    sources: Sequence[ReminderSource]

    def remind(self) -> int:
        """Tell what is due today; how many notices."""
        return sum(self._look_through(source) for source in self.sources)

    def _look_through(self, source: ReminderSource) -> int:
        told, today = 0, local_date(self.clock.now())
        for _ in range(_MOST_A_ROUND):
            with self.archive.reading() as books:
                looked = books.reminders.looked(source.name)
            if looked.done is not None and today <= looked.done <= today + _DAY:
                break  # machines differ by minutes around midnight
            done = self._batch(source, looked, today)
            if done is None:
                break
            told += done
        return told

    def _batch(self, source: ReminderSource, looked: Looked, today: date) -> int | None:
        """Tell one batch; None if another worker was there."""
        now = self.clock.now()
        ahead = _is_ahead(looked, today)
        before = None if ahead else looked.done
        after = looked.after if looked.looking == today else 0
        with self.archive.writing() as books:
            if ahead:
                _take_back(books, source, now)
            found = source.due(books, Span(before, today), after, _AT_A_TIME)
            through = found.last_row is None
            then = Looked(today, None, 0) if through else Looked(before, today, found.last_row or 0)
            if not books.reminders.go_on(source.name, looked, then):
                return None
            for due in found.due:
                for person in due.people:
                    occasion = f"{due.occasion}:{person}"
                    books.inbox.add(person, due.kind, occasion, due.facts, now)
        return sum(len(due.people) for due in found.due)


def _is_ahead(looked: Looked, today: date) -> bool:
    """Whether a day was looked through that is to come; machines differ by one at midnight."""
    return any(day is not None and day > today + _DAY for day in (looked.done, looked.looking))


def _take_back(books: Books, source: ReminderSource, now: datetime) -> None:
    """Forget reminders of days to come that do not hold: each is told again on its day.

    What left for a telephone cannot be called back.
    """
    early = books.inbox.after(now + _DAY, source.kinds)
    today = local_date(now)
    for row, told in early:
        holds = source.still(books, told.kind, told.facts, today)
        if not holds and books.inbox.take_back(row):
            books.messages.take_back(row, now)


@dataclass(frozen=True, slots=True)
class Standing:
    """Says of any notice whether what it tells of is to be done still."""

    sources: Sequence[ReminderSource]

    def holds(self, books: Books, kind: str, facts: Mapping[str, Any], today: date) -> bool:
        """True for what is no reminder: what has happened stays so."""
        named = (source for source in self.sources if kind in source.kinds)
        return all(source.still(books, kind, facts, today) for source in named)
