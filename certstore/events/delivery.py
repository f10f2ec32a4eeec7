"""Brings what waits to the endpoints: at least once, in order for each certificate.

One worker at a time works on a subscription, under a claim that ends by itself. An attempt is
noted after it was made: a crash in between sends the event again, under the same identifier.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from certstore.clock import Clock
from certstore.errors import CertstoreError
from certstore.events.kinds import MEDIA_TYPE
from certstore.events.outcomes import (
    FAILING_AFTER,
    Outcome,
    is_given_up,
    wait_after,
)
from certstore.events.secrets import SecretKeeper
from certstore.events.signing import signed_headers
from certstore.events.standing import may_be_told
from certstore.tables.books import Archive, Books
from certstore.tables.webhook_rows import Claimed, Delivery, Subscription
from certstore.tokens import canonical_json

# A turn begins no attempt after so long; with a slow resolver (30 s) and the courier's ten
# seconds it is over before its claim ends, so that two workers never send for one subscription.
_TURN_S: Final = 8.0
_LEASE: Final = timedelta(seconds=50)
_AT_ONCE: Final = 4  # attempts for one subscription that goes well
_MOST_FAILURES: Final = 3  # in a row, then it rests
_REST_OF_THE_INACTIVE: Final = timedelta(seconds=30)


class Sending(Protocol):
    """Brings one message to one address (certstore/events/courier.py)."""

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Say what became of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDesk:
    """Works on subscriptions for which something is due."""

    archive: Archive
    clock: Clock
    courier: Sending
    secrets: SecretKeeper
    chance: Callable[[], float]
    steady: Callable[[], float] = time.monotonic

    def claim(self, limit: int, *, failing: bool) -> list[Claimed]:
        """Subscriptions to work on, of those that go well or of those that fail."""
        now = self.clock.now()
        with self.archive.reading() as books:  # most of the time there is nothing to do
            if not books.webhooks.anything_due(now, failing=failing):
                return []
        with self.archive.writing() as books:
            return books.webhooks.claim(now, now + _LEASE, limit, failing=failing)

    def turn(self, claimed: Claimed, stopping: Callable[[], bool] = lambda: False) -> int:
        """Send what is due for a subscription, for some seconds; how many attempts were made.

        Once we are stopping, no further attempt is begun.
        """
        began, made, in_a_row = self.steady(), 0, 0
        try:
            while self.steady() - began < _TURN_S and not stopping():
                held, due = self._due(claimed)
                outcomes = self._sent(held, due, self._secrets(held)) if due else []
                made += len(outcomes)
                taken = any(outcome.delivered for outcome in outcomes)
                in_a_row = 0 if taken else in_a_row + len(outcomes)
                if not due or not self._noted(claimed, due, outcomes, in_a_row):
                    break
        finally:
            with self.archive.writing() as books:
                books.webhooks.let_go(claimed)
        return made

    def _secrets(self, held: Subscription) -> Sequence[bytes]:
        """What signs; a subscription whose secret does not open rests, and keeps nobody busy."""
        now = self.clock.now()
        try:
            return self.secrets.opened(held, now)
        except CertstoreError:
            with self.archive.writing() as books:
                rest = now + _REST_OF_THE_INACTIVE
                books.webhooks.change(held.ref, rest_until=rest)
            raise

    def _due(self, claimed: Claimed) -> tuple[Subscription, Sequence[Delivery]]:
        """The next few, and the subscription as it is now: its secret may have been rotated.

        Several at once only while it goes well. None: let go.
        """
        now = self.clock.now()
        with self.archive.reading() as books:
            held = books.webhooks.held(claimed, to_change=False)
            if held is None:
                return claimed.subscription, []
            allowed = may_be_told(books, held.client)
            several = _AT_ONCE if held.failing_since is None else 1
            found = books.webhooks.due(held.ref, now, several, own_only=not allowed)
        if not found and not allowed:  # what is about certificates waits until it may be told
            with self.archive.writing() as books:
                books.webhooks.change(held.ref, rest_until=now + _REST_OF_THE_INACTIVE)
        return held, found

    def _sent(
        self, subscription: Subscription, due: Sequence[Delivery], secrets: Sequence[bytes]
    ) -> Sequence[Outcome]:
        def send(one: Delivery) -> Outcome:
            body = canonical_json(dict(one.event))
            headers = {
                "User-Agent": "certstore",
                "Content-Type": MEDIA_TYPE,
                **signed_headers(one.event_id, self.clock.now(), body, secrets),
            }
            return self.courier.send(subscription.url, headers, body)

        if len(due) == 1:
            return [send(due[0])]
        with ThreadPoolExecutor(len(due), thread_name_prefix="courier") as pool:
            return list(pool.map(send, due))

    def _noted(
        self,
        claimed: Claimed,
        due: Sequence[Delivery],
        outcomes: Sequence[Outcome],
        in_a_row: int,
    ) -> bool:
        """Write down what became of the attempts; whether this turn may go on."""
        now = self.clock.now()
        with self.archive.writing() as books:
            for delivery, outcome in zip(due, outcomes, strict=True):
                self._note(books, delivery, outcome, now)
            held = books.webhooks.held(claimed, to_change=True)
            if held is None:
                return False
            if any(outcome.why == "gone" for outcome in outcomes):
                disable(books, held, "gone", now)
                return False
            failed = [outcome for outcome in outcomes if not outcome.delivered]
            if len(failed) < len(outcomes):
                self._went_well(books, held, failed, now)
                return True
            rests = in_a_row >= _MOST_FAILURES or not all(each.reached for each in failed)
            self._went_wrong(books, held, failed, now, rests=rests)
            return not rests

    def _note(self, books: Books, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        said = {"why": outcome.why, "answered": outcome.answered}
        attempts = delivery.attempts + 1
        if outcome.delivered:
            ended = {"state": "delivered", "ended_at": now}
        elif is_given_up(delivery.waiting_since, now):
            ended = {"state": "dead", "ended_at": now}
        else:
            wait = wait_after(attempts, delivery.waiting_since, now, self.chance())
            ended = {"next_at": now + wait}
        books.webhooks.note(delivery.ref, attempts=attempts, **said, **ended)

    def _went_well(
        self, books: Books, held: Subscription, failed: Sequence[Outcome], now: datetime
    ) -> None:
        """Something was taken: the endpoint is up; what waited for that waits no more."""
        said = {"last_failure": now, "last_why": failed[-1].why} if failed else {}
        up = {"failing_since": None, "failures": 0, "warned_at": None, "rest_until": None}
        books.webhooks.change(held.ref, last_success=now, **up, **said)
        if held.failing_since is not None:
            books.webhooks.hurry(held.ref, now)

    def _went_wrong(
        self,
        books: Books,
        held: Subscription,
        failed: Sequence[Outcome],
        now: datetime,
        *,
        rests: bool,
    ) -> None:
        """Nothing was taken: rest at once if nobody answers, else after a few in a row."""
        since = held.failing_since or now
        failures = held.failures + len(failed)
        wait = wait_after(failures, since, now, self.chance()) if rests else timedelta()
        books.webhooks.change(
            held.ref,
            last_failure=now,
            last_why=failed[-1].why,
            failing_since=since,
            failures=failures,
            rest_until=now + wait,
        )
        if held.warned_at is None and now - since >= FAILING_AFTER:
            books.webhooks.change(held.ref, warned_at=now)
            _say(books, held, "subscription.failing", failed[-1].why, now)


def disable(books: Books, subscription: Subscription, why: str, now: datetime) -> None:
    """Switch a subscription off and tell its client by its feed and its other webhooks."""
    books.webhooks.change(subscription.ref, disabled=why, claim=None, claimed_until=None)
    _say(books, subscription, "subscription.disabled", why, now)


def _say(books: Books, subscription: Subscription, what: str, why: str, now: datetime) -> None:
    body = {"client": subscription.client, "subscription": subscription.ref, "reason": why}
    books.outbox.add(what, body, now)
