"""What a condition finds of one record in one case."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from verifiers.materials.records import Record
from verifiers.materials.vocabulary import Reason
from verifiers.matters.case_facts import CaseFacts
from verifiers.matters.reading import Reading


@dataclass(frozen=True, slots=True)
class Finding:
    """What a condition found: reasons, none if it holds."""

    reasons: tuple[Reason, ...] = ()
    meant: bool = True  # False: this record is about something else
    by_eye: bool = False  # a person can tell by looking
    eligible_on: date | None = None  # when it would hold


HOLDS: Final = Finding()


class Condition(Protocol):
    """One condition, read from a matter."""

    @property
    def reads(self) -> tuple[Reading, ...]:
        """What it reads beyond whose the record is, its status and its day of issue."""
        ...

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """Whether it holds of this record in this case."""
        ...
