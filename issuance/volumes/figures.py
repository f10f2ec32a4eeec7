"""Figures of the service's work, by matter: counts, on-time share, times, refusals. No IO."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from certstore.clock import local_date
from issuance.application import Matter, State

_DECIDED = frozenset({State.APPROVED, State.ISSUED, State.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the figures know of one application: nothing of whose it is."""

    matter: Matter
    state: State
    submitted_at: datetime
    decided_at: datetime | None = None
    issued_at: datetime | None = None
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
    """One matter: what came in, what became of it, how fast."""

    matter: Matter
    submitted: int
    issued: int
    refused: int
    withdrawn: int
    open: int
    late: int  # open, and past the day it was due on
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """Everything counted since a day: by matter, by day, accesses by agency and by kind."""

    since: date
    until: date
    matters: tuple[MatterVolume, ...]
    by_day: Mapping[date, int]
    pulls: Mapping[str, int]  # by agency, the most first
    scans: int

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "matters": [m.as_json() for m in self.matters],
            "submitted_by_day": {day.isoformat(): n for day, n in self.by_day.items()},
            "pulls": dict(self.pulls),
            "scans": self.scans,
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


def _volume(matter: Matter, cases: Sequence[Case], today: date) -> MatterVolume:
    states = Counter(case.state for case in cases)
    decided = [(c, c.decided_at) for c in cases if c.state in _DECIDED and c.decided_at is not None]
    open_ones = [c for c in cases if c.decided_at is None and c.state is not State.WITHDRAWN]
    reasons = Counter(code for case in cases for code in case.reasons)
    return MatterVolume(
        matter=matter,
        submitted=len(cases),
        issued=states[State.ISSUED],
        refused=states[State.REFUSED],
        withdrawn=states[State.WITHDRAWN],
        open=len(open_ones),
        late=sum(c.due_on is not None and c.due_on < today for c in open_ones),
        automatic=sum(c.automatic for c, _ in decided),
        decided=len(decided),
        in_time=sum(c.due_on is None or local_date(at) <= c.due_on for c, at in decided),
        answer=Spread.of((at - c.submitted_at).total_seconds() for c, at in decided),
        sealing=Spread.of(
            (c.issued_at - at).total_seconds() for c, at in decided if c.issued_at is not None
        ),
        reasons=dict(reasons.most_common()),
    )


def _rank(ordered: Sequence[float], per_cent: int) -> float:
    place = -(-len(ordered) * per_cent // 100)  # nearest rank, rounded up
    return round(ordered[max(place, 1) - 1], 3)
