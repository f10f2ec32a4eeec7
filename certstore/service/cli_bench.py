"""`certstore bench`: figures measured here and now, ours beside the alternative in one run."""

from typing import Annotated

import typer

bench = typer.Typer(no_args_is_help=True, help="Measure, and print ours beside the alternative.")


@bench.callback()
def callback() -> None:
    """Measure, and print ours beside the alternative."""


@bench.command("issue")
def issue(
    seconds: Annotated[float, typer.Option(help="How long each pipeline runs.")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Signed A4 vouchers per CPU-second on one core, beside typst + qrcode + pyHanko."""
    from certstore.service.bench_issue import as_json as spell  # noqa: PLC0415 - slow to import
    from certstore.service.bench_issue import as_table, bench_issue  # noqa: PLC0415 - as above

    found = bench_issue(seconds)
    if as_json:
        print(spell(found))
    else:
        print(as_table(found))
