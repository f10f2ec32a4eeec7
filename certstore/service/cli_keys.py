"""`certstore keys`: look at the house's keys, and make them."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from certstore.authority import AuthorityName, KeyRing, make_keys, make_root
from certstore.clock import SystemClock
from certstore.errors import MalformedError
from certstore.key_rotation import keys_in
from certstore.keys import algorithm_of
from certstore.safekeeping import add_storage_key, key_ids, open_safe
from certstore.service.key_room import (
    make_witness_key,
    open_key_room,
    publish_trust_list,
    rotate_token_key,
)
from certstore.service.passphrase import passphrase
from certstore.service.settings import Settings

keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The house's own keys: make them, list them.",
    epilog="""Examples:

\b
  certstore keys list
  CERTSTORE_ROOT_PASSPHRASE=… certstore keys root /media/root
  CERTSTORE_ROOT_PASSPHRASE=… certstore keys make --root /media/root
  CERTSTORE_ROOT_PASSPHRASE=… certstore keys rotate --root /media/root

Exit code 2: refused, nothing changed.""",
)
_LEAST_PASSPHRASE = 12


RootFolder = Annotated[
    Path | None, typer.Option("--root", help="The folder where the root is kept, off line.")
]
RootPassphrase = Annotated[
    str,
    typer.Option(
        envvar="CERTSTORE_ROOT_PASSPHRASE", help="Opens the root's key; better in the environment."
    ),
]


def _authority(settings: Settings) -> AuthorityName:
    return AuthorityName(
        settings.authority_uscc, settings.authority_name_zh, settings.authority_name_en
    )


def open_ring() -> KeyRing:
    """The keys that the settings name, opened."""
    s = Settings()
    now = SystemClock().now()
    return open_key_room(
        s.keys_folder, passphrase(s), _authority(s), now, demonstration=s.demonstration
    )


@keys.command("root")
def make_root_key(
    folder: Annotated[Path, typer.Argument(help="A folder that is taken off line afterwards.")],
    root_passphrase: RootPassphrase = "",
) -> None:
    """Make a production root, off line.

    Once, on a machine that is off line; the folder stays off line. Its key certifies the
    house's keys and signs the trust list.
    """
    if len(root_passphrase) < _LEAST_PASSPHRASE:
        raise MalformedError(
            f"a root's passphrase has at least {_LEAST_PASSPHRASE} characters",
            where="CERTSTORE_ROOT_PASSPHRASE",
        )
    make_root(
        folder,
        root_passphrase.encode(),
        _authority(Settings()),
        SystemClock().now(),
        specimen=False,
    )
    print(f"root made: publish {folder / 'root.pem'}, keep {folder / 'root.key.pem'} off line")


@keys.command("make")
def make(root: RootFolder = None, root_passphrase: RootPassphrase = "") -> None:
    """Make the keys that are lacking.

    None is ever overwritten. With --root they are certified by that root. Without it a
    demonstration authority is made, where the settings allow one: everything it signs is a
    specimen 样张.
    """
    if root is None:
        ring = open_ring()
        print(f"{len(ring.signers)} keys in {ring.folder}")
        return
    s = Settings()
    now = SystemClock().now()
    s.keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = (root, root_passphrase.encode())
    made = make_keys(s.keys_folder, passphrase(s), _authority(s), opened, now)
    publish_trust_list(open_ring(), opened, now)
    open_safe(s.keys_folder, passphrase(s), make=True)
    print(f"made: {', '.join(made) or 'none, all are there'}; trust list published")


@keys.command("rotate")
def rotate(
    root: RootFolder = None,
    root_passphrase: RootPassphrase = "",
    minutes: Annotated[
        int, typer.Option(min=5, max=10080, help="From when on it signs: so many from now.")
    ] = 15,
) -> None:
    """Make the next key for access tokens.

    It is published at once and signs later, so that whoever keeps our keys for a while has it
    in time. The former key verifies until its tokens have ended. Running services take it by
    themselves. Without --root the demonstration's own root certifies it.
    """
    ring, s, now = open_ring(), Settings(), SystemClock().now()
    opened = (ring.folder, passphrase(s)) if root is None else (root, root_passphrase.encode())
    made = rotate_token_key(ring, passphrase(s), opened, now, timedelta(minutes=minutes))
    print(f"made {made.name} {made.kid}: signs from {made.begins:%Y-%m-%d %H:%M} UTC; listed")


@keys.command("storage")
def make_storage_key() -> None:
    """Make the next storage key.

    It wraps the keys of what is handed in from now on; the worker brings the former ones under
    it. No root is needed: nothing is signed with it.
    """
    s = Settings()
    made = add_storage_key(s.keys_folder, passphrase(s))
    print(f"made storage key {made.kid}; restart the service and the worker to use it")


@keys.command("witness")
def make_witness() -> None:
    """Make the key of a witness.

    By it this service cosigns other logs' checkpoints (CERTSTORE_WITNESS_LOGS). Prints the vkey
    that their operators put into their policies. No root is needed, and one is made once.
    """
    from certstore.service.witness_files import witness_vkey  # noqa: PLC0415 - slow to import

    s = Settings()
    s.keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = make_witness_key(s.keys_folder, passphrase(s))
    print(witness_vkey(s.witness_name, made).line())


@keys.command("list")
def list_keys() -> None:
    """Show each key.

    One line a key: purpose, identifier, algorithm, and until when it may sign.
    """
    ring = open_ring()
    if ring.demonstration:
        print("Demonstration authority: everything signed is a specimen 样张.")
    for purpose, signer in ring.signers.items():
        for key in keys_in(ring.folder, ring.root, purpose):
            begins = "" if key.kid == signer.kid else f", from {key.begins:%Y-%m-%d %H:%M} UTC"
            algorithm = algorithm_of(key.public_key)
            print(f"{purpose:<13} {key.kid}  {algorithm:<6} until {key.ends:%Y-%m-%d}{begins}")
    for kid in key_ids(ring.folder):
        print(f"{'storage':<13} {kid}  A256   wraps what is kept; the last one listed is used")
