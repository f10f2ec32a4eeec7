"""`certstore verify-receipt`: judge, off line, a receipt that the scanner gave."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from certstore.clock import SystemClock
from certstore.errors import CertstoreError, InvalidTokenError, MalformedError, NotFoundError
from certstore.service.logs import set_up
from certstore.trust import TrustList, parse_trust_list

BAD = 1
UNDECIDED = 2
_LARGEST = 2 << 20  # beyond what any of the files may be

EPILOG = """Examples:

\b
  certstore verify-receipt receipt.jwt --root root.pem --trust trust-list.jws
  certstore verify-receipt receipt.jwt --root root.pem --trust trust-list.jws
      --code "RPD1:6BF…"

Exit code 0: the receipt holds
Exit code 1: it does not, or it is of another code
Exit code 2: it could not be judged: a file cannot be read; the root or the
             trust list is missing or not genuine"""


def verify_receipt(
    receipt: Annotated[Path, typer.Argument(metavar="FILE", help="The receipt (compact JWS).")],
    root: Annotated[Path, typer.Option(metavar="FILE", help="The root you trust (PEM).")],
    trust: Annotated[Path, typer.Option(metavar="FILE", help="The trust list the root signed.")],
    code: Annotated[str, typer.Option(help="The text of the code it should be of.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge the receipt of a scan, off line.

    It says that a code was judged on line, when, with which verdict and for whom; of the person
    it says nothing. With --code it is held against the code's text.
    """
    set_up("warning")
    try:
        found = _judge(receipt, (root, trust), code, as_json=as_json)
    except CertstoreError as error:
        print(f"certstore: {error.detail}", file=sys.stderr)
        found = UNDECIDED
    raise typer.Exit(found)


def _judge(path: Path, held: tuple[Path, Path], code: str, *, as_json: bool) -> int:
    from verifiers.scanning.receipts import ScanReceipt  # noqa: PLC0415 - slow to import

    now = SystemClock().now()
    trust = _trust(*held, now)
    try:
        receipt = ScanReceipt.read(_read(path).decode("ascii", "replace"), trust, now)
    except (MalformedError, InvalidTokenError) as error:
        return _does_not_hold(error.detail)
    if code and not receipt.is_of(code):
        return _does_not_hold("it is the receipt of another code")
    said = asdict(receipt) | {"checked_at": receipt.checked_at.isoformat()}
    if as_json:
        print(json.dumps(said, ensure_ascii=False))
    else:
        print("HOLDS")
        for name, value in said.items():
            print(f"  {name:<12} {value}")
    return 0


def _does_not_hold(why: str) -> int:
    print(f"DOES NOT HOLD\n  because   {why}")
    return BAD


def _trust(root: Path, trust: Path, now: datetime) -> TrustList:
    try:
        certificate = x509.load_pem_x509_certificate(_read(root))
    except ValueError as error:
        raise MalformedError("the root is not a PEM certificate", where=str(root)) from error
    jws = _read(trust).decode("ascii", "replace").strip()
    return parse_trust_list(jws, certificate, now, outdated=True)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}", where=str(path)) from error
