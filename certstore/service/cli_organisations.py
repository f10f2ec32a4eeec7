"""`certstore organisations`: enrol the employers and schools that issue dormitory certificates."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from certstore.clock import local_date
from certstore.service.open_house import open_house

if TYPE_CHECKING:
    from certstore.organisations import OrganisationDesk

organisations = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Employers and schools that issue dormitory certificates.",
    epilog="""Examples:

\b
  certstore organisations enrol 91310000MADM00078M --name-zh 远帆物流 \\
      --name-en "Yuanfan Logistics" --kind employer --until 2027-12-31
  certstore organisations list

Their clerks sign in with the OpenID claims staff_number and organisation_uscc and
find their page at /dormitory. Exit code 2: refused, nothing changed.""",
)


@contextmanager
def _desk() -> Iterator["OrganisationDesk"]:
    with open_house() as house:
        yield house.organisation_desk


@organisations.command("enrol")
def enrol(
    uscc: Annotated[str, typer.Argument(help="The unified social credit code, 18 characters.")],
    name_zh: Annotated[str, typer.Option(help="Its name in Chinese.")],
    name_en: Annotated[str, typer.Option(help="Its name in English.")],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day of its enrolment.")
    ],
    kind: Annotated[str, typer.Option(help="One of employer, school.")] = "employer",
) -> None:
    """Enrol an organisation from today, or change one.

    A last day that has passed is refused.
    """
    with _desk() as desk:
        found = desk.enrol(uscc, (name_zh, name_en), kind, until.date())
    print(f"{found.uscc} {found.name_zh}: enrolled until {found.enrolled_to}")


@organisations.command("end")
def end(
    uscc: Annotated[str, typer.Argument(help="Whose enrolment ends.")],
) -> None:
    """End an enrolment with today; what was issued stays."""
    with _desk() as desk:
        found = desk.end(uscc)
    print(f"{found.uscc} {found.name_zh}: enrolled until {found.enrolled_to}, then no more")


@organisations.command("list")
def show() -> None:
    """Every organisation that was ever enrolled."""
    with _desk() as desk:
        today = local_date(desk.clock.now())
        for found in desk.all():
            state = "enrolled" if found.enrolled_on(today) else "ended"
            print(
                f"{found.uscc}  {found.kind:8}  {state} until {found.enrolled_to}  {found.name_zh}"
            )
