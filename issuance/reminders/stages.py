"""The stages of a certificate that ends: so many days before, on the day, once after. No IO."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from certstore.reminders.source import Span
from certstore.tables.reminder_days import Days

OVER: Final = "over"
_FIRST_LOOK: Final = timedelta(days=30)  # how far back the first look ever goes


@dataclass(frozen=True, slots=True)
class Stages:
    """Each stage begins with so many days left, most first; `after` adds one for the day after."""

    days_left: tuple[int, ...]
    after: bool = False

    def stage(self, last_day: date, today: date) -> str | None:
        """The stage that holds today, as what it is known by; None before the first."""
        left = (last_day - today).days
        if left < 0:
            return OVER if self.after else None
        begun = [each for each in self.days_left if left <= each]
        return str(min(begun)) if begun else None

    def days(self, span: Span) -> list[Days]:
        """The last days of certificates for which a stage has begun within a span.

        The first look ever takes whatever is within its stages.
        """
        if span.before is None:
            first = span.today - _FIRST_LOOK if self.after else span.today - timedelta(days=1)
            return [Days(first, span.today + timedelta(days=max(self.days_left)))]
        begins = (*self.days_left, *((-1,) if self.after else ()))
        return [
            Days(span.before + timedelta(days=left), span.today + timedelta(days=left))
            for left in begins
        ]
