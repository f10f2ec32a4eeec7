"""Answers a request that is sent again as it was first answered, byte for byte.

A key is taken before anything is done and committed at once, so that of two requests at the same
time one is told to wait. An answer is kept sealed: it may say something of somebody. What was
refused changed nothing, and its key is free again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from certstore.clock import Clock
from certstore.errors import IdempotencyConflictError, IdempotencyMismatchError
from certstore.safekeeping import Safe, Wrapped
from certstore.tables.books import Archive
from certstore.tables.idempotency import KeptRequest

KEPT_FOR = timedelta(hours=24)
IN_FLIGHT_FOR = timedelta(minutes=2)  # a process that has not answered by then is gone


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: HTTP status and JSON body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """Who asks, the key they chose, and a digest of method, path and body."""

    caller: str
    key: str
    digest: str

    @property
    def context(self) -> str:
        """What a kept answer is bound to."""
        return f"idempotency/{self.caller}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyDesk:
    """Keeps keys and first answers for 24 hours."""

    archive: Archive
    clock: Clock
    open_safe: Callable[[], Safe]

    def answer(self, request: KeyedRequest, act: Callable[[], Answer]) -> Answer:
        """The first answer, or what `act` answers now.

        Raises IdempotencyMismatchError for a key that came with something else before,
        IdempotencyConflictError while the first request is in flight, and whatever `act` raises.
        """
        known = self._begin(request)
        if known is not None:
            return self._kept(request, known)
        try:
            made = act()
        except BaseException:
            with self.archive.writing() as books:
                books.idempotency.release(request.caller, request.key)
            raise
        data_key, wrapped = self.open_safe().new_key(request.context)
        sealed = data_key.seal(made.body, request.context)
        with self.archive.writing() as books:
            books.idempotency.answered(
                request.caller, request.key, made.status, sealed, (wrapped.key_id, wrapped.sealed)
            )
        return made

    def forget(self) -> None:
        """Drop keys whose time is over."""
        with self.archive.writing() as books:
            books.idempotency.forget(self.clock.now() - KEPT_FOR)

    def _begin(self, request: KeyedRequest) -> KeptRequest | None:
        """Take the key; what is known of it, if it was taken."""
        now = self.clock.now()
        with self.archive.writing() as books:
            book = books.idempotency
            if book.begin(request.caller, request.key, request.digest, now):
                return None
            known = book.find(request.caller, request.key)
            gone = known is None or known.begun_at < now - (
                KEPT_FOR if known.status is not None else IN_FLIGHT_FOR
            )
            if gone:
                book.release(request.caller, request.key)
                book.begin(request.caller, request.key, request.digest, now)
                return None
        return known

    def _kept(self, request: KeyedRequest, known: KeptRequest) -> Answer:
        if known.digest != request.digest:
            raise IdempotencyMismatchError(
                "this key came with another request before",
                where="Idempotency-Key",
                remedy="choose a new key for each new request",
            )
        if known.status is None:
            raise IdempotencyConflictError(
                "the request that brought this key first is not answered yet",
                where="Idempotency-Key",
                remedy="wait a moment, then send it again",
                retry_after=1,
            )
        wrapped = Wrapped(known.key_id, known.wrapped)
        data_key = self.open_safe().open_key(wrapped, request.context)
        return Answer(known.status, data_key.open(known.body, request.context))
