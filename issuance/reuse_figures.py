"""How much nobody had to hand in (免提交率): by matter and material, and why the rest had to.

A material counts as needing no upload when the decision asks for none: satisfied by a record or
a face result, by a letter signed on line, left to an officer, or waiting for its source. One
that does not concern the person is not counted at all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from verifiers.materials.decisions import Decision
from verifiers.materials.vocabulary import Material, Matter, Outcome

_LESS_THAN_ALL = 99.9
_ASKS_NOTHING = frozenset(
    {Outcome.SATISFIED, Outcome.BY_COMMITMENT, Outcome.OFFICER_REVIEW, Outcome.SOURCE_DOWN}
)


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome for one material of one application, and its reasons as codes."""

    matter: Matter
    material: Material
    outcome: Outcome
    reasons: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether the material concerned the person at all."""
        return self.outcome is not Outcome.NOT_APPLICABLE

    @property
    def asks_nothing(self) -> bool:
        """Whether nothing had to be handed in."""
        return self.outcome in _ASKS_NOTHING


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one material in one matter: how many were due, how many needed no upload, why others did.

    `outcomes` counts every outcome, `reasons` each first reason of what had to be handed in.
    """

    matter: Matter
    material: Material
    due: int
    without_upload: int
    outcomes: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share that needed no upload, 0 to 1; 1 where nothing was due."""
        return self.without_upload / self.due if self.due else 1.0

    def as_json(self) -> dict[str, Any]:
        """The figure for other programs."""
        return {
            "matter": self.matter.value,
            "material": self.material.value,
            "due": self.due,
            "without_upload": self.without_upload,
            "share": round(self.share, 4),
            "outcomes": dict(self.outcomes),
            "reasons": dict(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class ReuseFigures:
    """Every figure, in the order of matters and materials, and all of them together."""

    figures: tuple[Figure, ...]
    applications: int

    @property
    def due(self) -> int:
        """How many materials were due."""
        return sum(f.due for f in self.figures)

    @property
    def without_upload(self) -> int:
        """How many of them needed no upload."""
        return sum(f.without_upload for f in self.figures)

    @property
    def share(self) -> float:
        """The share of all materials that needed no upload."""
        return self.without_upload / self.due if self.due else 1.0

    def of(self, matter: Matter) -> tuple[Figure, ...]:
        """The figures of one matter."""
        return tuple(f for f in self.figures if f.matter is matter)

    def as_json(self) -> dict[str, Any]:
        """The figures for other programs."""
        return {
            "applications": self.applications,
            "due": self.due,
            "without_upload": self.without_upload,
            "share": round(self.share, 4),
            "figures": [f.as_json() for f in self.figures],
        }


def per_cent(part: int, whole: int) -> str:
    """A share as the console and `certstore stats` both write it: one decimal, rounded.

    100.0 is said of nothing less than all; of nothing at all it is said, as of `share`.
    """
    if part == whole:
        return "100.0"
    return f"{min(100 * part / whole, _LESS_THAN_ALL):.1f}"


def decided(decision: Decision) -> Iterable[Decided]:
    """What a decision says of each material."""
    for material, found in decision.materials.items():
        reasons = tuple(reason.value for reason in found.reasons)
        yield Decided(decision.matter, material, found.outcome, reasons)


def decided_of_kept(kept: Mapping[str, Any]) -> Iterable[Decided]:
    """The same of a decision as an application keeps it (`Decision.as_json`)."""
    matter = Matter(kept["matter"])
    for material, found in kept["materials"].items():
        reasons = tuple(found["reasons"])
        yield Decided(matter, Material(material), Outcome(found["outcome"]), reasons)


def count_reuse(applications: Iterable[Iterable[Decided]]) -> ReuseFigures:
    """Count over the decisions of any number of applications."""
    number = 0
    kinds: dict[tuple[Matter, Material], list[Decided]] = {}
    for application in applications:
        number += 1
        for each in application:
            kinds.setdefault((each.matter, each.material), []).append(each)
    ordered = (
        _figure(matter, material, kinds[matter, material])
        for matter in Matter
        for material in Material
        if (matter, material) in kinds
    )
    return ReuseFigures(tuple(ordered), number)


def _figure(matter: Matter, material: Material, found: list[Decided]) -> Figure:
    due = [each for each in found if each.counts]
    asked = [each for each in due if not each.asks_nothing]
    return Figure(
        matter,
        material,
        len(due),
        len(due) - len(asked),
        _counted(each.outcome.value for each in found),
        _counted(each.reasons[0] if each.reasons else "NO_RECORD" for each in asked),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())
