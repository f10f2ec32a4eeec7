"""`certstore matters`: agencies' matters as data."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certstore.service.open_house import open_house

if TYPE_CHECKING:
    from verifiers.matters.matter import AgencyMatter

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


def _read(file: Path) -> tuple["AgencyMatter", Mapping[str, Any]]:
    from verifiers.matters.matter import AgencyMatter, read_file  # noqa: PLC0415 - slow to import

    document = read_file(file.read_bytes(), toml=file.suffix == ".toml")
    return AgencyMatter.read(document), document


@matters.command()
def check(file: File) -> None:
    """Read a file and say what it holds; nothing is registered."""
    matter, _ = _read(file)
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
    _, document = _read(file)  # before the stores are opened
    with open_house() as house:
        from verifiers.matters.registry import OPERATOR  # noqa: PLC0415 - slow to import

        found = house.matter_desk.register(document, f"operator {by}" if by else OPERATOR)
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
    with open_house() as house:
        found = house.matter_desk.catalogue()
        waiting, _ = house.matter_approval_desk.lists()
    for each in found:
        version = f"{each.code}/{each.version}"
        print(f"{version:40}  {each.effective_from}  {each.document['title_zh']}")
    for proposal in waiting:
        version = f"{proposal.code}/{proposal.version}"
        print(f"{version:40}  {proposal.state:10}  {proposal.document['title_zh']}")
