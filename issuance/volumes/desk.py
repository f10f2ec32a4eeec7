"""The figures of the service's work over the last days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from certstore.clock import CHINA, Clock, local_date
from certstore.errors import MalformedError
from certstore.tables.books import Archive
from issuance.reuse_figures import count_reuse, decided_of_kept
from issuance.volumes.figures import (
    Volumes,
    as_it_stood,
    count_days,
    count_matters,
    in_spans,
    reuse_by_matter,
)
from issuance.volumes.tables import VolumeBook

PERIODS: Final = (7, 30, 90, 366)  # days; of real people no others are counted
MOST_DAYS: Final = PERIODS[-1]
ASK_FOR: Final = "ask for the last 7, 30, 90 or 366 days"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeDesk:
    """Counts, and names nobody.

    Of real people (not `exact`) it counts whole days that are over, as things stood when the last
    of them ended, and in a few periods alone: periods one day apart, or figures asked for before
    and after one decision, would give back by subtraction what rounding hides.
    """

    archive: Archive
    clock: Clock
    exact: bool

    def counts(self, days: int) -> bool:
        """Whether so many days are counted."""
        return 0 < days <= MOST_DAYS if self.exact else days in PERIODS

    def volumes(self, days: int = 30) -> Volumes:
        """Of what was submitted, pulled and scanned in the last days.

        To this moment where figures are exact, else to the end of yesterday. MalformedError for
        days that are not counted.
        """
        if not self.counts(days):
            raise MalformedError(f"the figures are not counted over {days} days", remedy=ASK_FOR)
        today = local_date(self.clock.now())
        last = today if self.exact else today - _DAY
        first = last - timedelta(days=days - 1)
        since, until = begin_of(first), begin_of(last + _DAY)
        with self.archive.reading() as books:
            book = VolumeBook(books.connection)
            cases = [as_it_stood(case, until) for case in book.cases(since, until)]
            by_day = count_days((case.submitted_at for case in cases), first, last)
            reuse = count_reuse(map(decided_of_kept, book.decisions(since, until)))
            return Volumes(
                since=first,
                until=last,
                matters=count_matters(cases, today),
                by_day=by_day,
                pulls=book.pulls(since, until),
                scans=book.scans(since, until),
                reuse=reuse_by_matter(reuse),
                spans=in_spans(by_day),
            )


def moments_of(found: Volumes) -> tuple[datetime, datetime]:
    """From when until when (not counted) the figures are."""
    return begin_of(found.since), begin_of(found.until + _DAY)


def begin_of(day: date) -> datetime:
    """The moment a day begins in China."""
    return datetime.combine(day, time.min, CHINA)
