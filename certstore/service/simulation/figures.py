"""What came of a simulation: the parts added up, beside what was announced."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from certstore.service.simulation.applicants import Tally
from certstore.service.simulation.assumptions import Announced
from certstore.service.simulation.auditing import Audit

_MINUTE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDone:
    """One part of the city when its days are over."""

    audit: Audit
    tally: Tally
    outages: int
    worked_s: float  # of this machine's time, in the service's code and the simulation's


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The whole city; times in seconds unless a name says otherwise."""

    days: int
    per_day: int
    parts: int
    begun: int
    sent: int
    vanished: int
    asked: int
    never_answered: int
    outages: int
    certificates: int
    accesses: Mapping[str, int]
    leaves: int
    states: Mapping[str, int]
    late_by: Mapping[str, int]
    with_papers: int
    worked_s: float
    took_s: float
    in_hand_s: Sequence[float] = field(repr=False)
    permit_days: Sequence[int] = field(repr=False)
    sitting_s: Sequence[float] = field(repr=False)
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, days: int, per_day: int, parts: Sequence[PartDone], took_s: float) -> "Outcome":
        """Add the parts up."""
        audits, tallies = [p.audit for p in parts], [p.tally for p in parts]
        return cls(
            days=days,
            per_day=per_day,
            parts=len(parts),
            begun=sum(t.begun for t in tallies),
            sent=sum(a.sent for a in audits),
            vanished=sum(t.vanished for t in tallies),
            asked=sum(t.asked for t in tallies),
            never_answered=sum(t.never_answered for t in tallies),
            outages=sum(p.outages for p in parts),
            certificates=sum(a.certificates for a in audits),
            accesses=_added(a.accesses for a in audits),
            leaves=sum(a.leaves for a in audits),
            states=_added(a.states for a in audits),
            late_by=_added(a.late_by for a in audits),
            with_papers=sum(a.with_papers for a in audits),
            worked_s=sum(p.worked_s for p in parts),
            took_s=took_s,
            in_hand_s=sorted(s for t in tallies for s in t.in_hand_s),
            permit_days=[d for a in audits for d in a.permit_days],
            sitting_s=sorted(s for a in audits for s in a.sitting_s),
            faults=tuple(fault for a in audits for fault in a.faults),
        )

    @property
    def on_approval_day(self) -> float:
        """The share of permits issued on the day of their approval, 0 to 1."""
        days = self.permit_days
        return sum(day == 0 for day in days) / len(days) if days else 1.0

    @property
    def without_upload(self) -> float:
        """The share of what was sent for which nothing was handed in, 0 to 1."""
        return 1 - self.with_papers / self.sent if self.sent else 1.0

    def as_json(self) -> dict[str, Any]:
        """For other programs; times as median, 95th percentile and longest."""
        plain = (
            *("days", "per_day", "parts", "begun", "sent", "vanished", "asked", "never_answered"),
            *("outages", "certificates", "accesses", "leaves", "states", "late_by", "worked_s"),
            *("took_s", "without_upload", "on_approval_day"),
        )
        return {name: getattr(self, name) for name in plain} | {
            "voucher_after_approval_s": _spread(self.in_hand_s),
            "one_sitting_s": _spread(self.sitting_s),
            "faults": list(self.faults),
        }


def as_lines(found: Outcome, announced: Announced) -> list[str]:
    """The outcome for people to read: the announcement's figures, ours, and what was checked."""
    rows = _beside(found, announced)
    wide = [max(len(row[at]) for row in rows) for at in (0, 1)]
    asked = (
        f"{found.vanished:,} applicants vanished; {found.asked:,} were asked for a better paper, "
        f"{found.never_answered:,} never answered; sources were down {found.outages} times."
    )
    cost = (
        f"{found.worked_s / max(found.begun, 1) * 1000:.0f} ms of this machine for a case, all in "
        f"all; {found.took_s / _MINUTE_S:.1f} minutes in {found.parts} processes."
    )
    table = [f"{a:<{wide[0]}}  {b:<{wide[1]}}  {c}" for a, b, c in rows]
    return [*table, "", asked, cost, "", *_checks(found)]


def _beside(found: Outcome, announced: Announced) -> tuple[tuple[str, str, str], ...]:
    """What was announced, and what came of it here."""
    took, sitting = _spread(found.in_hand_s), _spread(found.sitting_s)
    day, before = announced.voucher_working_days, announced.before_voucher_working_days
    return (
        ("", "announced in 2021", "here"),
        (
            "matters",
            f"{announced.days * announced.per_day:,} in {announced.days} days",
            f"{found.begun:,} begun in {found.days} days, {found.sent:,} sent",
        ),
        (
            "voucher",
            f"within {day} working day (before: {before})",
            (
                f"median {took['median']:.2f} s from the approval, its judging included; "
                f"95 % {took['p95']:.2f} s, longest {took['longest']:.1f} s"
            ),
        ),
        (
            "e-permit",
            f"on the day of approval (before: {announced.before_permit_working_days} days)",
            f"{found.on_approval_day:.2%} of {len(found.permit_days):,} on that day",
        ),
        (
            "applying",
            "minutes",
            (
                f"median {sitting['median'] / _MINUTE_S:.1f} minutes from the first page to sent, "
                f"95 % {sitting['p95'] / _MINUTE_S:.1f}; how long people read is assumed"
            ),
        ),
        ("no paper", "shared first", f"{found.without_upload:.1%} of what was sent"),
    )


def _checks(found: Outcome) -> Iterable[str]:
    cases, late = sum(found.states.values()), found.late_by
    yield f"{cases:,} cases, each where its matter's table lets it stand, by a way it allows"
    for state, count in sorted(found.states.items()):
        yield f"    {count:>8,}  {state}"
    yield (
        f"late: {late.get('system', 0)} by the service, {late.get('officers', 0):,} by officers, "
        f"{late.get('sources', 0):,} by sources that were down"
    )
    yield f"{found.certificates:,} certificates, each made once, its files in the store"
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(found.accesses.items()))
    yield f"{found.leaves:,} accesses, each a leaf of the ledger: {kinds}"
    if found.faults:
        yield ""
        yield "FAILED:"
        yield from (f"    {fault}" for fault in found.faults)
    else:
        yield "Everything holds."


def _added(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for table in tables:
        total.update(table)
    return dict(total)


def _spread(values: Sequence[float]) -> dict[str, float]:
    """Of sorted values, by nearest rank; all 0 of none."""
    if not values:
        return {"median": 0.0, "p95": 0.0, "longest": 0.0}
    last = len(values) - 1
    return {
        "median": values[last // 2],
        "p95": values[min(round(last * 0.95), last)],
        "longest": values[last],
    }
