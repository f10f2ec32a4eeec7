"""`certstore stamp`: put time-stamps over the documents that are due, with progress."""

import json
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from certstore.errors import NotFoundError
from certstore.service.open_house import open_house

if TYPE_CHECKING:
    from certstore.stamps.desk import StampDesk
    from certstore.tables.stamps import StampFigures

_EVERY_S = 5.0

EPILOG = """Examples:

\b
  certstore stamp                 all that is due now
  certstore stamp --limit 100
  certstore stamp --figures --json

The worker does the same by itself, a little at a time. Settings: CERTSTORE_TIME_AUTHORITY_URL,
_ROOTS, _POLICY, CERTSTORE_STAMP_RENEWAL_DAYS; docs/long-life.md.

\b
Exit code 0: done
Exit code 2: the time authority gave no stamp, or one that was refused; what was
             stamped before stays stamped, and the rest is due again"""


def stamp(
    limit: Annotated[int, typer.Option(min=1, help="Stop after so many documents.")] = 1_000_000,
    figures: Annotated[bool, typer.Option("--figures", help="Stamp nothing, only count.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Put time-stamps over documents, where one is due.

    Each document that was sealed here is stamped once it is issued, and again before the stamp's
    certificate or an algorithm ends. May be stopped at any time, and run beside the worker.
    """
    with open_house() as house:
        desk = house.stamp_desk
        if desk is None:
            raise NotFoundError(
                "no time authority is named",
                where="CERTSTORE_TIME_AUTHORITY_URL",
                remedy="name one, and its root (docs/long-life.md)",
            )
        if not figures:
            _stamp_all(desk, limit)
        _print(desk.figures(), as_json=as_json)


def _stamp_all(desk: "StampDesk", limit: int) -> None:
    from certstore.stamps.desk import Outcome  # noqa: PLC0415 - slow to import

    while desk.enter():
        pass
    stamped = looked_at = 0
    began = told = time.monotonic()
    while looked_at < limit and (outcome := desk.next()) is not None:
        looked_at += 1
        stamped += outcome is Outcome.STAMPED
        if time.monotonic() - told > _EVERY_S:
            told = time.monotonic()
            _progress(stamped, looked_at, told - began)
    _progress(stamped, looked_at, time.monotonic() - began)


def _progress(stamped: int, looked_at: int, seconds: float) -> None:
    pace = looked_at / seconds if seconds else 0.0
    said = f"{stamped} stamped, {looked_at - stamped} put off, {pace:.1f} a second"
    print(said, file=sys.stderr, flush=True)


def _print(found: "StampFigures", *, as_json: bool) -> None:
    least = found.holds_least_until
    said = {**asdict(found), "holds_least_until": least.isoformat() if least else None}
    if as_json:
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return
    for name, value in said.items():
        print(f"{name:<18} {'-' if value in {None, ''} else value}")
