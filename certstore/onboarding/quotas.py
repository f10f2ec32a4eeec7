"""Quotas: every search and pull is counted for its purpose, by China's day and month.

One statement counts and says how the purpose stands, so that a suspension, a narrower grant or an
exhausted quota holds for tokens given before it. At 80 and 100 per cent an event is queued, once
each a period.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certstore.authorization.resource_gate import judge_purpose_standing
from certstore.callers import Service
from certstore.clock import CHINA
from certstore.errors import CertstoreError, PurposeError, QuotaExceededError
from certstore.onboarding.moves import move
from certstore.onboarding.states import SYSTEM, Actor, Role
from certstore.tables.books import Books
from certstore.tables.quotas import Counted

WARNED_AT: Final = (80, 100)  # per cent


@dataclass(frozen=True, slots=True)
class Period:
    """A day or month of China's calendar: its name, and when it is over."""

    name: str
    word: str  # day | month
    ends_at: datetime


def periods(now: datetime) -> tuple[Period, Period]:
    """The day and the month of this moment."""
    midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    first = (midnight.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (
        Period(f"{midnight:%Y-%m-%d}", "day", midnight + timedelta(days=1)),
        Period(f"{midnight:%Y-%m}", "month", first),
    )


def judge_quota(limit: int | None, used: int) -> bool:
    """Whether a call may be answered that is the `used`-th of its period; None: no limit."""
    return limit is None or used <= limit


def crossed(limit: int | None, used: int, added: int = 1) -> tuple[int, ...]:
    """Which warning points (per cent) the last `added` calls reached."""
    if limit is None:
        return ()
    before = used - added
    return tuple(percent for percent in WARNED_AT if before * 100 < limit * percent <= used * 100)


def count_call(books: Books, service: Service, now: datetime) -> CertstoreError | None:
    """Count a call for a service's purpose; why it must be refused, None if it need not.

    Called in the transaction that answers the call or records its refusal.
    """
    return count_calls(books, [service], now)[0]


def count_calls(
    books: Books, services: Sequence[Service], now: datetime
) -> list[CertstoreError | None]:
    """The same for calls that are answered together, in their order: two statements for all."""
    day, month = periods(now)
    calls = Counter(service.purpose_id for service in services)
    counted = books.quotas.add_all(calls, day.name, month.name)
    for service in {service.purpose_id: service for service in services}.values():
        _look_after(books, service, counted[service.purpose_id], calls, (day, month), now)
    found, still = [], Counter(calls)
    for service in services:
        still[service.purpose_id] -= 1
        behind = still[service.purpose_id]  # calls of this batch that come after
        found.append(_judged(counted[service.purpose_id], service, behind, (day, month), now))
    return found


def _judged(
    counted: Counted, service: Service, behind: int, both: tuple[Period, Period], now: datetime
) -> CertstoreError | None:
    unusable = judge_standing(counted, service)
    if unusable is not None:
        return unusable
    for period, limit, used in reversed(list(_limits(counted, *both))):
        if not judge_quota(limit, used - behind):
            return exceeded(limit, period, now)
    return None


def _look_after(
    books: Books,
    service: Service,
    counted: Counted,
    calls: Mapping[str, int],
    both: tuple[Period, Period],
    now: datetime,
) -> None:
    """Warn and exhaust where these calls have reached a point; nothing for who may not call."""
    if judge_standing(counted, service) is not None:
        return
    for period, limit, used in _limits(counted, *both):
        for percent in crossed(limit, used, calls[service.purpose_id]):
            _warn(books, service, period, percent, now)
        if limit is not None and used >= limit:
            _exhaust(books, service.purpose_id, counted, period, now)


def judge_standing(counted: Counted, service: Service) -> PurposeError | None:
    """Why a purpose may not be used any more with a token that was given before; None if it may."""
    known = counted.state is not None and counted.version is not None
    stands = (str(counted.state), int(counted.version or 0)) if known else None
    return judge_purpose_standing(stands, service)


def exceeded(limit: int | None, period: Period, now: datetime) -> QuotaExceededError:
    """The refusal of a call beyond the quota; it says when the next period begins."""
    return QuotaExceededError(
        f"the purpose's quota for this {period.word} is used up",
        where="purpose_id",
        remedy="wait until it begins anew, or apply for a larger one",
        limit=limit,
        resets_at=period.ends_at.isoformat(),
        retry_after=int((period.ends_at - now).total_seconds()) + 1,
    )


def _limits(
    counted: Counted, day: Period, month: Period
) -> Iterator[tuple[Period, int | None, int]]:
    yield day, counted.quota_day, counted.day
    yield month, counted.quota_month, counted.month


def _warn(books: Books, service: Service, period: Period, percent: int, now: datetime) -> None:
    said = {
        "client": service.client_id,
        "purpose": service.purpose_id,
        "period": period.word,
        "percent": percent,
        "resets_at": period.ends_at.isoformat(),
    }
    books.outbox.add("purpose.quota_warning", said, now)


def _exhaust(
    books: Books, purpose_id: str, counted: Counted, period: Period, now: datetime
) -> None:
    """Say in the purpose's state that its quota is used up; a former day's is refilled first."""
    ends, over = counted.resets_at, counted.state == "over_quota"
    if over and ends is not None and ends >= period.ends_at:
        return
    if over and ends is not None and ends <= now:
        move(books, "purpose", purpose_id, "refill", SYSTEM, now)
        over = False
    state = books.onboarding.held("purpose", purpose_id)
    if state is not None and state[0] == "active":
        used_up = Actor(Role.SYSTEM, SYSTEM.name, period.word)
        move(books, "purpose", purpose_id, "exhaust", used_up, now)
    elif not over:
        return  # on trial: refused all the same, and it stays what it is
    books.onboarding.resets_at(purpose_id, period.ends_at)
