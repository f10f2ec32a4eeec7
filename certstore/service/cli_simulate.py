"""`certstore simulate`: the announcement's first 49 days, played on the service's own code."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from certstore.errors import MalformedError

EPILOG = """Examples:

\b
  certstore simulate --per-day 179
  certstore simulate --days 7 --per-day 100 --seed another --json
  certstore simulate --keep /data/played

Exit code 0: everything holds. 1: something does not, and it says what. 2: it could not be
played."""
_FIRST_DAY = datetime(2026, 3, 2)  # noqa: DTZ001 - a day; a Monday, with a festival to come
_FAILED = 1


def simulate_days(  # noqa: PLR0913, PLR0917 - each is an option of the command
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days.")] = 49,
    per_day: Annotated[int, typer.Option(min=1, max=20_000, help="Cases begun a day.")] = 1790,
    start: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")
    ] = _FIRST_DAY,
    processes: Annotated[
        int, typer.Option(min=0, max=64, help="Parts of the city; 0: one a processor.")
    ] = 0,
    seed: Annotated[
        str, typer.Option(help="Other people, other outages, other choices.")
    ] = "示范市",
    keep: Annotated[
        Path | None, typer.Option(help="A new folder for the stores; else they are removed.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Play the first 49 days on the real code with a moved clock.

    The days that followed the announcement of 2021, with as many cases. Residents of the
    demonstration city, as many as it takes, register, move, apply for permits, report losses;
    some vanish. Officers are slow and now and then absent, sources are down. Everything goes
    through the desks that pages and API use, on embedded stores; HTTP itself, PostgreSQL and
    photo checks of each single person are left out.

    Then everything is read anew: whether every case stands where the table of its matter lets
    it, none late by the service's own fault, every certificate made once, every access in the
    ledger. The announcement's figures are printed beside what came out here.

    The whole of it takes about an hour on two shared processors, and 13 GB of the temporary
    folder (or of --keep) while it runs; with --per-day 179 about a tenth of both.
    """
    from certstore.service.simulation.assumptions import assumptions  # noqa: PLC0415 - slow to import
    from certstore.service.simulation.figures import as_lines  # noqa: PLC0415 - as above
    from certstore.service.simulation.parts import simulate  # noqa: PLC0415 - as above

    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise MalformedError(
            "the folder is not empty", where=str(keep), remedy="name one that is new"
        )
    found = simulate(
        days=days,
        per_day=per_day,
        parts=min(processes or os.cpu_count() or 1, per_day),
        start=start.date(),
        seed=seed,
        folder=keep,
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    else:
        print("\n".join(as_lines(found, assumptions().announced)))
    if found.faults:
        raise typer.Exit(_FAILED)
