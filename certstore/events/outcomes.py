"""What became of an attempt, and when the next one is made: values only, no IO.

A revocation has to arrive within 60 s of an endpoint's coming back. So for the first hours no
wait is longer than 30 s; later an endpoint that is still down is asked more seldom.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Why = Literal[
    "delivered",
    "gone",
    "redirected",
    "refused",
    "unavailable",
    "no_answer",
    "not_public",
    "no_address",
    "not_secure",
    "no_http",
]

GIVEN_UP_AFTER: Final = timedelta(days=3)
FAILING_AFTER: Final = timedelta(minutes=5)
"""From when a subscription is called failing, and its client is told."""
_FIRST_WAIT: Final = timedelta(seconds=2)
_LONGEST: Final = (  # for how old, how long at most
    (timedelta(hours=6), timedelta(seconds=30)),
    (timedelta(days=1), timedelta(minutes=5)),
    (timedelta.max, timedelta(minutes=15)),
)
_JITTER: Final = 0.2
_OK, _MULTIPLE, _GONE, _TOO_MANY, _OUR_FAULT, _THEIR_FAULT = 200, 300, 410, 429, 400, 500
_REACHED: Final = frozenset({"delivered", "gone", "redirected", "refused", "unavailable"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt; `answered` is the HTTP status where there was one."""

    why: Why
    answered: int | None = None

    @property
    def delivered(self) -> bool:
        """Whether the endpoint took it: a status of 2xx, and nothing else."""
        return self.why == "delivered"

    @property
    def reached(self) -> bool:
        """Whether anything of HTTP was answered."""
        return self.why in _REACHED


def judge_answer(status: int) -> Outcome:
    """What an HTTP status means: 2xx is delivered, 410 that nothing more is wanted."""
    if _OK <= status < _MULTIPLE:
        return Outcome("delivered", status)
    if status == _GONE:
        return Outcome("gone", status)
    if _MULTIPLE <= status < _OUR_FAULT:
        return Outcome("redirected", status)  # and not followed
    if status >= _THEIR_FAULT or status == _TOO_MANY:
        return Outcome("unavailable", status)
    return Outcome("refused", status)


def wait_after(failures: int, since: datetime, now: datetime, chance: float) -> timedelta:
    """How long to wait after so many failures; `chance` (0 to 1) spreads it over a fifth.

    Twice as long each time, and never longer than what has failed for so long deserves.
    """
    longest = next(wait for age, wait in _LONGEST if now - since < age)
    doubled = _FIRST_WAIT * (1 << min(failures - 1, 20))
    return min(doubled, longest) * (1 - _JITTER * chance)


def is_given_up(waiting_since: datetime, now: datetime) -> bool:
    """Whether a delivery has waited for so long that it becomes a dead letter."""
    return now - waiting_since >= GIVEN_UP_AFTER
