"""Quiet hours: from when to when nobody is sent anything, in China's time."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Self

from certstore.clock import CHINA
from certstore.errors import MalformedError

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin`, which counts, to `end`, which does not; over midnight where it is later.

    The same time twice means that no hour is quiet.
    """

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `21:00-08:00`; MalformedError for anything else."""
        found = _SPAN.fullmatch(text)
        if found is None:
            raise MalformedError(
                "no span of hours", where="CERTSTORE_QUIET_HOURS", remedy="as 21:00-08:00"
            )
        first, then, last, until = map(int, found.groups())
        return cls(time(first, then), time(last, until))

    @property
    def shown(self) -> tuple[str, str] | None:
        """From when to when, as a page says it; None where no hour is quiet."""
        if self.begin == self.end:
            return None
        return f"{self.begin:%H:%M}", f"{self.end:%H:%M}"

    def hold(self, now: datetime) -> bool:
        """Whether it is quiet at this moment."""
        at = now.astimezone(CHINA).time()
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end
