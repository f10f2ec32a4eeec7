"""How many come and how they behave: `assumptions.toml`, read into frozen values."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from issuance.application import Matter

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What the announcement of 2021 told, and what it compared itself with."""

    days: int
    per_day: int
    voucher_working_days: int
    before_voucher_working_days: int
    before_permit_working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicants:
    """How applicants behave; shares in percent, ranges as least and most."""

    vanish_before_sending: float
    vanish_when_asked: float
    fail_the_face_once: float
    answer_after_hours: Range
    night_percent: float
    seconds_a_page: Range
    seconds_for_a_face: Range
    seconds_for_a_paper: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Officers:
    """How officers work."""

    minutes_a_case: Range
    cases_a_day: int
    absent_percent: float
    asks_percent: float
    refuses_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """How sources fail."""

    outages_a_week: float
    outage_hours: Range
    last_known_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Using:
    """What becomes of vouchers once they are there."""

    shown_percent: float
    pulled_percent: float
    after_hours: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """All of it; shares as (what, weight)."""

    announced: Announced
    matters: tuple[tuple[Matter, int], ...]
    homes: tuple[tuple[str, int], ...]
    applicants: Applicants
    officers: Officers
    sources: Sources
    using: Using


@cache
def assumptions() -> Assumptions:
    """Read the file that comes with the service."""
    text = files(__package__).joinpath("assumptions.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    return Assumptions(
        announced=Announced(**raw["announced"]),
        matters=tuple((Matter(word), _weight(share)) for word, share in raw["matters"].items()),
        homes=tuple((word, _weight(share)) for word, share in raw["homes"].items()),
        applicants=Applicants(**_ranges(raw["applicants"])),
        officers=Officers(**_ranges(raw["officers"])),
        sources=Sources(**_ranges(raw["sources"])),
        using=Using(**_ranges(raw["using"])),
    )


def _weight(percent: float) -> int:
    return round(percent * 100)


def _ranges(table: Mapping[str, Any]) -> dict[str, Any]:
    return {word: tuple(v) if isinstance(v, Sequence) else v for word, v in table.items()}
