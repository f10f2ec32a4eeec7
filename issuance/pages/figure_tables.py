"""The console's figures for spreadsheets and other programs: one figure a line."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from issuance.pages.volumes_views import Grades, given, good
from issuance.reuse_figures import Figure, ReuseFigures, per_cent
from issuance.small_cells import is_few
from issuance.volumes.figures import MatterVolume, Spread, Volumes

_OF_VOLUMES = ("since", "until", "figure", "matter", "detail", "value")
_OF_REUSE = ("figure", "matter", "material", "reason", "value")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would reckon with it
_COUNTS = (
    *("submitted", "issued", "done", "refused", "withdrawn", "open", "late", "decided"),
    *("in_time", "automatic"),
)
Cell = str | int | float
Line = tuple[str, str, str, Cell]


def volumes_csv(found: Volumes, grades: Grades) -> str:
    """Every figure with its period, RFC 4180; times in seconds, left out where they are not told.

    `detail` says which: the reason of a refusal, the agency that pulled, the grade, the day.
    """
    period = (found.since.isoformat(), found.until.isoformat())
    return _table(_OF_VOLUMES, ((*period, *line) for line in _volume_lines(found, grades)))


def volumes_json(found: Volumes, grades: Grades) -> dict[str, Any]:
    """The same for other programs."""
    rated: dict[str, dict[str, int]] = {}
    for (matter, grade), n in sorted(grades.items()):
        rated.setdefault(matter, {})[str(grade)] = n
    return {**found.as_json(), "ratings": rated}


def reuse_csv(found: ReuseFigures, *, hides_small: bool) -> str:
    """What needed no upload, by matter and material, and why the rest had to be handed in."""
    few = hides_small and is_few(found.applications)
    head = () if few else (("applications", "", "", "", found.applications),)
    lines = (line for figure in found.figures if figure.due for line in _reuse_lines(figure))
    return _table(_OF_REUSE, [*head, *lines])


def _volume_lines(found: Volumes, grades: Grades) -> Iterator[Line]:
    for m in found.matters:
        yield from _matter_lines(m)
    for one in found.reuse:
        yield "materials_due", one.matter, "", one.due
        yield "without_upload", one.matter, "", one.without_upload
        share = per_cent(one.without_upload, one.due)
        yield "without_upload_per_cent", one.matter, "", float(share)
    for matter in sorted({matter for matter, _ in grades}):
        by_grade = given(grades, matter)
        yield "ratings", matter, "", sum(by_grade.values())
        yield "ratings_good", matter, "", good(by_grade)
        for grade, n in sorted(by_grade.items(), reverse=True):
            yield "ratings_of_grade", matter, str(grade), n
    for agency, n in found.pulls.items():
        yield "pulls", "", agency, n
    yield "scans", "", "", found.scans
    for day, n in found.by_day.items():
        yield "submitted_on_day", "", day.isoformat(), n


def _matter_lines(m: MatterVolume) -> Iterator[Line]:
    for name in _COUNTS:
        yield name, m.matter.value, "", getattr(m, name)
    yield from _times("answer", m.matter.value, m.answer)
    yield from _times("sealing", m.matter.value, m.sealing)
    for code, n in m.reasons.items():
        yield "refused_for", m.matter.value, code, n


def _times(name: str, matter: str, spread: Spread | None) -> Iterator[Line]:
    if spread is not None:
        yield f"{name}_median_s", matter, "", spread.median_s
        if spread.p95_s is not None:
            yield f"{name}_p95_s", matter, "", spread.p95_s


def _reuse_lines(figure: Figure) -> Iterator[tuple[str, str, str, str, Cell]]:
    of = (figure.matter.value, figure.material.value)
    yield "due", *of, "", figure.due
    yield "without_upload", *of, "", figure.without_upload
    share = per_cent(figure.without_upload, figure.due)
    yield "without_upload_per_cent", *of, "", float(share)
    for code, n in figure.reasons.items():
        yield "handed_in_because", *of, code, n


def _table(columns: Iterable[str], lines: Iterable[Iterable[Cell]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_plain(cell) for cell in line] for line in lines)
    return text.getvalue()


def _plain(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
