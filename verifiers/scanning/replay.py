"""Codes already shown: a code made for one presentation is good once."""

import heapq
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Showing:
    """What makes one showing of a code itself: never its signature bytes, which are malleable.

    `shown_at` and `nonce` belong to the holder's wrapper of an off-line code, whose inner message
    is rightly shown many times.
    """

    issuer: str
    cti: bytes
    shown_at: int = 0
    nonce: bytes = b""


class ReplayMemory(Protocol):
    """Remembers showings, shared by everybody for whom one showing shall count once."""

    def first_time(self, showing: Showing, *, until: datetime, now: datetime) -> bool | None:
        """Whether it is new, remembered from now until it is dead anyway; None if it cannot say.

        Two concurrent calls with one showing must not both answer True.
        """
        ...


class DeviceSource(Protocol):
    """Knows which phones were signed out."""

    def listed(self, kid: str, *, now: datetime) -> bool | None:
        """Whether the key of this id was signed out; None if the source cannot say just now."""
        ...


class ScannerMemory:
    """The memory of one scanner in one process, for at most `capacity` showings at a time."""

    def __init__(self, capacity: int = 100_000) -> None:
        """Begin with nothing remembered."""
        self._capacity = capacity
        self._seen: set[Showing] = set()
        self._ends: list[tuple[datetime, int, Showing]] = []
        self._count = 0
        self._lock = Lock()

    def first_time(self, showing: Showing, *, until: datetime, now: datetime) -> bool | None:
        """See ReplayMemory; None when full, for forgetting would let a used code pass again."""
        with self._lock:
            while self._ends and self._ends[0][0] < now:
                self._seen.discard(heapq.heappop(self._ends)[2])
            if showing in self._seen:
                return False
            if len(self._seen) >= self._capacity:
                return None
            self._seen.add(showing)
            self._count += 1  # keeps the heap from comparing showings
            heapq.heappush(self._ends, (until, self._count, showing))
            return True
