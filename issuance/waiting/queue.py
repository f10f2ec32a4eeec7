"""The queue as an officer asks for it and gets it: frozen values, no IO."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from issuance.application import Matter, State

Which = Literal["all", "late", "today", "held"]
PAGE = 50
_LONGEST_NUMBER = 24
_ODD = re.compile(r"[^0-9A-Z-]")  # what no case number holds, and what no database should see


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the queue: due when, with which case number (or a part of one), which page."""

    which: Which = "all"
    number: str = ""
    page: int = 1

    @classmethod
    def read(cls, which: str, number: str, page: int) -> "Asked":
        """Read what came with the address; what is not understood asks for everything."""
        known: Which = which if which in get_args(Which) else "all"  # type: ignore[assignment]  # one of them
        typed = _ODD.sub("?", "".join(number.split()).upper()[:_LONGEST_NUMBER])
        return cls("all" if typed else known, typed, max(page, 1))


@dataclass(frozen=True, slots=True)
class HeldUp:
    """Why an approved case has no certificate yet: the error's code, its words, since when."""

    code: str
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One case of the queue; `days_left` counts working days and is negative when overdue."""

    ref: str
    number: str
    matter: Matter
    name: str
    state: State
    due_on: date | None
    submitted_at: datetime | None
    days_left: int = 0
    waits_for_source: bool = False
    held_up: HeldUp | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, and how many cases there are of each kind."""

    lines: tuple[Waiting, ...]
    counts: Mapping[str, int]
    found: int  # with what was asked for, on all pages
    asked: Asked
    today: date

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(-(-self.found // PAGE), 1)
