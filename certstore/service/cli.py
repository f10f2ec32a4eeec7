"""The certstore command."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from certstore import __version__
from certstore.errors import CertstoreError
from certstore.service import (
    cli_bench,
    cli_clients,
    cli_decide,
    cli_interfaces,
    cli_issuers,
    cli_keys,
    cli_ledger,
    cli_matters,
    cli_organisations,
    cli_receipt,
    cli_simulate,
    cli_stamp,
    cli_stats,
    cli_trust,
    cli_verify,
    closed_pipe,
)
from certstore.service.logs import set_up
from certstore.service.open_house import open_house
from certstore.service.settings import Settings

_EPILOG = """First steps:

\b
  certstore demo
      an invented city; the main job step by step; pages to sign in to
  certstore demo --once --out shown
      the same job without serving; what it made lies in shown/
  certstore verify shown/SF…-002.pdf --root shown/root.pem
      --trust shown/trust-list.jws --status shown/status-list-1.jwt

In production (docs/operations.md):

\b
  certstore keys root /media/root          once, on a machine off line
  certstore keys make --root /media/root   the house's keys
  certstore trust add housing.pem …        a source authority's key
  certstore serve                          pages and API
  certstore worker                         background work beside it
  certstore import housing.jsonl           a source authority's batch

Settings come from the environment, CERTSTORE_ before each name, or from the
file certstore.env in the working folder; the README has the table. Each
command and group has --help of its own, with examples.

\b
Exit code 0: done; judged good
Exit code 1: done, and something was refused or judged bad
Exit code 2: not done or not judged; standard error says why and what to do
Exit code 141: whoever read the output closed it (… | head)"""

main = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Issue, share, reuse and verify electronic residence certificates.",
    epilog=_EPILOG,
)

UNDECIDED = 2


@main.callback(invoke_without_command=True)
def certstore(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Issue, share, reuse and verify electronic residence certificates."""
    if version:
        print(f"certstore {__version__}")
        raise typer.Exit


@main.command(
    epilog="""Examples:

\b
  certstore demo --port 8010
  certstore demo --once --out shown

It prints the pages, and the people to sign in as. The stores are in ./var; remove them to see
the job from its beginning. Exit code 2: the port is taken, or a step did not go as promised."""
)
def demo(
    once: Annotated[bool, typer.Option("--once", help="Do the job, write artefacts, end.")] = False,
    out: Annotated[Path, typer.Option(help="With --once: the folder for the artefacts.")] = Path(
        "out"
    ),
    host: Annotated[str, typer.Option(help="The address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to serve at.")] = 8000,
) -> None:
    """Run the main job in an invented city, then serve it.

    The job: a resident registers and is approved by the rules, another by an officer; vouchers
    are issued, presented, scanned, pulled by a school, seen in the usage list, and superseded.
    With --once everything is done on fresh stores in OUT/store and the artefacts are written
    to OUT (summary.json lists them).
    """
    from certstore.service.demo import run_and_serve, run_once  # noqa: PLC0415 - slow to import

    settings = Settings().model_copy(update={"public_url": f"http://{host}:{port}"})
    set_up("warning")
    if once:
        run_once(settings, out)
    else:
        run_and_serve(settings, host, port)


@main.command(
    epilog="""Examples:

\b
  certstore serve
  CERTSTORE_PUBLIC_URL=https://certs.example certstore serve --host 0.0.0.0

It answers to the host of CERTSTORE_PUBLIC_URL, to CERTSTORE_HOSTS, and on loopback. Behind a
proxy, name its network in CERTSTORE_TRUSTED_PROXIES. Exit code 2: a setting, a key or a store
is missing; standard error says which."""
)
def serve(
    host: Annotated[str, typer.Option(help="The address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to serve at.")] = 8000,
) -> None:
    """Serve the pages and the API.

    With the stores and keys that the settings name; the database is brought up to date first.
    """
    from certstore.service.serving import serve as run  # noqa: PLC0415 - slow to import
    from certstore.service.wiring import House  # noqa: PLC0415 - slow to import

    settings = Settings()
    set_up(settings.log_level)
    house = House(settings)
    house.prepare()
    try:
        run(house, host, port)
    finally:
        house.close()


@main.command(
    epilog="""Example:

\b
  certstore worker --once

Exit code 0 when stopped; a job that fails is logged and tried again."""
)
def worker(
    once: Annotated[bool, typer.Option("--once", help="Do every job once and end.")] = False,
) -> None:
    """Do the background work.

    Finish issuing, sign checkpoints, tell events, forget what has ended; every two seconds.
    Several may run at once. The web process does it too unless CERTSTORE_WORK_IN_PROCESS=false.
    """
    from certstore.service.wiring import House  # noqa: PLC0415 - slow to import
    from certstore.service.worker import Worker  # noqa: PLC0415 - slow to import

    settings = Settings()
    set_up(settings.log_level)
    house = House(settings)
    house.prepare()
    jobs = Worker(house)
    try:
        if once:
            jobs.once()
        else:
            jobs.run()
    except KeyboardInterrupt:
        jobs.stop()
    finally:
        house.close()


main.command(epilog=cli_verify.EPILOG)(cli_verify.verify)
main.command("verify-receipt", epilog=cli_receipt.EPILOG)(cli_receipt.verify_receipt)


@main.command(
    name="import",
    epilog="""Example:

\b
  certstore import housing.jsonl police.jsonl

\b
Exit code 0: every line was taken, or was here already
Exit code 1: a line or a whole batch was refused
Exit code 2: nothing could be taken: a store or a key is missing""",
)
def hand_in(
    batches: Annotated[list[Path], typer.Argument(metavar="X.jsonl…", help="Signed batches.")],
) -> None:
    """Take in batches of source authorities.

    Each batch is X.jsonl with its signature beside it, X.jsonl.jws. Good lines are kept and bad
    ones listed with number and reason; the same batch again changes nothing.
    """
    from certstore.service.cli_import import take_in  # noqa: PLC0415 - slow to import

    with open_house() as house:
        refused = take_in(house, batches)
    raise typer.Exit(1 if refused else 0)


main.command(epilog=cli_decide.EPILOG)(cli_decide.decide)
main.command()(cli_stats.stats)
main.command(epilog=cli_stamp.EPILOG)(cli_stamp.stamp)
main.command("simulate", epilog=cli_simulate.EPILOG)(cli_simulate.simulate_days)
for group, name in (
    (cli_keys.keys, "keys"),
    (cli_trust.trust, "trust"),
    (cli_ledger.ledger, "ledger"),
    (cli_organisations.organisations, "organisations"),
    (cli_issuers.issuers, "issuers"),
    (cli_clients.clients, "clients"),
    (cli_interfaces.interfaces, "interfaces"),
    (cli_matters.matters, "matters"),
    (cli_bench.bench, "bench"),
):
    main.add_typer(group, name=name)


def run() -> None:
    """The command's entry: a refusal is a sentence, never a stack trace."""
    closed_pipe.watch()
    try:
        try:
            main()
        finally:
            sys.stdout.flush()  # here, while its reader's going can still be told by the exit code
    except CertstoreError as error:
        print(f"certstore: {error.detail}", file=sys.stderr)
        for name in ("where", "remedy"):
            if getattr(error, name):
                print(f"  {name}: {getattr(error, name)}", file=sys.stderr)
        sys.exit(UNDECIDED)
    except ValidationError as error:  # of the settings; their values may be secrets
        for wrong in error.errors():
            name = "_".join(str(part) for part in wrong["loc"]).upper()
            print(f"certstore: CERTSTORE_{name}: {wrong['msg']}", file=sys.stderr)
        sys.exit(UNDECIDED)
    except (OSError, UnicodeDecodeError) as error:
        print(f"certstore: {error}", file=sys.stderr)
        sys.exit(UNDECIDED)


if __name__ == "__main__":
    run()
