"""What the service's own applications show: how much nobody had to hand in."""

from dataclasses import dataclass
from datetime import timedelta

from certstore.clock import Clock
from certstore.tables.books import Archive
from issuance.reuse_figures import ReuseFigures, count_reuse, decided_of_kept
from issuance.tables import ApplicationBook

MOST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsDesk:
    """Counts over the decisions that applications were submitted with."""

    archive: Archive
    clock: Clock

    def reuse(self, days: int = 90) -> ReuseFigures:
        """The share that needed no upload, of what was submitted in the last days (at most 366)."""
        since = self.clock.now() - timedelta(days=min(days, MOST_DAYS))
        with self.archive.reading() as books:
            kept = ApplicationBook(books.connection).decisions_since(since)
            return count_reuse(decided_of_kept(decision) for decision in kept)
