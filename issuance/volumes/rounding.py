"""Figures of real people, made so coarse that none of them points to one: rounded to five.

Every count is rounded by itself, so that no small one follows by subtraction; times are told of
enough cases only, and in steps: the rank is one person's own time. What the figures are counted
over is the desk's matter: rounding hides little from who may ask for any days.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from issuance.volumes.figures import MatterVolume, Reuse, Spread, Volumes

STEP: Final = 5
_LEAST_FOR_MEDIAN: Final = 20
_LEAST_FOR_P95: Final = 100
_LEAST_FOR_SHARE: Final = 100  # materials due: of some twenty applications
_STEPS: Final = ((120, 10), (7200, 300), (48 * 3600, 3600), (math.inf, 12 * 3600))  # seconds


def rounded(count: int) -> int:
    """To the nearest multiple of five."""
    return STEP * ((count + STEP // 2) // STEP)


def in_steps(seconds: float) -> float:
    """The next step at or above a time: 10 s, 5 minutes, an hour, half a day, as it is longer."""
    size = next(size for below, size in _STEPS if seconds <= below)
    return float(size * max(1, math.ceil(seconds / size)))


def without_persons(found: Volumes) -> Volumes:
    """The same, fit to be shown to anybody."""
    return replace(
        found,
        matters=tuple(m for m in map(_coarse, found.matters) if m.submitted),
        by_day=_coarse_days(found.by_day),
        pulls=_coarse_words(found.pulls),
        scans=rounded(found.scans),
        reuse=tuple(_coarse_reuse(one) for one in found.reuse if one.due >= _LEAST_FOR_SHARE),
        spans=tuple(replace(span, n=rounded(span.n)) for span in found.spans),
    )


def _coarse(found: MatterVolume) -> MatterVolume:
    decided = rounded(found.decided)
    return replace(
        found,
        submitted=rounded(found.submitted),
        issued=rounded(found.issued),
        done=rounded(found.done),
        refused=rounded(found.refused),
        withdrawn=rounded(found.withdrawn),
        open=rounded(found.open),
        late=rounded(found.late),
        automatic=min(rounded(found.automatic), decided),
        decided=decided,
        in_time=min(rounded(found.in_time), decided),
        answer=_told(found.answer),
        sealing=_told(found.sealing),
        reasons=_coarse_words(found.reasons),
    )


def _coarse_reuse(found: Reuse) -> Reuse:
    due = rounded(found.due)
    return replace(found, due=due, without_upload=min(rounded(found.without_upload), due))


def _told(spread: Spread | None) -> Spread | None:
    if spread is None or spread.count < _LEAST_FOR_MEDIAN:
        return None
    p95 = spread.p95_s if spread.count >= _LEAST_FOR_P95 else None
    told = None if p95 is None else in_steps(p95)
    return Spread(rounded(spread.count), in_steps(spread.median_s), told)


def _coarse_words(counts: Mapping[str, int]) -> dict[str, int]:
    return {word: rounded(n) for word, n in counts.items() if rounded(n)}


def _coarse_days(counts: Mapping[date, int]) -> dict[date, int]:
    return {day: rounded(n) for day, n in counts.items()}
