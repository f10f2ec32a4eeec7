"""Figures of real people without the cells so small that they could point to one of them."""

from collections.abc import Mapping
from dataclasses import replace

from issuance.reuse_figures import Figure, ReuseFigures

LEAST = 5


def without_small_cells(found: ReuseFigures) -> ReuseFigures:
    """The same without every figure that has a count of 1 to 4, and without such reasons.

    A hidden figure is left out of the totals as well: they would tell it by subtraction.
    """
    kept = (f for f in found.figures if not _is_small(f))
    return ReuseFigures(tuple(map(_without_small_reasons, kept)), found.applications)


def is_few(count: int) -> bool:
    """Whether a count is too small to be shown; none at all points to nobody."""
    return 0 < count < LEAST


def _is_small(figure: Figure) -> bool:
    return is_few(figure.without_upload) or is_few(figure.due - figure.without_upload)


def _without_small_reasons(figure: Figure) -> Figure:
    asked = figure.due - figure.without_upload
    reasons = {code: n for code, n in figure.reasons.items() if not is_few(n)}
    while reasons and is_few(asked - sum(reasons.values())):
        # What is left over would be a small count by subtraction: the smallest goes as well.
        del reasons[_rarest(reasons)]
    return replace(figure, outcomes={}, reasons=reasons)


def _rarest(reasons: Mapping[str, int]) -> str:
    return min(reasons, key=lambda code: reasons[code])
