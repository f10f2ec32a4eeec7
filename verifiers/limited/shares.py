"""How much of the room one account may take, so that nobody keeps the others waiting."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from certstore.errors import RateLimitedError

_MOST: Final = 2  # at once: one in work, and the next
RETRY_AFTER_S: Final = 5


class Shares:
    """Counts the tasks that accounts have in work or waiting; for all threads."""

    def __init__(self, most: int = _MOST) -> None:
        """So many at once for each account."""
        self._most = most
        self._lock = Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one_of(self, account: str) -> Iterator[None]:
        """Take one share for as long as it lasts; RateLimitedError if the account has them all."""
        with self._lock:
            if self._taken[account] >= self._most:
                raise RateLimitedError(
                    "files of yours are still being looked at",
                    remedy="wait until they are done, and send this one again",
                    retry_after=RETRY_AFTER_S,
                )
            self._taken[account] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[account] -= 1
                if not self._taken[account]:
                    del self._taken[account]
