"""How a webhook is signed (Standard Webhooks 1.0): HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from certstore.chance import random_bytes
from certstore.clock import unix

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> bytes:
    """A secret's bytes."""
    return random_bytes(_BYTES)


def shown(secret: bytes) -> str:
    """The secret as its owner keeps it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def signed_headers(
    id_: str, at: datetime, body: bytes, secrets: Sequence[bytes]
) -> Mapping[str, str]:
    """The three headers; one signature for each secret that is good just now, newest first."""
    moment = str(unix(at))
    signed = b".".join((id_.encode(), moment.encode(), body))
    made = (hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets)
    return {
        "webhook-id": id_,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in made),
    }
