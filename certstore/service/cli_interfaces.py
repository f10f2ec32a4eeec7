"""`certstore interfaces`: every interface to another system, and how each does."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certstore.clock import local_date
from certstore.errors import MalformedError
from certstore.service.open_house import open_house

if TYPE_CHECKING:
    from certstore.service.wiring import House

interfaces = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Interfaces to other systems: owner, test, health.",
    epilog="""Examples:

\b
  certstore interfaces list
  certstore interfaces tested live-check --on 2026-11-20 \\\\
      --counterpart "housing authority, acceptance system" --passed

Exit codes: 0 every interface in use works, 1 one fails, 2 could not be asked.""",
)
_LONGEST = 200


@interfaces.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="For other programs.")] = False,
) -> None:
    """Every interface with its owner, last joint test and health just now."""
    with open_house() as house:
        found = _states(house)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for each in found:
            tested = each["last_joint_test"]
            told = f"joint test {tested['on']}" if tested else "never tested jointly"
            print(f"{each['health']:8} {each['name']:18} {each['way']:4} {each['owner']}")
            print(f"{'':9}{each['because']}; {told}")
    if any(each["health"] == "fails" for each in found):
        raise typer.Exit(1)


@interfaces.command("tested")
def tested(
    name: Annotated[str, typer.Argument(help="Which interface, as `list` names it.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day of the test.")],
    counterpart: Annotated[str, typer.Option(help="Whose system, and which, it was tested with.")],
    passed: Annotated[bool, typer.Option("--passed/--failed", help="How it went.")],
) -> None:
    """Record a joint test with the other side."""
    from certstore.service.interfaces import interface  # noqa: PLC0415 - slow to import
    from certstore.tables.joint_tests import JointTest  # noqa: PLC0415 - as above

    found = interface(name)
    if not 0 < len(counterpart) <= _LONGEST or not counterpart.isprintable():
        raise MalformedError(f"write 1 to {_LONGEST} characters", where="--counterpart")
    with open_house() as house:
        if on.date() > local_date(house.clock.now()):
            raise MalformedError("the day of the test has not come", where="--on")
        with house.archive.writing() as books:
            books.joint_tests.add(JointTest(found.name, on.date(), counterpart, passed))
    print(f"{found.name}: {'passed' if passed else 'failed'} on {on.date()} with {counterpart}")


@interfaces.command("page")
def page(
    out: Annotated[Path, typer.Argument(help="Where the page is written.")] = Path(
        "docs/interfaces.md"
    ),
) -> None:
    """Write the inventory as a page of the documentation."""
    from certstore.service.interfaces import as_page  # noqa: PLC0415 - slow to import

    out.write_text(as_page(), "utf-8")
    print(f"written: {out}")


def _states(house: "House") -> list[dict[str, Any]]:
    from certstore.service import interfaces as inventory  # noqa: PLC0415 - slow to import

    tests = inventory.last_joint_tests(house)
    states = []
    for each in inventory.interfaces():
        how = inventory.health(house, each)
        joint = tests.get(each.name)
        states.append(
            {
                "name": each.name,
                "title": each.title,
                "way": each.way,
                "owner": each.owner,
                "contract": each.contract,
                "test": each.test,
                "health": how.state,
                "because": how.because,
                "last_joint_test": joint
                and {
                    "on": joint.tested_on.isoformat(),
                    "counterpart": joint.counterpart,
                    "passed": joint.passed,
                },
            }
        )
    return states
