"""The certstore command."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from certstore import __version__
from certstore.clock import SystemClock
from certstore.errors import CertstoreError
from certstore.service import cli_bench, cli_keys
from certstore.service.logs import set_up
from certstore.service.settings import Settings

main = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Issue, share, reuse and verify electronic residence certificates.",
    epilog="Start with `certstore demo`. Settings: CERTSTORE_… (environment, certstore.env).",
)
main.add_typer(cli_keys.keys, name="keys")
main.add_typer(cli_keys.trust, name="trust")
main.add_typer(cli_bench.bench, name="bench")

UNDECIDED = 2


@main.callback(invoke_without_command=True)
def certstore(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Issue, share, reuse and verify electronic residence certificates."""
    if version:
        print(f"certstore {__version__}")
        raise typer.Exit


@main.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Do the job, write artefacts, end.")] = False,
    out: Annotated[Path, typer.Option(help="With --once: the folder for the artefacts.")] = Path(
        "out"
    ),
    host: Annotated[str, typer.Option(help="The address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to serve at.")] = 8000,
) -> None:
    """Hand the invented city in, run the main job, and leave the service running.

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


@main.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to serve at.")] = 8000,
) -> None:
    """Serve pages and API with the stores that the settings name."""
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


@main.command()
def worker(
    once: Annotated[bool, typer.Option("--once", help="Do every job once and end.")] = False,
) -> None:
    """Do the background work: finish issuing, sign checkpoints, tell events."""
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


@main.command()
def verify(
    shown: Annotated[str, typer.Argument(metavar="FILE|CODE", help="A PDF, picture or code.")],
    root: Annotated[Path, typer.Option(help="The pinned root certificate (PEM).")],
    trust: Annotated[Path, typer.Option(help="The trust list (compact JWS).")],
    status: Annotated[list[Path] | None, typer.Option(help="A status list; repeatable.")] = None,
    at: Annotated[str, typer.Option(help="Judge as of this moment (ISO 8601 or Unix).")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge a certificate off line: a signed PDF, a picture of a code, or a code's text.

    Exit code 0: good. 1: judged bad. 2: could not be judged (an old or missing status list,
    an unreadable file, a bad trust list). Without a status list nothing is called valid.

        certstore verify voucher.pdf --root root.pem --trust trust-list.jws --status list.jwt
    """
    set_up("warning")
    from verifiers.scanning import verify as judge  # noqa: PLC0415 - slow to import

    moment = _moment(at)
    try:
        result = judge.verify(
            _read_shown(shown),
            root_pem=_read(root),
            trust_jws=_read(trust).decode("ascii", "replace"),
            status_files=[_read(path) for path in status or []],
            at=moment,
        )
    except CertstoreError as error:
        _cannot_judge(error, as_json=as_json)
    said = judge.as_json(result)
    if as_json:
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        _print_verdict(said)
    raise typer.Exit(judge.exit_code(result))


@main.command(name="import")
def hand_in(
    batches: Annotated[list[Path], typer.Argument(metavar="X.jsonl…", help="Signed batches.")],
) -> None:
    """Take in batches of source authorities; each has its signature beside it (X.jsonl.jws).

    Good lines are kept and bad ones listed with number and reason; the same batch again
    changes nothing. Exit code 1 when a line or a batch was refused.
    """
    from certstore.service.cli_import import take_in  # noqa: PLC0415 - slow to import
    from certstore.service.wiring import House  # noqa: PLC0415 - slow to import

    house = House(Settings())
    house.prepare()
    try:
        refused = take_in(house, batches)
    finally:
        house.close()
    raise typer.Exit(1 if refused else 0)


@main.command()
def decide(
    file: Annotated[Path, typer.Argument(help="Cases as JSON: {cases: [{name, facts}]}.")],
    later_from: Annotated[
        str, typer.Option(help="First day of the later rule set (YYYY-MM-DD).")
    ] = "",
) -> None:
    """Judge cases of material reuse and print a JSON list, one object a case.

    The same judging code serves applications and the API; what a file expects is not looked at.
    """
    from datetime import date  # noqa: PLC0415 - beside its use

    from verifiers.materials.decide_file import decide_file  # noqa: PLC0415 - slow to import
    from verifiers.materials.rules import load_rules  # noqa: PLC0415 - slow to import

    try:
        book = load_rules(date.fromisoformat(later_from) if later_from else None)
        decisions = decide_file(_read(file).decode("utf-8"), book)
    except (CertstoreError, ValueError) as error:
        _fail(str(error), getattr(error, "where", None), getattr(error, "remedy", None))
    print(json.dumps(decisions, ensure_ascii=False, indent=1))


def _moment(text: str) -> datetime:
    if not text:
        return SystemClock().now()
    try:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        _fail(f"--at is no moment: {text}", "--at", "write 2026-11-22T10:00:00+08:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_shown(shown: str) -> bytes | str:
    """A code's text is a code; everything else is a file."""
    if shown.startswith(("RP1:", "RPD1:", "RPH1:")):
        return shown
    return _read(Path(shown))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        _fail(f"{path} cannot be read: {error.strerror}", str(path), "check the name")


def _print_verdict(said: dict[str, object]) -> None:
    print(f"{said['verdict']}".upper())
    for reason in said["reasons"]:  # type: ignore[attr-defined]  # a list, by as_json
        print(f"  because   {reason}")
    for check in said["checks"]:  # type: ignore[attr-defined]  # as above
        mark = {True: "ok", False: "FAILED", None: "-"}[check["passed"]]
        print(f"  {mark:<9} {check['name']} {check['detail']}")
    for name, value in said["fields"].items():  # type: ignore[attr-defined]  # as above
        print(f"  {name:<18} {value}")


def _cannot_judge(error: CertstoreError, *, as_json: bool) -> NoReturn:
    if as_json:
        body: dict[str, object] = {
            "verdict": None,
            "reasons": [error.detail],
            "checks": [],
            "fields": {},
        }
        print(json.dumps(body, ensure_ascii=False))
    _fail(error.detail, error.where, error.remedy)


def _fail(what: str, where: str | None, remedy: str | None) -> NoReturn:
    print(f"certstore: {what}", file=sys.stderr)
    if where:
        print(f"  where: {where}", file=sys.stderr)
    if remedy:
        print(f"  what to do: {remedy}", file=sys.stderr)
    raise typer.Exit(UNDECIDED)


def run() -> None:
    """The command's entry: a refusal is a sentence, never a stack trace."""
    try:
        main()
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
