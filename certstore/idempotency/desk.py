"""Answers a request that is sent again as it was first answered, byte for byte.

A key is taken before anything is done and committed at once, so that of two requests at the same
time one is told to wait. An answer is kept sealed: it may say something of somebody. What was
refused changed nothing, and its key is free again.

A request that is not answered after two minutes is taken for lost. If nothing was committed under
its key, the same request may begin anew, and the first one commits nothing any more. If something
was, nobody knows here how far it came: it is not done again, unless it is of a kind that finds
what it did before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import IdempotencyConflictError, IdempotencyMismatchError
from certstore.safekeeping import Safe, Wrapped
from certstore.tables.books import Archive
from certstore.tables.idempotency import Claim, KeptRequest, under

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

    def answer(
        self, request: KeyedRequest, act: Callable[[], Answer], *, repeatable: bool = False
    ) -> Answer:
        """The first answer, or what `act` answers now.

        `repeatable`: done twice, it is done once, and the second time answers as the first.

        Raises IdempotencyMismatchError for a key that came with something else before,
        IdempotencyConflictError while the first request is in flight, or where it was cut short
        and cannot be repeated; and whatever `act` raises.
        """
        claim = Claim(request.caller, request.key, reference())
        known = self._begin(request, claim, repeatable=repeatable)
        if known is not None:
            return self._kept(request, known)
        try:
            with under(claim):
                made = act()
        except BaseException:
            with self.archive.writing() as books:
                books.idempotency.release(claim)
            raise
        data_key, wrapped = self.open_safe().new_key(request.context)
        sealed = data_key.seal(made.body, request.context)
        with self.archive.writing() as books:
            books.idempotency.answered(claim, made.status, sealed, (wrapped.key_id, wrapped.sealed))
        return made

    def forget(self) -> None:
        """Drop keys whose time is over."""
        with self.archive.writing() as books:
            books.idempotency.forget(self.clock.now() - KEPT_FOR)

    def _begin(
        self, request: KeyedRequest, claim: Claim, *, repeatable: bool
    ) -> KeptRequest | None:
        """Take the key; what is known of it, if it was taken."""
        now = self.clock.now()
        with self.archive.writing() as books:
            book = books.idempotency
            if book.begin(claim, request.digest, now):
                return None
            known = book.find(request.caller, request.key)
            settled = known is not None and (
                known.status is not None or (known.acted and not repeatable)
            )
            kept_for = KEPT_FOR if settled else IN_FLIGHT_FOR
            if known is None or known.begun_at < now - kept_for:
                book.take_over(claim, request.digest, now)
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
            raise self._unanswered(known)
        if not known.wrapped:
            raise IdempotencyConflictError(
                "the first request was answered, and its answer is not kept any more",
                where="Idempotency-Key",
                remedy="ask what came of it; for another request, choose a new key",
            )
        wrapped = Wrapped(known.key_id, known.wrapped)
        data_key = self.open_safe().open_key(wrapped, request.context)
        return Answer(known.status, data_key.open(known.body, request.context))

    def _unanswered(self, known: KeptRequest) -> IdempotencyConflictError:
        where = "Idempotency-Key"
        if known.begun_at < self.clock.now() - IN_FLIGHT_FOR:
            return IdempotencyConflictError(
                "the request that brought this key first was cut short after it had begun",
                where=where,
                remedy="ask what came of it; for what is still to be done, choose a new key",
            )
        return IdempotencyConflictError(
            "the request that brought this key first is not answered yet",
            where=where,
            remedy="wait a moment, then send it again",
            retry_after=1,
        )
