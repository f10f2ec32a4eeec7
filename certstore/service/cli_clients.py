"""`certstore clients`: the keys that pulling services sign with, and where they lead back to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certstore.service.open_house import open_house

if TYPE_CHECKING:
    from certstore.authorization.client_keys import ClientKeyDesk

clients = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keys of pulling services, and where they lead back to.",
    epilog="""Examples:

\b
  certstore clients keys demo-school-enrolment
  certstore clients add-key demo-school-enrolment next.jwk.json
  certstore clients retire-key demo-school-enrolment 0123456789abcdef
  certstore clients allow-return demo-provident-fund https://fund.example/back

Add the new key, let the client sign with it, retire the old one: nobody waits.
Exit code 2: refused, nothing changed.""",
)
Name = Annotated[str, typer.Argument(help="The client's identifier.")]


@contextmanager
def _desk() -> Iterator["ClientKeyDesk"]:
    with open_house() as house:
        yield house.client_key_desk


@clients.command("keys")
def show(client: Name) -> None:
    """Show a client's keys, one line each."""
    with _desk() as desk:
        for key in desk.keys(client):
            print(f"{key.get('kid', '-'):16}  {key['kty']} {key['crv']}")


@clients.command("add-key")
def add(
    client: Name,
    file: Annotated[Path, typer.Argument(help="The public key as a JWK (P-256 or Ed25519).")],
) -> None:
    """Register a further key, beside the former ones."""
    from certstore.authorization.client_keys import read_public_key  # noqa: PLC0415 - slow to import

    with _desk() as desk:
        kid = desk.add(client, read_public_key(file.read_bytes()))
    print(f"{client}: {kid} may sign from now on")


@clients.command("retire-key")
def retire(
    client: Name, kid: Annotated[str, typer.Argument(help="Which key; `clients keys` lists them.")]
) -> None:
    """Take a key away; the last one stays."""
    with _desk() as desk:
        desk.retire(client, kid)
    print(f"{client}: {kid} may sign no more")


@clients.command("allow-return")
def allow_return(
    client: Name,
    uri: Annotated[str, typer.Argument(help="An https address without query and fragment.")],
) -> None:
    """Let a client lead holders back to this address."""
    with open_house() as house:
        house.consent_request_desk.allow_return(client, uri)
    print(f"{client}: holders may be led back to {uri}")
