"""`certstore trust`: show the list of trusted keys, change it, have the root sign it."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from certstore.authority import HOUSE_PURPOSES, root_signer
from certstore.clock import CHINA, SystemClock
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import Purpose, key_id
from certstore.service import trust_editing as editing
from certstore.service.cli_keys import RootFolder, RootPassphrase, open_ring
from certstore.service.key_room import publish_trust_list
from certstore.service.passphrase import passphrase
from certstore.service.settings import Settings
from certstore.trust import NEVER_LISTED, KeyState, TrustedKey, TrustList, parse_trust_list

trust = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The list of keys that verifiers trust: show it, change it.",
    epilog="""Examples:

\b
  certstore trust show
  certstore trust add housing.pub.pem --purpose source
      --authority 11310000MB1A00027K --name 市房屋管理局 --to 2028-12-31
  certstore trust retire 5d0c1f6a2b9e8d74
  certstore trust revoke 5d0c1f6a2b9e8d74

Where the root is kept off line, copy trust-list.jws there, change it with --list and --root,
carry it back, and take it with `certstore trust install`. A running service reads a new list
within a request; a bad or older one it leaves aside. Exit code 2: refused, nothing changed.""",
)
ListPath = Annotated[
    Path | None, typer.Option("--list", help="The list to change; else the house's own.")
]
Kid = Annotated[str, typer.Argument(metavar="KID", help="The key, as `trust show` names it.")]


@trust.callback()
def callback() -> None:
    """The list of keys that verifiers trust: show it, change it."""


@trust.command("show")
def show(
    file: Annotated[Path | None, typer.Argument(help="A list; else the house's own.")] = None,
    root: Annotated[Path | None, typer.Option(help="The root certificate to check with.")] = None,
) -> None:
    """Check a list with its root and print it.

    One line a key: purpose, key, state, last day, authority.
    """
    folder = Settings().keys_folder
    certificate = _root_of(root or folder / "root.pem")
    text = _bytes_of(file or folder / "trust-list.jws").decode("ascii", "replace").strip()
    _print(parse_trust_list(text, certificate, SystemClock().now()))


@trust.command("publish")
def publish(root: RootFolder = None, root_passphrase: RootPassphrase = "") -> None:
    """Sign the house's own list anew.

    It carries on what the last one listed, adds keys of the house that are new, and is valid
    for a year. The root's key lies in --root or in the key folder.
    """
    ring = open_ring()
    opened = (root, root_passphrase.encode()) if root else (ring.folder, passphrase(Settings()))
    publish_trust_list(ring, opened, SystemClock().now())
    print(f"published {ring.folder / 'trust-list.jws'}")


@trust.command("add")
def add(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[Path, typer.Argument(help="The public key: PEM or JWK.")],
    purpose: Annotated[
        Purpose,
        typer.Option(
            metavar="PURPOSE",
            help="What the key may sign: source for batches; document, credential, code, "
            "presentation, status, ledger, token or receipt for another service's own.",
        ),
    ],
    authority: Annotated[str, typer.Option(help="The holder's credit code.")],
    name: Annotated[str, typer.Option(help="The holder's name.")],
    to: Annotated[str, typer.Option(help="The last day it may sign (YYYY-MM-DD).")],
    begins: Annotated[str, typer.Option("--from", help="The first day; else today.")] = "",
    list_path: ListPath = None,
    root: RootFolder = None,
    root_passphrase: RootPassphrase = "",
) -> None:
    """List the public key of another authority.

    A source authority's key (--purpose source) hands in batches from then on, of the types
    that the catalogue lets that credit code hand in.
    """
    now = SystemClock().now()
    at = _open(list_path, root, root_passphrase)
    period = (_day(begins, "--from") if begins else now, _day(to, "--to", last=True))
    key = editing.read_key_file(_bytes_of(file), at.file.root)
    fresh = editing.entry(key, purpose, (authority, name), period)
    listed = at.file.carry_on((), now)
    editing.add(listed, fresh)
    at.sign(listed, now)
    print(f"listed {fresh.kid} for {purpose}, until {fresh.valid_to.astimezone(CHINA):%Y-%m-%d}")


@trust.command("retire")
def retire(
    kid: Kid,
    list_path: ListPath = None,
    root: RootFolder = None,
    root_passphrase: RootPassphrase = "",
) -> None:
    """Let a key sign nothing more.

    What it signed in its time stays good. A source's retired key hands nothing in.
    """
    _change(kid, KeyState.RETIRED, _open(list_path, root, root_passphrase))


@trust.command("revoke")
def revoke(
    kid: Kid,
    list_path: ListPath = None,
    root: RootFolder = None,
    root_passphrase: RootPassphrase = "",
) -> None:
    """Take a key's word back, for good.

    Nothing it ever signed is good any more. For keys that are lost to others; a key that is
    merely replaced is retired.
    """
    _change(kid, KeyState.REVOKED, _open(list_path, root, root_passphrase))


@trust.command("install")
def install(
    file: Annotated[Path, typer.Argument(help="A list that the root signed elsewhere.")],
) -> None:
    """Put a list signed off line in the house's place.

    It is checked first: signed by the root in the key folder, newer than the present list,
    and listing every key the house signs with.
    """
    folder, now = Settings().keys_folder, SystemClock().now()
    at = editing.ListFile(folder / "trust-list.jws", _root_of(folder / "root.pem"))
    text = _bytes_of(file).decode("ascii", "replace").strip()
    _check_house_keys(parse_trust_list(text, at.root, now), folder, now)
    print(f"installed list {at.put(text, now).seq}")


class _Opened:
    """A list that is being changed, and the root's key."""

    def __init__(self, file: editing.ListFile, root: tuple[Path, bytes]) -> None:
        self.file = file
        self._root = root

    def sign(self, listed: dict[str, TrustedKey], now: datetime) -> None:
        last = self.file.read(now)
        if last is None:
            raise NotFoundError(
                "there is no trust list to change",
                where=str(self.file.path),
                remedy="make one with `certstore trust publish`",
            )
        self.file.publish(root_signer(*self._root), listed, last.issuer, now)


def _open(list_path: Path | None, root: Path | None, root_passphrase: str) -> _Opened:
    """The list and its root; with --list and --root nothing of the house is needed."""
    settings = Settings()
    folder = settings.keys_folder
    certificate = _root_of((root or folder) / "root.pem")
    file = editing.ListFile(list_path or folder / "trust-list.jws", certificate)
    opened = (root, root_passphrase.encode()) if root else (folder, passphrase(settings))
    return _Opened(file, opened)


def _change(kid: str, state: KeyState, at: _Opened) -> None:
    now = SystemClock().now()
    listed = at.file.carry_on((), now)
    editing.change_state(listed, kid, state)
    at.sign(listed, now)
    print(f"{state} {kid}, {listed[kid].purpose} key of {listed[kid].authority_name}")


def _check_house_keys(found: TrustList, folder: Path, now: datetime) -> None:
    for purpose in (p for p in HOUSE_PURPOSES if p not in NEVER_LISTED):
        path = folder / f"{purpose}.pem"
        if not path.exists():
            continue
        public_key = x509.load_pem_x509_certificate(path.read_bytes()).public_key()
        key = found.find(key_id(public_key), purpose)  # type: ignore[arg-type]  # made by us
        if key is None or not key.usable_at(now):
            raise ConflictError(
                f"the list does not let the house's own {purpose} key sign",
                where=path.name,
                remedy="begin with the list that lies in the key folder",
            )


def _root_of(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_bytes_of(path))
    except ValueError as error:
        raise MalformedError("this is no certificate in PEM", where=str(path)) from error


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"{path.name} cannot be read: {error.strerror}",
            where=str(path),
            remedy="check the name; a house's own list and root are made by `certstore keys make`",
        ) from error


def _day(text: str, where: str, *, last: bool = False) -> datetime:
    try:
        begins = datetime.combine(date.fromisoformat(text), time(tzinfo=CHINA))
    except ValueError as error:
        raise MalformedError("this is no day", where=where, remedy="write 2028-12-31") from error
    ends = begins + timedelta(days=1, seconds=-1)
    return (ends if last else begins).astimezone(UTC)


def _print(found: TrustList) -> None:
    print(f"list {found.seq} of {found.issuer}, until {found.expires_at:%Y-%m-%d}")
    for key in found.keys.values():
        print(
            f"{key.purpose:<13} {key.kid}  {key.state:<8} "
            f"until {key.valid_to:%Y-%m-%d}  {key.authority_name}"
        )
