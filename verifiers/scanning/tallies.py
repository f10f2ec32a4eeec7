"""Counts of what somebody does within a while, in this process's memory: nothing is kept of who."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

_MOST_KEPT = 50_000  # the longest unused are forgotten first


@dataclass(slots=True)
class Tally:
    """How often it happened since the first time, until when that counts, and a note beside it."""

    until: datetime
    count: int = 0
    note: str = ""


class Tallies:
    """A tally of every key (addresses among them), each for a while; for all threads."""

    def __init__(self, within: timedelta) -> None:
        """A tally begins with the first time and is forgotten so long after it."""
        self._within = within
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, ...], Tally] = OrderedDict()

    def add(self, key: tuple[str, ...], now: datetime) -> Tally:
        """Count once more; the tally as it stands then."""
        with self._lock:
            found = self._kept.pop(key, None)
            if found is None or found.until <= now:
                found = Tally(now + self._within)
            found.count += 1
            self._kept[key] = found
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return Tally(found.until, found.count, found.note)

    def of(self, key: tuple[str, ...], now: datetime) -> Tally | None:
        """The tally as it stands; None if nothing counts any more."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found.until <= now:
                return None
            return Tally(found.until, found.count, found.note)

    def note(self, key: tuple[str, ...], note: str) -> None:
        """Write beside a tally that still stands."""
        with self._lock:
            if key in self._kept:
                self._kept[key].note = note
