"""What the console shows of reuse: how much nobody had to hand in, and why the rest had to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from issuance.reuse_figures import Figure, ReuseFigures, per_cent
from issuance.small_cells import is_few, without_small_cells
from verifiers.materials.vocabulary import Matter

Of = Literal["applications", "city"]
CountState = Literal["counted", "counting", "no_city", "failed"]
_BOTH: tuple[Of, ...] = ("applications", "city")
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialBar:
    """One material: how many were due, how many needed no upload, the reasons most often met."""

    material: str
    due: int
    without_upload: int
    per_cent: str  # as `certstore stats` writes it: 92.9
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterBars:
    """One matter and its materials."""

    matter: str
    due: int
    without_upload: int
    per_cent: str
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
    per_cent: str
    matters: tuple[MatterBars, ...]
    counted_at: datetime | None = None  # None: just now
    state: CountState = "counted"
    hides_small: bool = False  # real people: cells under 5 are not shown

    @property
    def few(self) -> bool:
        """Whether even the number of applications is too small to be shown."""
        return self.hides_small and is_few(self.applications)


def stats_view(
    operator: str,
    found: ReuseFigures,
    *,
    of: Of,
    days: int,
    demonstration: bool,
    counted_at: datetime | None = None,
) -> StatsView:
    """The figures by matter and material; what was never due is left out.

    Of real people, what could point to one of them is left out too.
    """
    if not demonstration:
        found = without_small_cells(found)
    return StatsView(
        operator=operator,
        of=of,
        choices=_BOTH if demonstration else ("applications",),
        days=days,
        applications=found.applications,
        due=found.due,
        without_upload=found.without_upload,
        per_cent=per_cent(found.without_upload, found.due),
        matters=tuple(_matter(m, found.of(m)) for m in Matter if any(f.due for f in found.of(m))),
        counted_at=counted_at,
        hides_small=not demonstration,
    )


def stats_without_figures(operator: str, state: CountState, *, days: int) -> StatsView:
    """The city while it is being counted, or where it could not be."""
    return StatsView(
        operator=operator,
        of="city",
        choices=_BOTH,
        days=days,
        applications=0,
        due=0,
        without_upload=0,
        per_cent=per_cent(0, 0),
        matters=(),
        state=state,
    )


def _matter(matter: Matter, figures: tuple[Figure, ...]) -> MatterBars:
    due, without = sum(f.due for f in figures), sum(f.without_upload for f in figures)
    bars = tuple(
        MaterialBar(
            material=figure.material.value,
            due=figure.due,
            without_upload=figure.without_upload,
            per_cent=per_cent(figure.without_upload, figure.due),
            reasons=tuple(figure.reasons.items())[:_MOST_REASONS],
        )
        for figure in figures
        if figure.due
    )
    return MatterBars(
        matter=matter.value,
        due=due,
        without_upload=without,
        per_cent=per_cent(without, due),
        bars=bars,
    )
