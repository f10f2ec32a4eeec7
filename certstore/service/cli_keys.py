"""`certstore keys` and `certstore trust`: look at keys, make them, publish the trust list."""

from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from certstore.authority import AuthorityName, KeyRing
from certstore.clock import SystemClock
from certstore.service.key_room import open_key_room, publish_trust_list
from certstore.service.passphrase import passphrase
from certstore.service.settings import Settings
from certstore.trust import parse_trust_list

keys = typer.Typer(no_args_is_help=True, help="The house's own keys.")
trust = typer.Typer(no_args_is_help=True, help="The trust list verifiers hold.")


def _ring() -> KeyRing:
    s = Settings()
    authority = AuthorityName(s.authority_uscc, s.authority_name_zh, s.authority_name_en)
    now = SystemClock().now()
    return open_key_room(
        s.keys_folder, passphrase(s), authority, now, demonstration=s.demonstration
    )


@keys.command("make")
def make() -> None:
    """Make the demonstration authority's keys if the key folder is empty; never overwrite one."""
    ring = _ring()
    print(f"{len(ring.signers)} keys in {ring.folder}")


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
def publish() -> None:
    """Sign the trust list anew with the root's key (it must lie in the key folder)."""
    ring = _ring()
    publish_trust_list(ring, passphrase(Settings()), SystemClock().now())
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
