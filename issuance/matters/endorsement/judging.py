"""When a permit is endorsed, and what it is valid for then: values only, no IO.

`valid_from` of a permit is the day from which its years of residence count without a break; an
endorsement in time leaves it, one that comes too late sets it anew. Full years are counted from
it, month ends clamped, so that a permit of 29 February comes back to that day in leap years.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from certstore.catalogue import add_months
from certstore.certificates import Status, Validity
from certstore.errors import ConflictError, MalformedError
from certstore.holds.kinds import ENDED, HoldKind
from issuance.matters.endorsement.rules import EndorsementRules

_DAY: Final = timedelta(days=1)
_YEAR: Final = 12

State = Literal["too_early", "open", "applied", "overdue", "lost", "held", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a permit's endorsement stands on a day.

    `opens_on` to `due_on` is the window, both days count; `overdue_since` is the first day after
    it. Made up until `years_go_on_until`, if that has not passed, the years still go on.
    `applied_on` is the day of an application that came in time and is not decided; while it is
    open nothing is overdue. `becomes` is the validity that it leads to, or that an application
    of this day would.
    """

    state: State
    opens_on: date
    due_on: date
    full_years: int  # of residence, counted up to the day, or up to the end of what is endorsed
    counted_from: date
    overdue_since: date | None = None
    years_go_on_until: date | None = None
    applied_on: date | None = None
    becomes: Validity | None = None

    @property
    def possible(self) -> bool:
        """Whether an endorsement can be applied for on this day."""
        return self.state in {"open", "overdue"}


def full_years(counted_from: date, day: date) -> int:
    """How many years are full on a day: on 2025-06-01 one from 2024-06-01, on the day before none.

    A year from 29 February is full on 28 February where there is no 29th.
    """
    years = max(day.year - counted_from.year, 0)
    return years if add_months(counted_from, years * _YEAR) <= day else max(years - 1, 0)


def end_of_year(counted_from: date, years: int) -> date:
    """The last day of so many years: the day before they are full."""
    return add_months(counted_from, years * _YEAR) - _DAY


def window(validity: Validity, rules: EndorsementRules) -> tuple[date, date]:
    """The first and the last day of endorsing in time; both count."""
    due_on = _end(validity)
    return due_on + _DAY - timedelta(days=rules.window_days), due_on


def endorsed_validity(validity: Validity, on: date, rules: EndorsementRules) -> Validity:
    """What a permit is valid for when its endorsement was applied for on a day.

    In the window, or late within the grace: from the same day as before, a year longer. Later:
    a year from the day it was made up, from which its years count anew. Raises ConflictError
    with the cause `too_early` before the window: an endorsement counts once for each year.
    """
    opens_on, due_on = window(validity, rules)
    if on < opens_on:
        raise ConflictError(
            "it is too early to endorse this permit",
            where="on",
            remedy=f"apply from {opens_on} on",
            cause="too_early",
            opens_on=opens_on,
        )
    if on <= due_on + timedelta(days=rules.makeup_grace_days):
        return Validity(validity.valid_from, _a_year_longer(validity))
    return Validity(on, end_of_year(on, 1))


def _a_year_longer(validity: Validity) -> date:
    ends = _end(validity)
    years = full_years(validity.valid_from, ends + _DAY)
    if end_of_year(validity.valid_from, years) == ends:
        return end_of_year(validity.valid_from, years + 1)
    return end_of_year(ends + _DAY, 1)  # handed over from elsewhere with an end of its own


def judge_standing(
    status: Status,
    held: Collection[HoldKind],
    validity: Validity,
    on: date,
    rules: EndorsementRules,
    applied_on: date | None = None,
) -> Standing:
    """How the endorsement of a permit stands on a day; `held` are the open holds' kinds.

    A permit that is lost is lifted or issued anew first, one that its authority suspended waits
    for the authority. `applied_on` is the day of an open application; one that came too late
    changes nothing before it is decided.
    """
    opens_on, due_on = window(validity, rules)
    in_time = applied_on is not None and applied_on <= due_on and HoldKind.OVERDUE not in held
    late = on > due_on and not in_time
    grace = due_on + timedelta(days=rules.makeup_grace_days)
    state = _state(status, held, late=late, early=on < opens_on)
    if in_time and state in {"open", "too_early"}:
        state = "applied"
    applied = applied_on if state == "applied" else None
    to_come = state in {"open", "applied", "overdue"}
    return Standing(
        state=state,
        opens_on=opens_on,
        due_on=due_on,
        full_years=full_years(validity.valid_from, min(on, due_on + _DAY)),
        counted_from=validity.valid_from,
        overdue_since=due_on + _DAY if late else None,
        years_go_on_until=grace if late and on <= grace else None,
        applied_on=applied,
        becomes=endorsed_validity(validity, due_on if applied else on, rules) if to_come else None,
    )


def _state(status: Status, held: Collection[HoldKind], *, late: bool, early: bool) -> State:
    if status in ENDED:
        return "ended"
    if HoldKind.LOSS in held:
        return "lost"
    if HoldKind.AUTHORITY in held:
        return "held"
    if late:
        return "overdue"
    return "too_early" if early else "open"


def _end(validity: Validity) -> date:
    if validity.valid_to is None:
        raise MalformedError("a permit is valid until a day", where="valid_to")
    return validity.valid_to
