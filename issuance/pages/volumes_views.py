"""What the console shows of the service's work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from issuance.reuse_figures import per_cent
from issuance.volumes.desk import PERIODS
from issuance.volumes.figures import MatterVolume, Span, Volumes
from issuance.volumes.rounding import rounded, without_persons

_MOST_REASONS = 5
_GOOD_FROM = 3
_LEAST_RATINGS = 20  # of real people, before any of it is shown
_CHART_HEIGHT = 60
_WEEK = 7
_MINUTES, _HOURS, _DAYS = 120, 48 * 3600, 86400
_SCALES = (1, 2, 3, 4, 5)  # times a power of ten: what a scale ends at


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


@dataclass(frozen=True, slots=True)
class Length:
    """A bar that lies: its code or name, how many, and how long it is (0 to 100)."""

    code: str
    n: int
    long: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRow:
    """One matter's figures."""

    matter: str
    submitted: int
    settled: int  # with a certificate, or carried out where that is none
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
    reasons: tuple[Length, ...]
    ratings: int
    content: str  # per cent that are at least content


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day, or one week: how many were submitted, and how high its bar is (0 to 60)."""

    first: date
    last: date
    n: int
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars over time, and what its scale ends at."""

    bars: tuple[Bar, ...]
    top: int
    weekly: bool

    @property
    def middle(self) -> date:
        """The day below the middle of it."""
        return self.bars[len(self.bars) // 2].first

    @property
    def short(self) -> int:
        """How many days the first bar has, if that is no whole week; else 0."""
        days = (self.bars[0].last - self.bars[0].first).days + 1 if self.weekly else _WEEK
        return days if days < _WEEK else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReuseBar:
    """One matter: the materials due, and the share of them that needed no upload."""

    matter: str
    due: int
    without_upload: int
    per_cent: str


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
    chart: Chart
    pulls: tuple[Length, ...]
    scans: int
    reuse: tuple[ReuseBar, ...]
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
    return VolumesView(
        operator=operator,
        days=days,
        choices=PERIODS,
        since=found.since,
        until=found.until,
        submitted=sum(m.submitted for m in found.matters),
        rows=tuple(_row(m, grades) for m in found.matters),
        chart=chart(found.spans),
        pulls=lengths(found.pulls.items()),
        scans=found.scans,
        reuse=tuple(
            ReuseBar(
                matter=one.matter,
                due=one.due,
                without_upload=one.without_upload,
                per_cent=per_cent(one.without_upload, one.due),
            )
            for one in found.reuse
        ),
        rounded=not demonstration,
    )


def chart(spans: Iterable[Span]) -> Chart:
    """The bars of some days or weeks, against a scale that ends at a round number."""
    shown_ones = tuple(spans)
    top = _scale_end(max((span.n for span in shown_ones), default=0))
    bars = tuple(
        Bar(first=s.first, last=s.last, n=s.n, height=round(_CHART_HEIGHT * s.n / top, 1))
        for s in shown_ones
    )
    return Chart(bars=bars, top=top, weekly=any(s.first != s.last for s in shown_ones))


def lengths(counts: Iterable[tuple[str, int]]) -> tuple[Length, ...]:
    """Bars that lie one above another, against the longest of them."""
    said = tuple(counts)
    most = max((n for _, n in said), default=0) or 1
    return tuple(Length(code, n, round(100 * n / most, 1)) for code, n in said)


def given(grades: Grades, matter: str) -> dict[int, int]:
    """How many rated a matter, by grade."""
    return {grade: n for (of, grade), n in grades.items() if of == matter}


def good(by_grade: Mapping[int, int]) -> int:
    """How many are at least fairly content."""
    return sum(n for grade, n in by_grade.items() if grade >= _GOOD_FROM)


def _scale_end(most: int) -> int:
    """The next round number (2, 4, 6, 8, 10, 20, 40 …): half of it is a whole one as well."""
    power = 2
    while True:
        for step in _SCALES:
            if most <= step * power:
                return step * power
        power *= 10


def _row(m: MatterVolume, grades: Grades) -> VolumeRow:
    rated = given(grades, m.matter.value)
    ratings = sum(rated.values())
    return VolumeRow(
        matter=m.matter.value,
        submitted=m.submitted,
        settled=m.issued + m.done,
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
        reasons=lengths(list(m.reasons.items())[:_MOST_REASONS]),
        ratings=ratings,
        content=per_cent(good(rated), ratings),
    )


def _enough(grades: Grades, matter: str) -> bool:
    """Whether so many rated a matter that a share of them points to nobody."""
    return sum(given(grades, matter).values()) >= _LEAST_RATINGS
