"""One task of each caller at a time: the caller's next ones wait, those of others do not."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Final

from certstore.errors import RateLimitedError

_WAITING: Final = 3  # each holds a thread that others could use
_PATIENCE_S: Final = 10.0
RETRY_AFTER_S: Final = 5


class Lines:
    """A line for every caller, each one task wide; for all threads."""

    def __init__(self, waiting: int = _WAITING, patience_s: float = _PATIENCE_S) -> None:
        """So many of one caller may wait, for so long."""
        self._most, self._patience_s = waiting + 1, patience_s
        self._moved = Condition()
        self._inside: Counter[str] = Counter()
        self._at_work: set[str] = set()

    @contextmanager
    def turn_of(self, caller: str) -> Iterator[None]:
        """Wait for this caller's turn and keep it; RateLimitedError if the line is too long."""
        with self._moved:
            if self._inside[caller] >= self._most:
                raise _too_many()
            self._inside[caller] += 1
        try:
            with self._moved:
                if not self._moved.wait_for(
                    lambda: caller not in self._at_work, timeout=self._patience_s
                ):
                    raise _too_many()
                self._at_work.add(caller)
            try:
                yield
            finally:
                with self._moved:
                    self._at_work.remove(caller)
                    self._moved.notify_all()
        finally:
            with self._moved:
                self._inside[caller] -= 1
                if not self._inside[caller]:
                    del self._inside[caller]


def _too_many() -> RateLimitedError:
    return RateLimitedError(
        "files from your address are still being looked at",
        remedy="wait until they are done, and send this one again",
        retry_after=RETRY_AFTER_S,
    )
