"""Base64url in its one canonical spelling (RFC 7515 §2, RFC 4648 §3.5)."""

import base64
import re

from certstore.errors import MalformedError

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")
_LAST = ("", "", "AQgw", "AEIMQUYcgkosw048")
"""Which symbols leave no stray bits, where so many symbols stand over the last whole four."""


def encode(data: bytes) -> str:
    """Spell bytes without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read a spelling; raise MalformedError for padding, other symbols or stray trailing bits.

    Only the canonical form is read, so that one token has one spelling.
    """
    over = len(text) % 4
    if over == 1 or not _ALPHABET.fullmatch(text):
        raise MalformedError("a part is not unpadded base64url", cause="base64url")
    if over and text[-1] not in _LAST[over]:
        raise MalformedError("base64url ends in stray bits", cause="base64url")
    return base64.urlsafe_b64decode(text + "=" * (-over % 4))
