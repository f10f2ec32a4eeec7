"""Conditions about days: how old, how long yet, since when. Months are calendar months."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self

from verifiers.materials.calendar_months import months_after
from verifiers.materials.candidates import standing
from verifiers.materials.records import Record
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Reason
from verifiers.matters.case_facts import CaseFacts
from verifiers.matters.declared import DayRef, Declared, least_and_most, up_to
from verifiers.matters.finding import HOLDS, Finding
from verifiers.matters.reading import Reading, held_since, valid_on

_MOST_MONTHS: Final = 1200
_LAST_YEAR: Final = 9800  # of a record dated at the end of the calendar no term ends


@dataclass(frozen=True, slots=True)
class ValidOn:
    """The record is in force on a further day; both ends of its validity count."""

    day: DayRef

    @classmethod
    def read(cls, members: Members, declared: Declared) -> Self:
        """Read `day`."""
        members.only("is", "day")
        return cls(DayRef.read(members, "day", declared))

    @property
    def reads(self) -> tuple[Reading, ...]:
        """Its days."""
        return (valid_on(self.day.parameter),)

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """Its status is today's; its days must cover the one named."""
        return Finding(standing(record, self.day.of(facts.day, facts.parameters)))


@dataclass(frozen=True, slots=True)
class DocumentAge:
    """So many calendar months since it was issued, at least or at most."""

    at_least_months: int | None
    at_most_months: int | None

    @classmethod
    def read(cls, members: Members, _declared: Declared) -> Self:
        """Read `at_least_months`, `at_most_months`; one must be there."""
        members.only("is", "at_least_months", "at_most_months")
        return cls(*least_and_most(members, "at_least_months", "at_most_months", _MOST_MONTHS))

    @property
    def reads(self) -> tuple[Reading, ...]:
        """Nothing that a search does not tell."""
        return ()

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """The last day of the month is clamped: 31 August and 6 months are 28 February."""
        if self.at_least_months is not None:
            ripe = _after(record.issued_on, self.at_least_months)
            if facts.day < ripe:
                return Finding((Reason.NOT_YET_ELIGIBLE,), eligible_on=ripe)
        most = self.at_most_months
        if most is not None and facts.day > _after(record.issued_on, most):
            return Finding((Reason.TOO_OLD,))
        return HOLDS


@dataclass(frozen=True, slots=True)
class Remaining:
    """It is in force for so many months yet, today counted."""

    months: int

    @classmethod
    def read(cls, members: Members, _declared: Declared) -> Self:
        """Read `months`."""
        members.only("is", "months")
        return cls(up_to(members, "months", _MOST_MONTHS, 1))

    @property
    def reads(self) -> tuple[Reading, ...]:
        """Its last day."""
        return (valid_on(),)

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """Without an end it always is; the last day of validity counts."""
        needed = months_after(facts.day, self.months) - timedelta(days=1)
        if record.valid_to is None or record.valid_to >= needed:
            return HOLDS
        return Finding((Reason.CERT_EXPIRED,))


class Since(StrEnum):
    """From which day on something counts."""

    REGISTERED = "registered_on"
    ISSUED = "issued_on"
    VALID = "valid_from"


@dataclass(frozen=True, slots=True)
class HeldSince:
    """It has been so for so many calendar months (half a year is six), the month's end clamped."""

    since: Since
    months: int

    @classmethod
    def read(cls, members: Members, _declared: Declared) -> Self:
        """Read `since` and `months`."""
        members.only("is", "since", "months")
        return cls(members.word("since", Since), up_to(members, "months", _MOST_MONTHS, 1))

    @property
    def reads(self) -> tuple[Reading, ...]:
        """The day it began; the day of issue is what a search tells."""
        return () if self.since is Since.ISSUED else (held_since(self.since.value),)

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """A record that does not say since when leaves it open."""
        began = {
            Since.REGISTERED: record.claims.registered_on,
            Since.ISSUED: record.issued_on,
            Since.VALID: record.valid_from,
        }[self.since]
        if began is None:
            return Finding((Reason.NOT_YET_ELIGIBLE,))
        full = _after(began, self.months)
        if facts.day >= full:
            return HOLDS
        return Finding((Reason.NOT_YET_ELIGIBLE,), eligible_on=full)


def _after(day: date, months: int) -> date:
    return date.max if day.year > _LAST_YEAR else months_after(day, months)
