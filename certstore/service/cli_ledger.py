"""`certstore ledger`: check a proof file off line, and watch over a whole ledger."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from certstore.errors import MalformedError
from certstore.ledger_proof import judge_signed_proof, read_proof
from certstore.signed_note import VerifierKey, open_checkpoint
from certstore.witness_policy import WitnessPolicy

ledger = typer.Typer(no_args_is_help=True, help="The record of every access: check it.")
_BAD = 1
_MARKS = {True: "ok", False: "FAILED", None: "-"}

PublicKey = Annotated[
    Path, typer.Option("--public-key", help="The ledger's key: a C2SP vkey line.")
]


@ledger.command("verify-proof")
def verify_proof(
    file: Annotated[Path, typer.Argument(help="A proof file, as the list of accesses gives it.")],
    public_key: PublicKey,
    checkpoint: Annotated[
        Path | None, typer.Option(help="A signed checkpoint; else the one in the file.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Who must have cosigned it: a C2SP tlog-policy.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge a proof file off line.

    Whether an access stands in the ledger as the file says: that the leaf stands in the signed
    tree is always judged; the record, and whom it concerned, where the file shows them. With
    --policy a quorum of witnesses must have cosigned the tree; without one, who cosigned is told
    and not judged. Exit code 0: good. 1: judged bad. 2: could not be judged (an unreadable file,
    key or policy, a checkpoint of another size than the proof's).

        certstore ledger verify-proof proof.json --public-key ledger-key.txt
    """
    proof = read_proof(_bytes(file))
    vkey = _text(public_key)
    VerifierKey.parse(vkey)
    note = _text(checkpoint) if checkpoint else proof.note
    if not note:
        raise MalformedError(
            "the proof file holds no checkpoint", where=str(file), remedy="name one: --checkpoint"
        )
    judged = judge_signed_proof(proof, note, vkey, _policy(policy, vkey))
    good, checks = judged.good, judged.checks
    if as_json:
        said = {"good": good, "checks": [asdict(check) for check in checks]}
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        print("GOOD" if good else "BAD")
        for check in checks:
            print(f"  {_MARKS[check.passed]:<9} {check.name:<10} {check.detail}")
    raise typer.Exit(0 if good else _BAD)


@ledger.command("monitor")
def monitor(
    checkpoint: Annotated[
        Path | None, typer.Option(help="The last checkpoint kept elsewhere (a signed note).")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Where all fits, keep the newest one in that file.")
    ] = False,
    url: Annotated[str, typer.Option(help="Read over HTTP from this address instead.")] = "",
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="The ledger's vkey; needed with --url.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Watch over a whole ledger.

    Names what does not fit: changed, lost, reordered, set back. Rebuilds the tree from the
    leaves, compares it with the newest checkpoint and with the one kept elsewhere, and, over the
    database that the settings name, each leaf with its usage row. Exit code 0: everything fits.
    1: something does not. 2: it could not be read. Run it daily, from a machine that whoever
    keeps the database cannot change.

        certstore ledger monitor --checkpoint kept.txt --keep
    """
    if keep and checkpoint is None:
        raise MalformedError("--keep needs the file to keep it in", where="--checkpoint")
    from certstore.service import ledger_watch  # noqa: PLC0415 - slow to import

    vkey = _text(public_key) if public_key else ledger_watch.own_key(url)
    known = checkpoint is not None and (checkpoint.exists() or not keep)  # kept for the first time
    kept = open_checkpoint(_text(checkpoint), vkey) if checkpoint and known else None
    report = ledger_watch.monitor(
        url, vkey, kept, lambda line: print(line, file=sys.stderr, flush=True)
    )
    if keep and checkpoint is not None and report.sound and report.note:
        _replace(checkpoint, report.note)
    if as_json:
        print(json.dumps({"sound": report.sound, **asdict(report)}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(ledger_watch.as_lines(report, kept)))
    raise typer.Exit(0 if report.sound else _BAD)


def _policy(file: Path | None, vkey: str) -> WitnessPolicy | None:
    if file is None:
        return None
    policy = WitnessPolicy.parse(_bytes(file))
    if policy.logs and VerifierKey.parse(vkey) not in policy.logs:
        raise MalformedError(
            "the policy is for other logs than the one with this key",
            where="--policy",
            remedy="use the policy of this ledger, or its key",
        )
    return policy


def _replace(file: Path, note: str) -> None:
    """Write beside it and rename, so that a full disk never leaves half a checkpoint."""
    beside = file.with_name(f"{file.name}.new")
    beside.write_text(note, "utf-8")
    beside.replace(file)


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{path.name} is no text", where=str(path)) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MalformedError(
            f"{path.name} cannot be read: {error.strerror}", where=str(path)
        ) from error
