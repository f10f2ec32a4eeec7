"""Figures of the service's work, by matter: counts, on-time share, times, refusals. No IO."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from certstore.clock import local_date
from issuance.application import ENDED_STATES, Matter, State
from issuance.reuse_figures import ReuseFigures
from verifiers.materials.vocabulary import Matter as DecidedMatter

_DECIDED = frozenset({State.APPROVED, State.ISSUED, State.DONE, State.REFUSED})
_DAILY_UP_TO = 60  # days; a longer time is counted by the week
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the figures know of one application: nothing of whose it is."""

    matter: Matter
    state: State
    submitted_at: datetime
    decided_at: datetime | None = None
    issued_at: datetime | None = None  # or carried out, where that is no certificate
    due_on: date | None = None
    automatic: bool = False
    reasons: tuple[str, ...] = ()  # of a refusal


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95th percentile (nearest rank) of some seconds, and of how many.

    `p95_s` None: of too few to be told.
    """

    count: int
    median_s: float
    p95_s: float | None

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Spread | None":
        """None of nothing."""
        found = sorted(seconds)
        if not found:
            return None
        return cls(len(found), _rank(found, 50), _rank(found, 95))

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {"count": self.count, "median_s": self.median_s, "p95_s": self.p95_s}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterVolume:
    """One matter: what came in, what became of it, how fast.

    What was submitted was issued, done, refused or withdrawn, or is open.
    """

    matter: Matter
    submitted: int
    issued: int
    done: int  # carried out, where that is no certificate
    refused: int
    withdrawn: int
    open: int
    late: int  # not decided, and past the day it was due on
    automatic: int  # decided with nobody looking
    decided: int
    in_time: int  # of the decided
    answer: Spread | None  # from submission to decision
    sealing: Spread | None  # from approval to certificate
    reasons: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "matter": self.matter.value,
            "submitted": self.submitted,
            "issued": self.issued,
            "done": self.done,
            "refused": self.refused,
            "withdrawn": self.withdrawn,
            "open": self.open,
            "late": self.late,
            "automatic": self.automatic,
            "decided": self.decided,
            "in_time": self.in_time,
            "answer": self.answer.as_json() if self.answer else None,
            "sealing": self.sealing.as_json() if self.sealing else None,
            "refusals": dict(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Reuse:
    """Of one matter: the materials that were due, and how many of them needed no upload."""

    matter: str
    due: int
    without_upload: int


@dataclass(frozen=True, slots=True)
class Span:
    """Some days, both ends counted, and how many were submitted in them."""

    first: date
    last: date
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """Everything counted since a day: by matter, by day, accesses by agency and by kind.

    `spans` are the days again, or weeks where there are many: what a chart shows.
    """

    since: date
    until: date
    matters: tuple[MatterVolume, ...]
    by_day: Mapping[date, int]
    pulls: Mapping[str, int]  # by agency, the most first
    scans: int
    reuse: tuple[Reuse, ...] = ()
    spans: tuple[Span, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "matters": [m.as_json() for m in self.matters],
            "submitted_by_day": {day.isoformat(): n for day, n in self.by_day.items()},
            "pulls": dict(self.pulls),
            "scans": self.scans,
            "reuse": [asdict(one) for one in self.reuse],
        }


def as_it_stood(case: Case, until: datetime) -> Case:
    """A case as it stood at a moment: what came later had not happened."""
    if case.decided_at is not None and case.decided_at >= until:
        state = State.IN_REVIEW
        return replace(
            case, state=state, decided_at=None, issued_at=None, automatic=False, reasons=()
        )
    if case.issued_at is not None and case.issued_at >= until:
        return replace(case, state=State.APPROVED, issued_at=None)
    return case


def count_matters(cases: Iterable[Case], today: date) -> tuple[MatterVolume, ...]:
    """The figures of each matter that anything was submitted for, in the order of matters."""
    by_matter: dict[Matter, list[Case]] = {}
    for case in cases:
        by_matter.setdefault(case.matter, []).append(case)
    return tuple(_volume(m, by_matter[m], today) for m in Matter if m in by_matter)


def count_days(moments: Iterable[datetime], since: date, until: date) -> dict[date, int]:
    """How many of these moments lie on each day from `since` to `until`, China's time."""
    counted = Counter(map(local_date, moments))
    days = (since.fromordinal(n) for n in range(since.toordinal(), until.toordinal() + 1))
    return {day: counted[day] for day in days}


def in_spans(by_day: Mapping[date, int]) -> tuple[Span, ...]:
    """Day by day, or where there are many by weeks that end on the last: the first may be short."""
    days = list(by_day.items())
    size = 1 if len(days) <= _DAILY_UP_TO else _WEEK
    short = len(days) % size
    begins = [*([0] if short else []), *range(short, len(days), size)]
    parts = [days[a:b] for a, b in pairwise([*begins, len(days)])]
    return tuple(Span(part[0][0], part[-1][0], sum(n for _, n in part)) for part in parts)


def reuse_by_matter(found: ReuseFigures) -> tuple[Reuse, ...]:
    """The share that needed no upload, of each matter with anything due."""
    sums = {m.value: found.of(m) for m in DecidedMatter}
    every = (
        Reuse(m, sum(f.due for f in of), sum(f.without_upload for f in of))
        for m, of in sums.items()
    )
    return tuple(one for one in every if one.due)


def _volume(matter: Matter, cases: Sequence[Case], today: date) -> MatterVolume:
    states = Counter(case.state for case in cases)
    decided = [(c, c.decided_at) for c in cases if c.state in _DECIDED and c.decided_at is not None]
    undecided = [c for c in cases if c.decided_at is None and c.state is not State.WITHDRAWN]
    reasons = Counter(code for case in cases for code in case.reasons)
    return MatterVolume(
        matter=matter,
        submitted=len(cases),
        issued=states[State.ISSUED],
        done=states[State.DONE],
        refused=states[State.REFUSED],
        withdrawn=states[State.WITHDRAWN],
        open=sum(c.state not in ENDED_STATES for c in cases),
        late=sum(c.due_on is not None and c.due_on < today for c in undecided),
        automatic=sum(c.automatic for c, _ in decided),
        decided=len(decided),
        in_time=sum(c.due_on is None or local_date(at) <= c.due_on for c, at in decided),
        answer=Spread.of((at - c.submitted_at).total_seconds() for c, at in decided),
        sealing=Spread.of(
            (c.issued_at - at).total_seconds()
            for c, at in decided
            if c.issued_at is not None and c.state is State.ISSUED
        ),
        reasons=dict(reasons.most_common()),
    )


def _rank(ordered: Sequence[float], per_cent: int) -> float:
    place = -(-len(ordered) * per_cent // 100)  # nearest rank, rounded up
    return round(ordered[max(place, 1) - 1], 3)
