"""Working days in China: which days count, and when a deadline of so many of them ends.

Three sources, in this order: our own table of a year (a JSON file as the State Council's
notice gives it), the library `chinese_calendar` (which ends with a year), and Monday to
Friday. An answer that leans on the last is marked provisional and worked out anew when the
year's table is loaded. The day of receipt is never counted; a deadline ends with its last
working day (24:00 on line).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Self

import chinese_calendar

from certstore.clock import CHINA
from certstore.errors import MalformedError

_OWN_TABLES = Path(__file__).parent / "calendar"
_DAY = timedelta(days=1)
_FRIDAY = 4
_MOST_DAYS = 2600  # working days: ten years, longer than any term a rule sets
_LARGEST_FILE = 64 * 1024  # bytes
CLOSING = time(17, 0)


@dataclass(frozen=True, slots=True)
class Due:
    """The day something falls on, and whether an official calendar may still move it."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A number of working days, and whether an official calendar may still change it."""

    working_days: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year as announced: weekdays off, and weekend days worked in exchange (调休)."""

    year: int
    source: str  # the notice it was taken from
    holidays: frozenset[date]
    workdays: frozenset[date]

    @classmethod
    def parse(cls, text: str, *, where: str) -> Self:
        """Read a table's JSON; MalformedError names what is wrong, `where` the file it is in."""
        if len(text) > _LARGEST_FILE:
            raise MalformedError("a year's table is larger than a year", where=where)
        try:
            raw = json.loads(text)
            year, source = raw["year"], raw["source"]
            holidays, workdays = (
                frozenset(date.fromisoformat(day) for day in raw[name])
                for name in ("holidays", "workdays")
            )
        except (ValueError, KeyError, TypeError, RecursionError) as wrong:
            raise MalformedError(
                "a year's table holds year, source, holidays and workdays, days as YYYY-MM-DD",
                where=where,
                remedy="see the README beside the tables",
            ) from wrong
        strangers = [day for day in holidays | workdays if day.year != year]
        named = isinstance(source, str) and source.strip()
        if strangers or holidays & workdays or not holidays or not named:
            raise MalformedError(
                "a year's table names its notice, its holidays, only days of its year, none twice",
                where=where,
            )
        return cls(year, source, holidays, workdays)

    def is_workday(self, day: date) -> bool:
        """Whether this day of the year is worked."""
        return day in self.workdays or (day.weekday() <= _FRIDAY and day not in self.holidays)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The calendar deadlines are counted by; our own tables come before the library's."""

    tables: Mapping[int, YearTable] = field(default_factory=dict)

    @classmethod
    def load(cls, *folders: Path) -> Self:
        """Read every `*.json` of our own folder and of these; a later folder's year wins."""
        tables: dict[int, YearTable] = {}
        for folder in (_OWN_TABLES, *folders):
            for path in sorted(folder.glob("*.json")):
                table = YearTable.parse(path.read_text(encoding="utf-8"), where=path.name)
                tables[table.year] = table
        return cls(tables)

    def with_table(self, table: YearTable) -> "WorkCalendar":
        """This calendar after an official table was loaded."""
        return WorkCalendar({**self.tables, table.year: table})

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked, as far as is known; never raises for a year to come."""
        return self._look(day)[0]

    def is_official(self, day: date) -> bool:
        """Whether the day's year was announced, or is only Monday to Friday so far."""
        return self._look(day)[1]

    def add_working_days(self, start: date, count: int) -> Due:
        """The last of `count` working days after `start`; with 0, `start` itself.

        MalformedError if the count is negative or above ten years.
        """
        if not 0 <= count <= _MOST_DAYS:
            raise MalformedError(f"a term has 0 to {_MOST_DAYS} working days")
        day, provisional = start, False
        while count:
            day += _DAY
            worked, official = self._look(day)
            count -= worked
            provisional |= not official
        return Due(day, provisional)

    def working_days_between(self, start: date, end: date) -> Span:
        """Working days after `start` up to and including `end`; negative if `end` is earlier."""
        if end < start:
            back = self.working_days_between(end, start)
            return Span(-back.working_days, back.provisional)
        found = [self._look(start + _DAY * n) for n in range(1, (end - start).days + 1)]
        return Span(sum(worked for worked, _ in found), not all(official for _, official in found))

    def received_on(self, moment: datetime, *, closing: time = CLOSING) -> Due:
        """The working day that counts as the day of receipt, in China's time.

        What comes after `closing`, or on a day off, was received on the next working day.
        MalformedError if `moment` has no time zone.
        """
        if moment.tzinfo is None:
            raise MalformedError("a moment of receipt needs a time zone")
        local = moment.astimezone(CHINA)
        worked, official = self._look(local.date())
        if worked and local.time() <= closing:
            return Due(local.date(), not official)
        following = self.add_working_days(local.date(), 1)
        return Due(following.day, following.provisional or not official)

    def confirm(self, known: Due, start: date, count: int) -> Due:
        """A deadline told earlier, worked out anew if it was provisional and left alone if not."""
        return self.add_working_days(start, count) if known.provisional else known

    def _look(self, day: date) -> tuple[bool, bool]:
        """Whether the day is worked, and whether that is official."""
        if table := self.tables.get(day.year):
            return table.is_workday(day), True
        try:
            return bool(chinese_calendar.is_workday(day)), True
        except NotImplementedError:  # a year the library has no data for
            return day.weekday() <= _FRIDAY, False
