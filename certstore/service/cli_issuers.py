"""`certstore issuers`: enrol the authorities whose certificates are sealed here."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from certstore.authority import AuthorityName
from certstore.clock import local_date
from certstore.service.cli_keys import RootFolder, RootPassphrase
from certstore.service.key_room import enrol_issuer_keys
from certstore.service.open_house import open_house
from certstore.service.passphrase import passphrase

issuers = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Authorities whose certificates are sealed here.",
    epilog="""Examples:

\b
  certstore issuers enrol 91310000MADM00078M --name-zh 示范市远帆物流有限公司 \\
      --name-en "Yuanfan Logistics" --type dormitory_certificate --until 2027-12-31
  certstore issuers list

The authority's service gets a token with the action issue (docs/issuing.md).
Exit code 2: refused, nothing changed.""",
)


@issuers.command("enrol")
def enrol(  # noqa: PLR0913, PLR0917 - a command takes its options so
    uscc: Annotated[str, typer.Argument(help="The unified social credit code, 18 characters.")],
    name_zh: Annotated[str, typer.Option(help="Its name in Chinese, as it is printed.")],
    name_en: Annotated[str, typer.Option(help="Its name in English.")],
    types: Annotated[list[str], typer.Option("--type", help="A type it issues; may be repeated.")],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day of its enrolment.")
    ],
    root: RootFolder = None,
    root_passphrase: RootPassphrase = "",
) -> None:
    """Enrol an authority from today, or change one.

    It gets keys of its own, certified by the root and listed under its name. Without --root the
    demonstration's own root certifies them.
    """
    with open_house() as house:
        opened = passphrase(house.settings)
        certifier: tuple[Path, bytes] = (
            (house.keys.folder, opened) if root is None else (root, root_passphrase.encode())
        )

        def make_keys(name: AuthorityName) -> None:
            enrol_issuer_keys(house.keys, opened, name, certifier, house.clock.now())

        name = AuthorityName(uscc, name_zh, name_en)
        found = house.issuer_desk.enrol(name, types, until.date(), make_keys)
    print(f"{found.uscc} {found.name_zh}: {', '.join(found.types)} until {found.enrolled_to}")


@issuers.command("end")
def end(uscc: Annotated[str, typer.Argument(help="Whose enrolment ends.")]) -> None:
    """End an enrolment at once; what was issued stays."""
    with open_house() as house:
        found = house.issuer_desk.end(uscc)
    print(f"{found.uscc} {found.name_zh}: enrolled until {found.enrolled_to}, then no more")


@issuers.command("list")
def show() -> None:
    """Every authority that was ever enrolled."""
    with open_house() as house:
        today = local_date(house.clock.now())
        for found in house.issuer_desk.all():
            state = "enrolled" if found.enrolled_on(today) else "ended"
            types = ", ".join(found.types)
            print(f"{found.uscc}  {state} until {found.enrolled_to}  {found.name_zh}  {types}")
