"""The file about other cities that the settings name, with the keys and roots it points to."""

from collections.abc import Mapping
from pathlib import Path

from certstore.client import Client, ClientError, read_key
from certstore.clock import Clock
from certstore.errors import MalformedError
from certstore.federation.peer_line import PATIENCE, PeerLine
from certstore.federation.peers import Peer, parse_peers

_WHERE = "CERTSTORE_PEERS_FILE"


def open_peer_lines(
    file: Path | None, passphrase: bytes, own_url: str, clock: Clock
) -> Mapping[str, PeerLine]:
    """A line to each city of the file, by its code; none without a file. Nothing is asked yet.

    Roots and keys lie where the file says, from its own folder. MalformedError for what cannot be
    read.
    """
    if file is None:
        return {}
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedError("the list of peers cannot be read", where=_WHERE) from error
    peers = parse_peers(text, own_url)
    return {peer.code: _line(peer, file.parent, passphrase, clock) for peer in peers}


def _line(peer: Peer, folder: Path, passphrase: bytes, clock: Clock) -> PeerLine:
    try:
        key = read_key(folder / peer.key, passphrase)
        client = Client(
            peer.base_url,
            peer.client_id,
            key,
            root=folder / peer.root,
            patience=PATIENCE,
            clock=clock,
        )
    except (ClientError, OSError) as error:
        why = str(error) if isinstance(error, ClientError) else type(error).__name__
        raise MalformedError(
            f"the line to another city cannot be opened: {why}",
            where=f"{_WHERE}: {peer.code}",
            remedy="see docs/federation.md: root, key, https",
        ) from error
    return PeerLine(peer, client)
