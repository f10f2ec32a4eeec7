"""The queue as an officer asks for it and gets it: frozen values, no IO."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from issuance.application import Matter, State
from issuance.claims.claim import Claim

Which = Literal["all", "late", "today", "week", "source", "second", "clear", "raised", "held"]
InHand = Literal["", "me", "nobody"]
WHICH: tuple[Which, ...] = get_args(Which)
PAGE = 50
_LONGEST_NUMBER = 24
_ODD = re.compile(r"[^0-9A-Z-]")  # what no case number holds, and what no database should see
_CODE = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the queue: due when, with which case number (or a part of one), which page.

    `matter`, `station` and `in_hand` narrow each part further; empty: any.
    """

    which: Which = "all"
    number: str = ""
    page: int = 1
    matter: str = ""
    in_hand: InHand = ""
    station: str = ""

    @classmethod
    def read(
        cls,
        which: str,
        number: str,
        page: int,
        *,
        matter: str = "",
        in_hand: str = "",
        station: str = "",
    ) -> "Asked":
        """Read what came with the address; what is not understood asks for everything."""
        known: Which = which if which in WHICH else "all"
        typed = _ODD.sub("?", "".join(number.split()).upper()[:_LONGEST_NUMBER])
        if typed:
            return cls("all", typed, max(page, 1))
        hand: InHand = in_hand if in_hand in get_args(InHand) else ""  # type: ignore[assignment]  # one of them
        matters = {m.value for m in Matter}
        return cls(
            known,
            "",
            max(page, 1),
            matter if matter in matters else "",
            hand,
            station if _CODE.fullmatch(station) else "",
        )


@dataclass(frozen=True, slots=True)
class HeldUp:
    """Why an approved case has no certificate yet: the error's code, its words, since when."""

    code: str
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One case of the queue; `days_left` counts working days and is negative when overdue.

    `clear`: its decision is satisfied whole, and nothing in it is to be judged.
    """

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
    station: str = ""
    clear: bool = False
    claim: Claim | None = None
    proposed_by: str = ""  # who proposed what waits for a second officer
    raised: bool = False  # so late that the supervisor has it on their list


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
