"""What an officer asks an applicant for, once and in full, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from certstore.clock import local_date

SUPPLEMENT_LIFE = timedelta(days=30)  # how long an application waits for what was asked for
SUPPLEMENT_WARNING = timedelta(days=5)  # how long before that the applicant is told again


@dataclass(frozen=True, slots=True)
class Notice:
    """The one notice of an application: every material that is missing, and why, in words."""

    materials: tuple[str, ...]
    sentence: str
    by: str  # the officer's staff number
    at: datetime

    @property
    def until(self) -> date:
        """The last day on which it can be answered."""
        return local_date(self.at + SUPPLEMENT_LIFE)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "materials": list(self.materials),
            "sentence": self.sentence,
            "by": self.by,
            "at": self.at.isoformat(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what was kept."""
        at = datetime.fromisoformat(kept["at"])
        return cls(tuple(kept["materials"]), kept["sentence"], kept["by"], at)
