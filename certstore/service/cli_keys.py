"""`certstore keys` and `certstore trust`: look at keys, make them, publish the trust list."""

from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from certstore.authority import AuthorityName, KeyRing, make_keys, make_root
from certstore.clock import SystemClock
from certstore.errors import MalformedError
from certstore.service.key_room import open_key_room, publish_trust_list
from certstore.service.passphrase import passphrase
from certstore.service.settings import Settings
from certstore.trust import parse_trust_list

keys = typer.Typer(no_args_is_help=True, help="The house's own keys.")
_LEAST_PASSPHRASE = 12
trust = typer.Typer(no_args_is_help=True, help="The trust list verifiers hold.")


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


def _ring() -> KeyRing:
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
    """Make a production root: do this off line, once, and keep the folder off line."""
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
    """Make the keys that the key folder lacks; never overwrite one.

    With --root they are certified by that root. Without it a demonstration authority is made,
    where the settings allow one: everything it signs is a specimen 样张.
    """
    if root is None:
        ring = _ring()
        print(f"{len(ring.signers)} keys in {ring.folder}")
        return
    s = Settings()
    now = SystemClock().now()
    s.keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = (root, root_passphrase.encode())
    made = make_keys(s.keys_folder, passphrase(s), _authority(s), opened, now)
    publish_trust_list(_ring(), opened, now)
    print(f"made: {', '.join(made) or 'none, all are there'}; trust list published")


@keys.command("list")
def list_keys() -> None:
    """Show each key: purpose, identifier, algorithm, and until when it may sign."""
    ring = _ring()
    if ring.demonstration:
        print("Demonstration authority: everything signed is a specimen 样张.")
    for purpose, signer in ring.signers.items():
        ends = x509.load_der_x509_certificate(signer.chain[0]).not_valid_after_utc
        print(f"{purpose:<13} {signer.kid}  {signer.algorithm:<6} until {ends:%Y-%m-%d}")


@trust.command("publish")
def publish(root: RootFolder = None, root_passphrase: RootPassphrase = "") -> None:
    """Sign the trust list anew with the root's key, which lies in --root or the key folder."""
    ring = _ring()
    opened = (root, root_passphrase.encode()) if root else (ring.folder, passphrase(Settings()))
    publish_trust_list(ring, opened, SystemClock().now())
    print(f"published {ring.folder / 'trust-list.jws'}")


@trust.command("show")
def show(
    file: Annotated[Path | None, typer.Argument(help="A list; else the house's own.")] = None,
    root: Annotated[Path | None, typer.Option(help="The root certificate to check with.")] = None,
) -> None:
    """Check a trust list with its root, and show whose keys it trusts for what."""
    folder = Settings().keys_folder
    pem = (root or folder / "root.pem").read_bytes()
    text = (file or folder / "trust-list.jws").read_text("ascii").strip()
    found = parse_trust_list(text, x509.load_pem_x509_certificate(pem), SystemClock().now())
    print(f"list {found.seq} of {found.issuer}, until {found.expires_at:%Y-%m-%d}")
    for key in found.keys.values():
        print(
            f"{key.purpose:<13} {key.kid}  {key.state:<8} "
            f"until {key.valid_to:%Y-%m-%d}  {key.authority_name}"
        )
