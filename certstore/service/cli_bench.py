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
    """Signed A4 vouchers per CPU-second on one core.

    Beside the same made with typst, qrcode and pyHanko.
    """
    from certstore.service.bench_issue import as_json as spell  # noqa: PLC0415 - slow to import
    from certstore.service.bench_issue import as_table, bench_issue  # noqa: PLC0415 - as above

    found = bench_issue(seconds)
    if as_json:
        print(spell(found))
    else:
        print(as_table(found))


@bench.command("scan")
def scan(
    seconds: Annotated[float, typer.Option(help="How long all run, taking turns.")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Codes judged off line per CPU-second on one core.

    Text in, verdict with all checks and status out; beside bare ECDSA P-256 verification, the
    limit, and beside python-cwt with cbor2.
    """
    from certstore.service.bench_scan import as_json as spell  # noqa: PLC0415 - slow to import
    from certstore.service.bench_scan import as_table, bench_scan  # noqa: PLC0415 - as above

    found = bench_scan(seconds)
    print(spell(found) if as_json else as_table(found))


@bench.command("face")
def face(
    count: Annotated[int, typer.Option(min=10, max=20_000, help="How many results.")] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What taking one signed face result costs in CPU time.

    Beside the signature alone, the limit, and PyJWT's decode.
    """
    from certstore.service.bench_face import as_json as spell  # noqa: PLC0415 - slow to import
    from certstore.service.bench_face import as_table, bench_face  # noqa: PLC0415 - as above

    found = bench_face(count)
    print(spell(found) if as_json else as_table(found))


@bench.command("photos")
def photos(
    drawn: Annotated[int, typer.Option(min=1, max=200, help="How many drawn portraits.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What the photo check catches, and what it does not.

    Portraits are spoilt in forty ways at several strengths and judged at each level installed;
    then the same picture is looked for again, saved anew and under another name.
    """
    from certstore.service.bench_photos import as_json as spell  # noqa: PLC0415 - slow to import
    from certstore.service.bench_photos import as_table, bench_photos  # noqa: PLC0415 - as above

    found = bench_photos(drawn)
    print(spell(found) if as_json else as_table(found))


@bench.command("pull")
def pull(
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds of 1,500 pulls.")] = 5,
    postgresql: Annotated[str, typer.Option(help="An empty database: postgresql+psycopg://…")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Recorded pulls a second, on both databases.

    Each with its record and ledger leaf committed. One worker and 64 connections, proofs of
    possession checked; beside one connection that commits bare rows, and a bare server that
    answers without any check or record.
    """
    from certstore.service.bench_pull.figures import as_json as spell  # noqa: PLC0415 - slow
    from certstore.service.bench_pull.figures import as_table  # noqa: PLC0415 - to import
    from certstore.service.bench_pull.measure import bench_pull  # noqa: PLC0415 - as above

    found = bench_pull(rounds, postgresql)
    print(spell(found) if as_json else as_table(found))
