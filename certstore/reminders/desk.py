"""Writes reminders into inboxes: every source once a day, whatever stood still in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
    ahead, the day is looked through again: what was told is not told anew.
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
        before = looked.done
        if before is not None and before > today:
            before = today - _DAY  # a clock had run ahead
        after = looked.after if looked.looking == today else 0
        with self.archive.writing() as books:
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


@dataclass(frozen=True, slots=True)
class Standing:
    """Says of any notice whether what it tells of is to be done still."""

    sources: Sequence[ReminderSource]

    def holds(self, books: Books, kind: str, facts: Mapping[str, Any], today: date) -> bool:
        """True for what is no reminder: what has happened stays so."""
        named = (source for source in self.sources if kind in source.kinds)
        return all(source.still(books, kind, facts, today) for source in named)
