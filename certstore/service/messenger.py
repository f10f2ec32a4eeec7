"""Tells services what happened, in threads of its own: nothing else may hold a revocation up.

Endpoints that fail have threads of their own, too, so that they never keep those that answer
waiting. Several processes may do this at once: claims keep them apart.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from certstore.errors import CertstoreError
from certstore.service.wiring import House
from certstore.tables.webhook_rows import Claimed

log = logging.getLogger("certstore.messenger")
PERIOD_S = 1.0
_STEADY, _FAILING = 32, 48  # subscriptions worked on at a time
_ROUNDS = 50  # of one call of `once`


@dataclass(slots=True)
class _Crew:
    """Threads that work on subscriptions of one kind; no more are claimed than are free."""

    failing: bool
    size: int
    pool: ThreadPoolExecutor = field(init=False)
    busy: set[Future[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Threads begin when they are needed."""
        self.pool = ThreadPoolExecutor(self.size, thread_name_prefix="messenger")

    @property
    def free(self) -> int:
        """How many more can be worked on just now."""
        self.busy = {job for job in self.busy if not job.done()}
        return self.size - len(self.busy)


class Messenger:
    """Spreads events and delivers them, for one house."""

    def __init__(self, house: House) -> None:
        """Nothing runs before `start`."""
        self._house = house
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in the background."""
        self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the attempts at hand."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def once(self) -> int:
        """Spread all that waits, and deliver what is due by now; how many attempts were made."""
        made: list[int] = []
        desk = self._house.delivery_desk
        for _ in range(_ROUNDS):
            spread = self._house.spreading_desk.spread()
            claimed = [one for failing in (False, True) for one in desk.claim(8, failing=failing)]
            for one in claimed:
                attempt(partial(self._count, one, made))
            if not spread and not claimed:
                break
        return sum(made)

    def _count(self, claimed: Claimed, made: list[int]) -> None:
        made.append(self._house.delivery_desk.turn(claimed))

    def _run(self) -> None:
        crews = (_Crew(failing=False, size=_STEADY), _Crew(failing=True, size=_FAILING))
        try:
            while not self._stop.is_set():
                attempt(self._house.spreading_desk.spread)
                for crew in crews:
                    self._hand_out(crew)
                self._stop.wait(PERIOD_S)
        finally:
            for crew in crews:
                crew.pool.shutdown(wait=True)

    def _hand_out(self, crew: _Crew) -> None:
        def claim() -> None:
            for one in self._house.delivery_desk.claim(crew.free, failing=crew.failing):
                crew.busy.add(crew.pool.submit(self._work, one))

        if crew.free:
            attempt(claim)

    def _work(self, claimed: Claimed) -> None:
        attempt(lambda: self._house.delivery_desk.turn(claimed, self._stop.is_set))


def attempt(job: Callable[[], object]) -> None:
    """Do a job; if it fails that is logged, and it is done again next time."""
    try:
        job()
    except CertstoreError as error:
        log.warning("put off", extra={"why": error.detail})
    except Exception:
        log.exception("telling events failed")
