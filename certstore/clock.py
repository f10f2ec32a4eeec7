"""The only module that reads the time; working days are counted in working_days.py."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991


class Clock(Protocol):
    """Tells the time, always aware and in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)  # noqa: TID251 - here, and nowhere else


class MovedClock:
    """A clock set to another moment, running at the usual pace (demonstrations, tests)."""

    def __init__(self, start: datetime) -> None:
        """Begin at `start`, which must be aware."""
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()
        self._skipped = timedelta()

    def now(self) -> datetime:
        """Return the moved moment."""
        return self._start + self._skipped + timedelta(seconds=time.monotonic() - self._began)

    def skip(self, span: timedelta) -> None:
        """Move on by `span`."""
        self._skipped += span


def local_date(moment: datetime) -> date:
    """The calendar day in China at this moment, which is the day every rule means."""
    return moment.astimezone(CHINA).date()


def unix(moment: datetime) -> int:
    """Whole seconds since 1970, as tokens and codes carry them."""
    return int(moment.timestamp())
