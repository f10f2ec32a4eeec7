"""The passphrase of the key folder: from settings, a file, or one made for an embedded start."""

import os
from pathlib import Path

from certstore.chance import token
from certstore.errors import MalformedError
from certstore.service.settings import Settings


def passphrase(settings: Settings) -> bytes:
    """The passphrase that opens the key folder.

    An embedded demonstration makes one at its first start, in a file only its owner reads.
    Raises MalformedError when a production installation names none.
    """
    if settings.key_passphrase.get_secret_value():
        return settings.key_passphrase.get_secret_value().encode()
    if settings.key_passphrase_file is not None:
        return _from_file(settings.key_passphrase_file)
    if not settings.demonstration:
        raise MalformedError(
            "no passphrase for the key folder is set",
            where="CERTSTORE_KEY_PASSPHRASE_FILE",
            remedy="name a file that only the service can read",
        )
    path = settings.keys_folder / "passphrase"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(token())
    return path.read_bytes().strip()


def _from_file(path: Path) -> bytes:
    try:
        found = path.read_bytes().strip()
    except OSError:
        found = b""
    if not found:
        raise MalformedError(
            "the file of the key folder's passphrase is missing, empty or cannot be read",
            where="CERTSTORE_KEY_PASSPHRASE_FILE",
            remedy="name a file that only the service can read",
        )
    return found
