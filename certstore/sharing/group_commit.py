"""Group commit: what is asked at the same time is done in one transaction.

A commit that is written through costs as much for one as for fifty. Nobody waits for others to
come: whoever asks while a transaction is under way is in the next one.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")
MOST: Final = 64


class GroupCommit(Generic[A, R]):
    """Does work for many askers together, one transaction at a time; safe between threads.

    `work` answers each asker in order, and commits before it returns. If it raises, each asker is
    answered alone, so that nobody fails for another's sake.
    """

    def __init__(self, work: Callable[[Sequence[A]], Sequence[R]]) -> None:
        """Nothing runs before somebody asks."""
        self._work = work
        self._waiting: deque[tuple[A, Future[R]]] = deque()
        self._lock = threading.Lock()
        self._running = False
        self._thread = ThreadPoolExecutor(1, "group-commit")

    def submit(self, asked: A) -> Future[R]:
        """The answer to come; its result raises what `work` raised for this asker alone."""
        future: Future[R] = Future()
        with self._lock:
            self._waiting.append((asked, future))
            if self._running:
                return future
            self._running = True
        self._thread.submit(self._run)
        return future

    def _run(self) -> None:
        while self._goes_on():
            batch = self._next()
            if not batch:
                continue
            try:
                answers = self._work([asked for asked, _ in batch])
            except Exception as error:  # noqa: BLE001 - each asker gets it, or their own
                self._one_by_one(batch, error)
                continue
            for (_, future), answer in zip(batch, answers, strict=True):
                future.set_result(answer)

    def _goes_on(self) -> bool:
        with self._lock:
            self._running = bool(self._waiting)
            return self._running

    def _next(self) -> list[tuple[A, Future[R]]]:
        """Who is next; whoever has gone meanwhile is left out, and from here on none can go."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        return [each for each in batch if each[1].set_running_or_notify_cancel()]

    def _one_by_one(self, batch: list[tuple[A, Future[R]]], error: Exception) -> None:
        if len(batch) == 1:
            batch[0][1].set_exception(error)
            return
        for asked, future in batch:
            try:
                future.set_result(self._work([asked])[0])
            except Exception as own:  # noqa: BLE001 - as above
                future.set_exception(own)
