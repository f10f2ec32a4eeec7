"""`certstore verify`: judge what one was shown, off line, with files alone."""

import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from certstore.clock import SystemClock
from certstore.errors import CertstoreError, MalformedError, NotFoundError
from certstore.service.logs import set_up

UNDECIDED = 2
_LARGEST = 32 << 20  # beyond what any of the files may be, so that none is read without end
_CODES = ("RP1:", "RPD1:", "RPH1:")
_STATUS_ADDRESS = re.compile(r"https?://[^/?#\s]+/s/[0-9a-z]{20}")
_OPENED = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")  # opened by a process that takes time to start
_FETCH = "fetch it while on line: PUBLIC_URL/.well-known/certstore-{name}; see docs/verifying.md"

EPILOG = """Examples:

\b
  certstore verify voucher.pdf --root root.pem --trust trust-list.jws
      --status status-list-1.jwt
  certstore verify photo.jpg --root root.pem --trust trust-list.jws
      --status status-list-1.cwt --json
  certstore verify "RP1:6BF…" --root root.pem --trust trust-list.jws
      --status status-list-1.jwt --at 2026-11-22T10:00:00+08:00

The files come from the service; fetch them while on line:

\b
  PUBLIC_URL/.well-known/certstore-root.pem
      compare it once with one you got another way
  PUBLIC_URL/.well-known/certstore-trust-list
  PUBLIC_URL/status-lists/1
      a JWT; with the header Accept: application/statuslist+cwt a CWT
  PUBLIC_URL/.well-known/certstore-signed-out-devices
      for --devices: phones that may show nothing off line any more

\b
Exit code 0: good
Exit code 1: judged bad. A code or a signature was there and is not good:
             expired, revoked, superseded, changed, unknown issuer …
Exit code 2: could not be judged. No status list speaks for it, or one past
             its 300 seconds; without --at, this machine's clock is behind
             what is held (CLOCK_BEHIND); the file is cut, cannot be opened,
             takes too much to open, is unsigned or saved anew; no code,
             or several, in the picture; neither a file nor a code; root or
             trust list missing or not genuine"""

Shown = Annotated[
    str,
    typer.Argument(
        metavar="FILE|CODE",
        help="A signed PDF, a picture of a code (PNG, JPEG), or a code's text"
        " (it begins with RP1:, RPD1: or RPH1:).",
    ),
]
Root = Annotated[Path, typer.Option(metavar="FILE", help="The root certificate you trust (PEM).")]
Trust = Annotated[
    Path, typer.Option(metavar="FILE", help="The trust list that the root signed (compact JWS).")
]
Lists = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="A status list, JWT or CWT; may be given several times. Without one that is fresh"
        " nothing is called valid.",
    ),
]
TimeRoots = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Roots of the time authorities you trust (PEM); may be given several times. Needed"
        " for a document whose signing certificate has ended.",
    ),
]
Devices = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The list of phones that were signed out (compact JWS); without one, or past its 300"
        " seconds, a code shown off line (RPH1:) is judged by its own end alone.",
    ),
]
At = Annotated[
    str,
    typer.Option(
        metavar="TIME", help="Judge as of this moment (ISO 8601, or Unix seconds); else now."
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print {verdict, reasons, checks, fields} as JSON.")
]


def verify(  # noqa: PLR0913, PLR0917 - the command's options
    shown: Shown,
    root: Root,
    trust: Trust,
    status: Lists = None,
    time_root: TimeRoots = None,
    devices: Devices = None,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Judge a certificate off line.

    It needs no network and no account: the root, the trust list and the status lists are files.
    Every check is printed, and what the certificate says if its signature is good.
    """
    set_up("warning")
    try:
        files = (root, trust, status or (), time_root or (), devices)
        code = _judge(shown, files, at, as_json=as_json)
    except CertstoreError as error:
        _cannot_judge(error, as_json=as_json)
        code = UNDECIDED
    except Exception as error:  # noqa: BLE001 - a stranger's file: a sentence, and no trace
        found = MalformedError(
            f"it could not be judged: {type(error).__name__}",
            remedy="ask for the file as it was issued; tell the maintainers (SECURITY.md)",
        )
        _cannot_judge(found, as_json=as_json)
        code = UNDECIDED
    raise typer.Exit(code)


def _judge(
    shown: str,
    held: tuple[Path, Path, Sequence[Path], Sequence[Path], Path | None],
    at: str,
    *,
    as_json: bool,
) -> int:
    root, trust, lists, times, devices = held
    moment = _moment(at)
    item = _read_shown(shown)
    if isinstance(item, bytes) and item.startswith(_OPENED):
        from verifiers.scanning.reading_room import reading_room  # noqa: PLC0415 - slow to import

        reading_room().room.warm()  # starts while we read on
    from verifiers.scanning import verify as judge  # noqa: PLC0415 - slow to import

    result = judge.verify(
        item,
        root_pem=_read(root, _FETCH.format(name="root.pem")),
        trust_jws=_read(trust, _FETCH.format(name="trust-list")).decode("ascii", "replace"),
        status_files=[_read(path, "fetch it: PUBLIC_URL/status-lists/1") for path in lists],
        at=moment,
        time_roots=[_read(path, "see docs/long-life.md") for path in times],
        devices=_read_devices(devices),
        by_clock=not at,
    )
    said = judge.as_json(result)
    if as_json:
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        _print_verdict(said)
    return judge.exit_code(result)


def _read_devices(path: Path | None) -> str | None:
    if path is None:
        return None
    where = "fetch it while on line: PUBLIC_URL/.well-known/certstore-signed-out-devices"
    return _read(path, where).decode("ascii", "replace")


def _moment(text: str) -> datetime:
    if not text:
        return SystemClock().now()
    try:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise MalformedError(
            f"--at is no moment: {text}", where="--at", remedy="write 2026-11-22T10:00:00+08:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_shown(shown: str) -> bytes | str:
    """A code's text is a code, with what was pasted around it; everything else is a file."""
    if shown.strip().startswith(_CODES):
        return shown.strip()
    try:
        there = Path(shown).exists()
    except (OSError, ValueError):  # too long for a name, or no name at all
        there = False
    if not there and _STATUS_ADDRESS.fullmatch(shown.strip()):
        raise NotFoundError(
            f"{shown.strip()[:60]} is the address of a status page, as the small code holds it",
            where="FILE|CODE",
            remedy="scan the large code beside it: its text begins with RP1:. The address tells"
            " the status alone, on line; none is opened here",
        )
    if not there:
        raise NotFoundError(
            f"{shown[:60]} is neither a file nor a code",
            where="FILE|CODE",
            remedy="check the file's name, or give a code's text: it begins with"
            " RP1:, RPD1: or RPH1:",
        )
    return _read(Path(shown), "give a signed PDF, a picture or a code's text")


def _read(path: Path, remedy: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no name of a file"
        raise NotFoundError(
            f"{path} cannot be read: {why}", where=str(path), remedy=remedy
        ) from error


def _print_verdict(said: dict[str, object]) -> None:
    print(f"{said['verdict']}".upper())
    for reason in said["reasons"]:  # type: ignore[attr-defined]  # a list, by as_json
        print(f"  because   {reason}")
    _print_account(said.get("document"))
    for check in said["checks"]:  # type: ignore[attr-defined]  # as above
        mark = {True: "ok", False: "FAILED", None: "-"}[check["passed"]]
        print(f"  {mark:<9} {check['name']} {check['detail']}")
    for name, value in said["fields"].items():  # type: ignore[attr-defined]  # as above
        print(f"  {name:<18} {value}")


def _print_account(account: object) -> None:
    """What became of a file since it was signed (docs/documents.md)."""
    match account:
        case {"finding": finding, "obstacle": obstacle, "changes": changes, "signers": signers}:
            print(f"  file      {finding}{f': {obstacle}' if obstacle else ''}")
            for change in changes:
                print(f"  changed   {change['kind']} {change['detail']}")
            for name in signers:
                print(f"  signed    {name} (as it calls itself)")


def _cannot_judge(error: CertstoreError, *, as_json: bool) -> None:
    if as_json:
        body: dict[str, object] = {
            "verdict": None,
            "reasons": [error.detail],
            "checks": [],
            "fields": {},
        }
        print(json.dumps(body, ensure_ascii=False))
    print(f"certstore: {error.detail}", file=sys.stderr)
    for label, value in (("where", error.where), ("what to do", error.remedy)):
        if value:
            print(f"  {label}: {value}", file=sys.stderr)
