"""The figures of the service's work over the last days."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from certstore.clock import CHINA, Clock, local_date
from certstore.tables.books import Archive
from issuance.volumes.figures import Volumes, count_days, count_matters
from issuance.volumes.tables import VolumeBook

MOST_DAYS: Final = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeDesk:
    """Counts, and names nobody."""

    archive: Archive
    clock: Clock

    def volumes(self, days: int = 30) -> Volumes:
        """Of what was submitted, pulled and scanned in the last days, today included."""
        today = local_date(self.clock.now())
        first = today - timedelta(days=min(max(days, 1), MOST_DAYS) - 1)
        since = datetime.combine(first, time.min, CHINA)
        with self.archive.reading() as books:
            book = VolumeBook(books.connection)
            cases = list(book.cases(since))
            return Volumes(
                since=first,
                until=today,
                matters=count_matters(cases, today),
                by_day=count_days((case.submitted_at for case in cases), first, today),
                pulls=book.pulls(since),
                scans=book.scans(since),
            )
