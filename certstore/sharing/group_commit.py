"""Group commit: what is asked at the same time is done in one transaction.

A commit that is written through costs as much for one as for fifty. Nobody waits for others to
come: whoever asks while a transaction is under way is in the next one.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

A = TypeVar("A")
R = TypeVar("R")
MOST: Final = 64


class GroupCommit(Generic[A, R]):
    """Does work for many askers together, one batch at a time, in a thread of its own.

    `work` answers each asker in order, and commits before it returns. If it raises, each asker is
    answered alone, so that nobody fails for another's sake.
    """

    def __init__(self, work: Callable[[Sequence[A]], Sequence[R]]) -> None:
        """Nothing runs before somebody asks."""
        self._work = work
        self._thread = ThreadPoolExecutor(1, "group-commit")
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line[A, R]] = WeakKeyDictionary()

    async def ask(self, asked: A) -> R:
        """The answer; raises what `work` raised for this asker alone.

        Whoever goes away before their batch begins is left out of it.
        """
        loop = asyncio.get_running_loop()
        line = self._lines.get(loop)
        if line is None:
            line = self._lines[loop] = _Line(self._thread, self._each)
        return await line.ask(asked, loop)

    def _each(self, batch: Sequence[A]) -> Sequence[R | Exception]:
        try:
            return self._work(batch)
        except Exception as error:  # noqa: BLE001 - each asker gets it, or their own
            return [error] if len(batch) == 1 else [self._each([one])[0] for one in batch]


class _Line(Generic[A, R]):
    """Those who wait on one event loop; all of it runs there, so nothing is locked."""

    def __init__(
        self,
        thread: ThreadPoolExecutor,
        work: Callable[[Sequence[A]], Sequence[R | Exception]],
    ) -> None:
        self._thread, self._work = thread, work
        self._waiting: deque[tuple[A, asyncio.Future[R]]] = deque()
        self._busy = False

    async def ask(self, asked: A, loop: asyncio.AbstractEventLoop) -> R:
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((asked, future))
        if not self._busy:
            self._busy = True
            loop.call_soon(self._next, loop)  # whoever is read in the same turn comes along
        return await future

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        batch: list[tuple[A, asyncio.Future[R]]] = []
        while self._waiting and len(batch) < MOST:
            asked, future = self._waiting.popleft()
            if not future.done():  # who has gone away
                batch.append((asked, future))
        self._busy = bool(batch)
        if batch:
            done = loop.run_in_executor(self._thread, self._work, [asked for asked, _ in batch])
            done.add_done_callback(lambda done: self._tell(batch, done, loop))

    def _tell(
        self,
        batch: Sequence[tuple[A, asyncio.Future[R]]],
        done: asyncio.Future[Sequence[R | Exception]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        for (_, future), answer in zip(batch, done.result(), strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        # After these have their answers: two threads at once would only wait for each other.
        loop.call_soon(self._next, loop)
