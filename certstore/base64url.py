"""Base64url in its one canonical spelling (RFC 7515 §2, RFC 4648 §3.5)."""

import base64
import re

from certstore.errors import MalformedError

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def encode(data: bytes) -> str:
    """Spell bytes without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read a spelling; raise MalformedError for padding, other symbols or stray trailing bits.

    Only the canonical form is read, so that one token has one spelling.
    """
    if not _ALPHABET.fullmatch(text) or len(text) % 4 == 1:
        raise MalformedError("a part is not unpadded base64url", cause="base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(text) % 4 and encode(data[-(len(data) % 3) :]) != text[-(len(text) % 4) :]:
        raise MalformedError("base64url ends in stray bits", cause="base64url")
    return data
