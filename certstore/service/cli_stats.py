"""`certstore stats`: how much nobody had to hand in; volumes and times."""

import json
from collections.abc import Mapping
from typing import Annotated

import typer

from certstore.errors import ConflictError
from certstore.service.open_house import open_house
from issuance.reuse_figures import Figure, ReuseFigures, per_cent
from issuance.volumes.figures import MatterVolume, Volumes


def stats(
    city: Annotated[
        bool, typer.Option("--city", help="Of the whole demonstration city, were all to apply.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="Of applications so many days old.")] = (
        90
    ),
    volumes: Annotated[
        bool, typer.Option("--volumes", help="How much came in, and how fast it was answered.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs.")] = False,
) -> None:
    """The share of materials that needed no upload.

    By matter and by material, with the reasons for the rest. With --city everybody is taken to
    have passed a face verification. The console shows the same figures at /console/stats, and
    those of --volumes at /console/volumes; of real people, counts are rounded to five, of the
    last 7, 30, 90 or 366 whole days.
    """
    from certstore.service.city_figures import city_figures  # noqa: PLC0415 - slow to import
    from issuance.pages.volumes_views import shown  # noqa: PLC0415 - the same
    from issuance.volumes.desk import moments_of  # noqa: PLC0415 - the same

    with open_house() as house:
        if city and not house.demonstration:
            raise ConflictError(
                "there is no demonstration city beside production keys", remedy="leave --city out"
            )
        if volumes:
            counted = house.volume_desk.volumes(days)
            grades = house.rating_desk.counted(*moments_of(counted))
            found, rated = shown(counted, grades, demonstration=house.demonstration)
            print(_volumes(found, rated, as_json))
            return
        reuse = city_figures(house) if city else house.statistics_desk.reuse(days)
    print(json.dumps(reuse.as_json(), ensure_ascii=False, indent=1) if as_json else as_table(reuse))


def as_table(found: ReuseFigures) -> str:
    """The figures as lines of text."""
    if not found.applications:
        return "no application was submitted in these days"
    head = f"{found.applications} applications, {found.due} materials due: "
    lines = [f"{head}{per_cent(found.without_upload, found.due)}% needed no upload", ""]
    lines += [_line(figure) for figure in found.figures if figure.due]
    return "\n".join(lines)


def _volumes(found: Volumes, grades: Mapping[tuple[str, int], int], as_json: bool) -> str:
    if as_json:
        from issuance.pages.figure_tables import volumes_json  # noqa: PLC0415 - slow to import

        return json.dumps(volumes_json(found, grades), ensure_ascii=False, indent=1)
    pulls = sum(found.pulls.values())
    head = f"{found.since} to {found.until}: {pulls} pulls, {found.scans} scans"
    return "\n".join([head, "", *map(_volume_line, found.matters)])


def _volume_line(m: MatterVolume) -> str:
    in_time = per_cent(m.in_time, m.decided)
    median = f"median {m.answer.median_s:.0f} s" if m.answer else ""
    p95 = f"95 % {m.answer.p95_s:.0f} s" if m.answer and m.answer.p95_s is not None else ""
    settled = f"{m.submitted:6} submitted {m.issued + m.done:6} settled"
    counts = f"{settled} {m.refused:5} refused {m.late:4} late"
    return f"{m.matter.value:23}{counts}  {in_time:>5}% in time  {median}  {p95}".rstrip()


def _line(figure: Figure) -> str:
    why = ", ".join(f"{code} {count}" for code, count in figure.reasons.items())
    bar = "█" * round(figure.share * 20)
    shown = per_cent(figure.without_upload, figure.due)
    share = f"{figure.without_upload:5}/{figure.due:<5} {shown:>5}% {bar:20}"
    return f"{figure.matter.value:23} {figure.material.value:13} {share} {why}".rstrip()
