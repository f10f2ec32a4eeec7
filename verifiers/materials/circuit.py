"""A circuit breaker: a source that keeps failing is left alone for a while, then tried once.

Small enough to keep here: the libraries for it bring stores, decorators and listeners that
nothing here needs, and none takes a clock that tests can move.
"""

import threading
from datetime import datetime, timedelta

FAILURES = 3  # in a row, and the circuit opens
PAUSE = timedelta(seconds=30)


class Circuit:
    """Whether one source may be asked now; shared by the threads of a process."""

    def __init__(self, failures: int = FAILURES, pause: timedelta = PAUSE) -> None:
        """Begin closed: the source may be asked."""
        self._most = failures
        self._pause = pause
        self._failed = 0
        self._open_until: datetime | None = None
        self._lock = threading.Lock()

    def may_ask(self, now: datetime) -> bool:
        """Whether to ask; after the pause one caller is let through, the others wait for it."""
        with self._lock:
            if self._open_until is None:
                return True
            if now < self._open_until:
                return False
            self._open_until = now + self._pause  # this caller is the trial
            return True

    def answered(self) -> None:
        """The source answered: everybody may ask again."""
        with self._lock:
            self._failed, self._open_until = 0, None

    def failed(self, now: datetime) -> None:
        """The source failed once more."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._most:
                self._open_until = now + self._pause
