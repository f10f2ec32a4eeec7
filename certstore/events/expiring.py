"""The end of a certificate's validity, told as an event: nobody does it, the day does."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from certstore.clock import Clock, local_date
from certstore.events.spreading import TOLD_FOR
from certstore.tables.books import Archive

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryDesk:
    """Tells of each certificate that has expired once, day by day, however long it was away.

    A day is told in one transaction with the mark that it was. What had ended before the first
    day is no news, nor is what nobody was given anything of.
    """

    archive: Archive
    clock: Clock

    def tell_expired(self) -> int:
        """Tell every end up to yesterday (China's days) that is not told yet; how many."""
        yesterday = local_date(self.clock.now()) - _DAY
        with self.archive.reading() as books:
            told = books.expiries.told_up_to()
        if told is None:
            with self.archive.writing() as books:
                books.expiries.begin(yesterday)
            return 0
        count = 0
        while told < yesterday:
            count += self._tell(told, told + _DAY)
            told += _DAY
        return count

    def _tell(self, before: date, day: date) -> int:
        now = self.clock.now()
        with self.archive.writing() as books:
            if not books.expiries.go_on(before, day):
                return 0  # another worker tells it
            ended = books.expiries.ended(day, now - TOLD_FOR)
            for ref in ended:
                books.outbox.add("certificate.expired", {"certificate": ref}, now)
        return len(ended)
