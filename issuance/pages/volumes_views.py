"""What the console shows of the service's work, and the same as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from issuance.reuse_figures import per_cent
from issuance.volumes.desk import PERIODS
from issuance.volumes.figures import MatterVolume, Spread, Volumes
from issuance.volumes.rounding import rounded, without_persons

_MOST_REASONS = 5
_GOOD_FROM = 3
_LEAST_RATINGS = 20  # of real people, before any of it is shown
_CHART_HEIGHT = 60
_MINUTES, _HOURS, _DAYS = 120, 48 * 3600, 86400
_COLUMNS = (
    *("matter", "submitted", "issued", "refused", "withdrawn", "open", "late", "decided"),
    *("in_time", "automatic", "answer_median_s", "answer_p95_s", "sealing_median_s"),
    *("sealing_p95_s", "ratings", "ratings_good"),
)


@dataclass(frozen=True, slots=True)
class Lasting:
    """A time in the unit it is best told in: `seconds`, `minutes`, `hours`, `days`."""

    unit: str
    n: str

    @classmethod
    def of(cls, seconds: float | None) -> "Lasting | None":
        """None where it is not told."""
        if seconds is None:
            return None
        for unit, size, below in (
            ("seconds", 1, _MINUTES),
            ("minutes", 60, 7200),
            ("hours", 3600, _HOURS),
        ):
            if seconds < below:
                return cls(unit, f"{seconds / size:.{0 if seconds >= 10 * size else 1}f}")
        return cls("days", f"{seconds / _DAYS:.1f}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRow:
    """One matter's figures."""

    matter: str
    submitted: int
    issued: int
    refused: int
    withdrawn: int
    open: int
    late: int
    in_time: str  # per cent of what was decided
    automatic: str  # the same
    decided: int
    median: Lasting | None
    p95: Lasting | None
    sealing: Lasting | None
    reasons: tuple[tuple[str, int], ...]
    ratings: int
    content: str  # per cent that are at least content


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    """One day: how many were submitted, and how high its bar is (0 to 60)."""

    day: date
    n: int
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumesView:
    """`issuance/volumes.html`, GET /console/volumes?days=."""

    operator: str
    days: int
    choices: tuple[int, ...]
    since: date
    until: date
    submitted: int
    rows: tuple[VolumeRow, ...]
    bars: tuple[DayBar, ...]
    most_a_day: int
    pulls: tuple[tuple[str, int], ...]
    scans: int
    rounded: bool  # real people: counts to the nearest five


Grades = Mapping[tuple[str, int], int]


def shown(found: Volumes, grades: Grades, *, demonstration: bool) -> tuple[Volumes, Grades]:
    """What may be shown: of real people nothing that could point to one of them."""
    if demonstration:
        return found, grades
    enough = {key: n for key, n in grades.items() if _enough(grades, key[0])}
    return without_persons(found), {key: rounded(n) for key, n in enough.items()}


def volumes_view(
    operator: str, found: Volumes, grades: Grades, *, days: int, demonstration: bool
) -> VolumesView:
    """The console's page."""
    found, grades = shown(found, grades, demonstration=demonstration)
    most = max(found.by_day.values(), default=0)
    return VolumesView(
        operator=operator,
        days=days,
        choices=PERIODS,
        since=found.since,
        until=found.until,
        submitted=sum(m.submitted for m in found.matters),
        rows=tuple(_row(m, grades) for m in found.matters),
        bars=tuple(
            DayBar(day=day, n=n, height=round(_CHART_HEIGHT * n / most, 1) if most else 0.0)
            for day, n in found.by_day.items()
        ),
        most_a_day=most,
        pulls=tuple(found.pulls.items()),
        scans=found.scans,
        rounded=not demonstration,
    )


def volumes_csv(found: Volumes, grades: Grades) -> str:
    """One line a matter, RFC 4180; times in seconds, empty where they are not told."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_cells(m, grades) for m in found.matters)
    return lines.getvalue()


def _cells(m: MatterVolume, grades: Grades) -> Iterator[str | int | float]:
    counts = (m.submitted, m.issued, m.refused, m.withdrawn, m.open, m.late, m.decided)
    yield m.matter.value
    yield from (*counts, m.in_time, m.automatic)
    for spread in (m.answer, m.sealing):
        yield from _times(spread)
    given = _given(grades, m.matter.value)
    yield from (sum(given.values()), sum(n for grade, n in given.items() if grade >= _GOOD_FROM))


def _times(spread: Spread | None) -> tuple[str | float, str | float]:
    if spread is None:
        return "", ""
    return spread.median_s, "" if spread.p95_s is None else spread.p95_s


def _row(m: MatterVolume, grades: Grades) -> VolumeRow:
    given = _given(grades, m.matter.value)
    good = sum(n for grade, n in given.items() if grade >= _GOOD_FROM)
    return VolumeRow(
        matter=m.matter.value,
        submitted=m.submitted,
        issued=m.issued,
        refused=m.refused,
        withdrawn=m.withdrawn,
        open=m.open,
        late=m.late,
        in_time=per_cent(m.in_time, m.decided),
        automatic=per_cent(min(m.automatic, m.decided), m.decided),
        decided=m.decided,
        median=Lasting.of(m.answer.median_s if m.answer else None),
        p95=Lasting.of(m.answer.p95_s if m.answer else None),
        sealing=Lasting.of(m.sealing.median_s if m.sealing else None),
        reasons=tuple(m.reasons.items())[:_MOST_REASONS],
        ratings=sum(given.values()),
        content=per_cent(good, sum(given.values())),
    )


def _given(grades: Grades, matter: str) -> dict[int, int]:
    return {grade: n for (of, grade), n in grades.items() if of == matter}


def _enough(grades: Grades, matter: str) -> bool:
    """Whether so many rated a matter that a share of them points to nobody."""
    return sum(_given(grades, matter).values()) >= _LEAST_RATINGS
