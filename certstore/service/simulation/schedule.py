"""What happens when: a heap of walks, each resumed at its moment, under a clock that is moved."""

from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from time import perf_counter

from certstore.clock import MovedClock

Walk = Generator[timedelta, None, None]
"""Somebody's way through the service: yields how long passes until they go on."""


class Schedule:
    """Resumes walks in the order of their moments and moves the clock there.

    Computing takes its time on this clock, too: what is issued a tenth of a second after its
    approval was approved a tenth of a second before.
    """

    def __init__(self, start: datetime) -> None:
        """Begin at a moment."""
        self.clock = MovedClock(start.astimezone(UTC))
        self._waiting: list[tuple[datetime, int, Walk]] = []
        self._turn = count()
        self.worked_s = 0.0

    def at(self, moment: datetime, walk: Walk) -> None:
        """Begin a walk at a moment; at once if that is past."""
        heappush(self._waiting, (moment.astimezone(UTC), next(self._turn), walk))

    def after(self, span: timedelta, walk: Walk) -> None:
        """Begin a walk so long after now."""
        self.at(self.clock.now() + span, walk)

    def run_until(self, end: datetime, tell: Callable[[], None] = lambda: None) -> None:
        """Resume everything that is due before the end, then be there."""
        while self._waiting and self._waiting[0][0] < end:
            moment, _, walk = heappop(self._waiting)
            self._move_to(moment)
            began = perf_counter()
            pause = next(walk, None)
            self.worked_s += perf_counter() - began
            if pause is not None:
                self.after(pause, walk)
            tell()
        self._move_to(end.astimezone(UTC))

    def _move_to(self, moment: datetime) -> None:
        gap = moment - self.clock.now()
        if gap > timedelta():
            self.clock.skip(gap)
