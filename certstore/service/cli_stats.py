"""`certstore stats`: how much nobody had to hand in, and why the rest had to."""

import json
from typing import Annotated

import typer

from certstore.errors import ConflictError
from certstore.service.open_house import open_house
from issuance.reuse_figures import Figure, ReuseFigures, per_cent


def stats(
    city: Annotated[
        bool, typer.Option("--city", help="Of the whole demonstration city, were all to apply.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="Of applications so many days old.")] = (
        90
    ),
    as_json: Annotated[bool, typer.Option("--json", help="For other programs.")] = False,
) -> None:
    """The share of materials that needed no upload.

    By matter and by material, with the reasons for the rest. With --city everybody is taken to
    have passed a face verification. The console shows the same figures at /console/stats.
    """
    from certstore.service.city_figures import city_figures  # noqa: PLC0415 - slow to import

    with open_house() as house:
        if city and not house.demonstration:
            raise ConflictError(
                "there is no demonstration city beside production keys", remedy="leave --city out"
            )
        found = city_figures(house) if city else house.statistics_desk.reuse(days)
    print(json.dumps(found.as_json(), ensure_ascii=False, indent=1) if as_json else as_table(found))


def as_table(found: ReuseFigures) -> str:
    """The figures as lines of text."""
    if not found.applications:
        return "no application was submitted in these days"
    head = f"{found.applications} applications, {found.due} materials due: "
    lines = [f"{head}{per_cent(found.without_upload, found.due)}% needed no upload", ""]
    lines += [_line(figure) for figure in found.figures if figure.due]
    return "\n".join(lines)


def _line(figure: Figure) -> str:
    why = ", ".join(f"{code} {count}" for code, count in figure.reasons.items())
    bar = "█" * round(figure.share * 20)
    shown = per_cent(figure.without_upload, figure.due)
    share = f"{figure.without_upload:5}/{figure.due:<5} {shown:>5}% {bar:20}"
    return f"{figure.matter.value:23} {figure.material.value:13} {share} {why}".rstrip()
