"""`certstore decide`: cases of material reuse from a file, judged."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from certstore.errors import MalformedError

EPILOG = """Example:

\b
  certstore decide cases.json --later-from 2027-01-01

\b
with cases.json as {"cases": [{"name": "…", "facts": {…}}]}; facts hold
  matter                what is applied for
  as_of                 the moment of judging
  applicant, guardian   people: name, id_type, id_number
  context               the home: dwelling, occupier, relative, address
  on_file               records: type, holders, dates, status, claims
  face_results          results of face verification
  sources_down          sources that cannot be asked

docs/decisions.md explains each and has a whole example.

\b
Exit code 0: every case was judged
Exit code 1: a case was at fault and has "error" in its place
Exit code 2: the file cannot be read; standard error says why"""


def decide(
    file: Annotated[Path, typer.Argument(help="Cases as JSON: {cases: [{name, facts}]}.")],
    later_from: Annotated[
        str, typer.Option(help="First day of the later rule set (YYYY-MM-DD).")
    ] = "",
    earlier_from: Annotated[
        str, typer.Option(help="First day an earlier verification counts (YYYY-MM-DD).")
    ] = "",
) -> None:
    """Judge cases of material reuse.

    Prints a JSON list, one object a case. The same judging code serves applications and the
    API; what a file expects is not looked at.
    """
    from verifiers.materials.decide_file import decide_file, read_text  # noqa: PLC0415 - slow
    from verifiers.materials.rules import load_rules  # noqa: PLC0415 - slow to import

    book = load_rules(_day(later_from, "--later-from"), _day(earlier_from, "--earlier-from"))
    decisions = decide_file(read_text(_content(file)), book)
    print(json.dumps(decisions, ensure_ascii=False, indent=1))
    raise typer.Exit(1 if any("error" in decision for decision in decisions) else 0)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MalformedError(
            f"{path} cannot be read: {error.strerror}", where=str(path), remedy="check the name"
        ) from None


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise MalformedError(
            "no such day in the calendar", where=option, remedy="write YYYY-MM-DD"
        ) from None
