"""The feed that a service polls: everything it is told, in order, for thirty days."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from certstore.callers import Service
from certstore.clock import Clock
from certstore.errors import ConflictError, MalformedError
from certstore.events.spreading import KEPT_FOR
from certstore.events.standing import judge_subscriber
from certstore.tables.books import Archive
from certstore.tables.events import FeedEnds

LONGEST_WAIT_S: Final = 25
PAGE_MOST: Final = 500


class WaitingRoom:
    """How many requests may wait for an event at a time; who finds no seat is answered at once."""

    def __init__(self, seats: int = 200, of_one: int = 2) -> None:
        """So many seats, and so many for one client."""
        self._seats = seats
        self._of_one = of_one
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def seat(self, client: str) -> Iterator[bool]:
        """Whether this client's request may wait; its seat is free again when the block ends."""
        with self._lock:
            free = self._taken[client] < self._of_one and self._taken.total() < self._seats
            if free:
                self._taken[client] += 1
        try:
            yield free
        finally:
            if free:
                with self._lock:
                    self._taken[client] -= 1
                    if not self._taken[client]:
                        del self._taken[client]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDesk:
    """Reads feeds out, each to its own client."""

    archive: Archive
    clock: Clock
    waiting: WaitingRoom = field(default_factory=WaitingRoom)

    def read(self, service: Service, after: int | None, limit: int) -> dict[str, Any]:
        """The events after a cursor, in order; without one, from the oldest that is kept.

        Raises ConflictError (`cause` cursor_too_old) where events after it are not kept any more,
        MalformedError for a cursor that was never given.
        """
        refusal = judge_subscriber(service)
        if refusal is not None:
            raise refusal
        with self.archive.reading() as books:
            ends = books.events.ends(service.client_id)
            begin = ends.forgotten if after is None else after
            _judge_cursor(begin, ends)
            found = books.events.after(service.client_id, begin, limit + 1)
        page = found[:limit]
        return {
            "events": [each.event for each in page],
            "next": str(page[-1].sequence if page else begin),
            "more": len(found) > limit,
            "kept_days": KEPT_FOR.days,
        }

    def health(self, service: Service) -> dict[str, Any]:
        """Where the feed begins and ends."""
        refusal = judge_subscriber(service)
        if refusal is not None:
            raise refusal
        with self.archive.reading() as books:
            ends = books.events.ends(service.client_id)
        return {"oldest": str(ends.forgotten), "last": str(ends.last), "kept_days": KEPT_FOR.days}


def _judge_cursor(after: int, ends: FeedEnds) -> None:
    if after < ends.forgotten:
        raise ConflictError(
            "events after this cursor are not kept any more",
            where="after",
            remedy="leave `after` out to go on with the oldest event kept, and look anew at "
            "every certificate that you rely on",
            cause="cursor_too_old",
            expected=str(ends.forgotten),
        )
    if after > ends.last:
        raise MalformedError(
            "this cursor was not given by this feed",
            where="after",
            remedy="leave `after` out to go on with the oldest event kept",
            cause="cursor_unknown",
        )
