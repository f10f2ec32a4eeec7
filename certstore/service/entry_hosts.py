"""The file about apps that hand people over, which the settings name."""

from pathlib import Path

from certstore.errors import MalformedError
from certstore.hand_over.hosts import Hosts, parse_hosts


def read_entry_hosts(file: Path | None) -> Hosts:
    """The hosts of the file; none without one. MalformedError for what cannot be read."""
    if file is None:
        return {}
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedError(
            "the list of hosts cannot be read", where="CERTSTORE_ENTRY_HOSTS_FILE"
        ) from error
    return parse_hosts(text)
