"""Where strangers' files are worked on: a few processes with hard limits, kept warm.

Nothing that a file does to the libraries that open it is done to the service: time and memory
are limited by the kernel, and a crash ends a process that holds nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Final, TypeVar

from certstore.errors import UnavailableError
from verifiers.limited.process import Assignment, LimitedProcess

RETRY_AFTER_S: Final = 5

_T = TypeVar("_T")


class LimitedRoom:
    """A Limited with so many processes, and so many who may wait for one; for all threads."""

    def __init__(
        self,
        assignment: Assignment,
        *,
        places: int,
        waiting: int,
        patience_s: float,
        replaces: bool,
    ) -> None:
        """Start nothing yet: a process is started when it is first needed.

        One that was lost is replaced at once where the room `replaces`, or else when needed.
        """
        self._assignment = assignment
        self._most, self._inside = places + waiting, 0
        self._patience_s = patience_s
        self._replaces = replaces
        self._places = BoundedSemaphore(places)
        self._lock = Lock()
        self._idle: list[LimitedProcess] = []
        self._closed = False

    def __call__(self, task: str, data: bytes, read: Callable[[bytes], _T]) -> _T:
        """See Limited."""
        with self._place():
            process = self._take()
            try:
                return process.ask(task, data, read)
            finally:
                self._give_back(process)

    def warm(self) -> None:
        """Start one process, so that the first file need not wait for it."""
        with self._lock:
            if not self._idle and not self._closed:
                self._idle.append(LimitedProcess(self._assignment))

    def processes(self) -> tuple[int, ...]:
        """The ids of the processes that wait for a task."""
        with self._lock:
            return tuple(process.pid for process in self._idle)

    def close(self) -> None:
        """End the processes; whoever is inside finishes, and nobody comes in any more."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    @contextmanager
    def _place(self) -> Iterator[None]:
        # A bounded number waits: every one of them holds a thread that others could use.
        with self._lock:
            if self._inside >= self._most:
                raise _busy()
            self._inside += 1
        try:
            if not self._places.acquire(timeout=self._patience_s):
                raise _busy()
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._inside -= 1

    def _take(self) -> LimitedProcess:
        while True:
            with self._lock:
                if self._closed:
                    raise UnavailableError("files are no longer opened here")
                if not self._idle:
                    return LimitedProcess(self._assignment)
                process = self._idle.pop()
            if process.usable:
                return process
            process.end()

    def _give_back(self, process: LimitedProcess) -> None:
        usable = process.usable
        if not usable:
            process.end()
        with self._lock:
            if not self._closed and (usable or self._replaces):
                # The next file finds one that has begun to start, if not one that is ready.
                self._idle.append(process if usable else LimitedProcess(self._assignment))
                return
        process.end()


def _busy() -> UnavailableError:
    return UnavailableError(
        "many files are being opened just now",
        remedy="try again in a few seconds",
        retry_after=RETRY_AFTER_S,
    )
