"""What the console shows of reuse: how much nobody had to hand in, and why the rest had to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from issuance.reuse_figures import Figure, ReuseFigures
from verifiers.materials.vocabulary import Matter

Of = Literal["applications", "city"]
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialBar:
    """One material: how many were due, how many needed no upload, the reasons most often met."""

    material: str
    due: int
    without_upload: int
    per_cent: int  # rounded down: 100 is said of nothing less than all
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterBars:
    """One matter and its materials."""

    matter: str
    due: int
    without_upload: int
    per_cent: int
    bars: tuple[MaterialBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsView:
    """`issuance/stats.html`, GET /console/stats?of=."""

    operator: str
    of: Of
    choices: tuple[Of, ...]
    days: int
    applications: int
    due: int
    without_upload: int
    per_cent: int
    matters: tuple[MatterBars, ...]
    counted_at: datetime | None  # None: just now


def stats_view(
    operator: str,
    found: ReuseFigures,
    *,
    of: Of,
    choices: tuple[Of, ...],
    days: int,
    counted_at: datetime | None = None,
) -> StatsView:
    """The figures by matter and material; what was never due is left out."""
    return StatsView(
        operator=operator,
        of=of,
        choices=choices,
        days=days,
        applications=found.applications,
        due=found.due,
        without_upload=found.without_upload,
        per_cent=_per_cent(found.without_upload, found.due),
        matters=tuple(_matter(m, found.of(m)) for m in Matter if any(f.due for f in found.of(m))),
        counted_at=counted_at,
    )


def _matter(matter: Matter, figures: tuple[Figure, ...]) -> MatterBars:
    due, without = sum(f.due for f in figures), sum(f.without_upload for f in figures)
    bars = tuple(
        MaterialBar(
            material=figure.material.value,
            due=figure.due,
            without_upload=figure.without_upload,
            per_cent=_per_cent(figure.without_upload, figure.due),
            reasons=tuple(figure.reasons.items())[:_MOST_REASONS],
        )
        for figure in figures
        if figure.due
    )
    return MatterBars(
        matter=matter.value,
        due=due,
        without_upload=without,
        per_cent=_per_cent(without, due),
        bars=bars,
    )


def _per_cent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 100
