"""The clocks of an application: when it is answered, how long a stage may take. No IO.

Terms are kept as a day and a number of working days beside the day they end on, so that a
calendar that is announced later, or a wait for the applicant, moves the end and nothing else.
The day of receipt is not counted; what comes after hours was received on the next working day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from certstore.clock import local_date
from certstore.working_days import Due, WorkCalendar


@dataclass(frozen=True, slots=True)
class Term:
    """So many working days after a day."""

    counted_from: date
    working_days: int

    def due(self, calendar: WorkCalendar) -> Due:
        """The day it ends on, as far as the calendar is known."""
        return calendar.add_working_days(self.counted_from, self.working_days)

    def left(self, today: date, calendar: WorkCalendar) -> int:
        """The working days left after today; 0 where it is over."""
        due = self.due(calendar).day
        return max(0, calendar.working_days_between(today, due).working_days)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The term of the answer and of the stage; `paused_on` while both stand still."""

    answer: Term
    stage: Term | None = None
    paused_on: date | None = None

    @classmethod
    def started(
        cls, answered_in: int, stage: int | None, now: datetime, calendar: WorkCalendar
    ) -> Self:
        """The clocks of what is received now."""
        received = calendar.received_on(now).day
        return cls(Term(received, answered_in), _term(received, stage))

    def entered(self, stage: int | None, now: datetime, calendar: WorkCalendar) -> "Clocks":
        """The clocks of what enters its next stage now; the answer's goes on."""
        return replace(self, stage=_term(calendar.received_on(now).day, stage))

    def paused(self, now: datetime, calendar: WorkCalendar) -> "Clocks":
        """The clocks that stand still from now on, with the working days they have left."""
        today = local_date(now)
        left = Term(today, self.answer.left(today, calendar))
        stage = self.stage and Term(today, self.stage.left(today, calendar))
        return Clocks(left, stage, today)

    def resumed(self, now: datetime, calendar: WorkCalendar) -> "Clocks":
        """The clocks that go on from now with what they had left."""
        received = calendar.received_on(now).day
        stage = self.stage and replace(self.stage, counted_from=received)
        return Clocks(replace(self.answer, counted_from=received), stage)

    def columns(self, calendar: WorkCalendar) -> dict[str, Any]:
        """The columns an application keeps of them: due_on, stage_due_on, due_provisional, clocks.

        Nothing is due while they stand still.
        """
        if self.paused_on is not None:
            days: tuple[Due, ...] = ()
        else:
            days = tuple(t.due(calendar) for t in (self.answer, self.stage) if t is not None)
        return {
            "due_on": days[0].day if days else None,
            "stage_due_on": days[-1].day if days else None,
            "due_provisional": any(due.provisional for due in days),
            "clocks": self.as_json(),
        }

    def as_json(self) -> dict[str, Any]:
        """As they are kept."""
        stage = self.stage and [self.stage.counted_from.isoformat(), self.stage.working_days]
        return {
            "answer": [self.answer.counted_from.isoformat(), self.answer.working_days],
            "stage": stage,
            "paused_on": self.paused_on.isoformat() if self.paused_on else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what was kept."""
        answer, stage = (
            Term(date.fromisoformat(term[0]), term[1]) if term else None
            for term in (kept["answer"], kept["stage"])
        )
        if answer is None:
            raise ValueError("clocks without the answer's term")
        paused = kept["paused_on"]
        return cls(answer, stage, date.fromisoformat(paused) if paused else None)


def _term(counted_from: date, working_days: int | None) -> Term | None:
    return None if working_days is None else Term(counted_from, working_days)
