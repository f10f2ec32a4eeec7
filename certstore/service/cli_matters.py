"""`certstore matters`: agencies' matters as data."""

from pathlib import Path
from typing import Annotated

import typer

from certstore.service.settings import Settings
from certstore.service.wiring import House
from verifiers.matters.matter import AgencyMatter, read_file
from verifiers.matters.registry import OPERATOR

matters = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Agencies' own matters as data, and what proves what.",
    epilog="""Examples:

\b
  certstore matters check school_enrolment.toml
  certstore matters register school_enrolment.toml
  certstore matters list

docs/matters.md describes a file. A version is never changed: what is to change is a new one.
It counts once two operators have approved it at /console/matters.
Exit code 2: refused, nothing changed.""",
)
File = Annotated[
    Path, typer.Argument(help="A matter, as TOML (.toml) or JSON.", exists=True, dir_okay=False)
]


def _read(file: Path) -> AgencyMatter:
    return AgencyMatter.read(read_file(file.read_bytes(), toml=file.suffix == ".toml"))


@matters.command()
def check(file: File) -> None:
    """Read a file and say what it holds; nothing is registered."""
    matter = _read(file)
    codes = ", ".join(material.code for material in matter.materials)
    print(f"{matter.rule_version}  from {matter.effective_from}  {matter.title_zh}")
    print(f"  materials: {codes}")


@matters.command()
def register(
    file: File,
    by: Annotated[str, typer.Option(help="Your staff number: you cannot approve it then.")] = "",
) -> None:
    """Propose a version; two operators approve it.

    The same again changes nothing.
    """
    _read(file)  # before the stores are opened
    house = House(Settings())
    house.prepare()
    try:
        document = read_file(file.read_bytes(), toml=file.suffix == ".toml")
        found = house.matter_desk.register(document, f"operator {by}" if by else OPERATOR)
    finally:
        house.close()
    version, day = found.matter.rule_version, found.matter.effective_from
    if found.state == "active":
        said = "registered" if found.anew else "is registered already"
        mark = ", approved by nobody: this is a sandbox" if found.approval == "sandbox" else ""
        print(f"{version} {said}, in force from {day}{mark}")
    else:
        print(f"{version} is {found.state}; two operators decide at /console/matters")


@matters.command("list")
def every() -> None:
    """List every matter, then what waits for approval.

    Of each matter the version in force, one line each.
    """
    house = House(Settings())
    house.prepare()
    try:
        found = house.matter_desk.catalogue()
        waiting, _ = house.matter_approval_desk.lists()
    finally:
        house.close()
    for each in found:
        version = f"{each.code}/{each.version}"
        print(f"{version:40}  {each.effective_from}  {each.document['title_zh']}")
    for proposal in waiting:
        version = f"{proposal.code}/{proposal.version}"
        print(f"{version:40}  {proposal.state:10}  {proposal.document['title_zh']}")
