"""`certstore bench`: figures measured here and now, ours beside the alternative in one run."""

import sys
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
    browser: Annotated[bool, typer.Option(help="Also in Chromium, if it is there.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Codes judged off line per CPU-second on one core.

    Text in, verdict with all checks and status out; beside bare ECDSA P-256 verification, the
    limit, and beside python-cwt with cbor2. Then what the scanner page does in Chromium, beside
    bare WebCrypto verification.
    """
    from certstore.service.bench_scan import as_json as spell  # noqa: PLC0415 - slow to import
    from certstore.service.bench_scan import (  # noqa: PLC0415 - as above
        as_table,
        bench_scan,
        with_browser,
    )

    found = bench_scan(seconds)
    if browser:
        found = with_browser(found)
    print(spell(found) if as_json else as_table(found))


@bench.command("status")
def status(
    certificates: Annotated[
        list[int] | None,
        typer.Option("--size", min=1000, max=20_000_000, help="How many; may be given again."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Status lists: how fast they are built and changed, and their size.

    For 100,000, a million and ten million certificates, one in a hundred not plainly valid.
    Beside one list of everybody made anew, and what compressing and signing alone cost.
    """
    from certstore.service.bench_status import SIZES, as_table, bench_status  # noqa: PLC0415 - as above
    from certstore.service.bench_status import as_json as spell  # noqa: PLC0415 - slow to import

    found = bench_status(certificates or SIZES, say=lambda line: print(line, file=sys.stderr))
    print(spell(found) if as_json else as_table(found))


@bench.command("reading")
def reading(
    photographs: Annotated[
        int, typer.Option(min=1, max=2000, help="How many of each kind at each size.")
    ] = 60,
    browser: Annotated[bool, typer.Option(help="Read them in Chromium too.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Photographed codes that the server and a browser read.

    Vouchers, permits and telephones, turned, tilted, out of focus, dark, reflected by a
    screen's grid … at 2 to 4 pixels a module; beside what one plain look of zxing-cpp reads.
    """
    from certstore.service.bench_reading import as_json as spell  # noqa: PLC0415 - slow to import
    from certstore.service.bench_reading import as_table, bench_reading  # noqa: PLC0415 - as above

    found = bench_reading(
        photographs, browser=browser, say=lambda line: print(line, file=sys.stderr)
    )
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
