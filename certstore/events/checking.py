"""Whether a call is whose it says: Standard Webhooks 1.0, HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NoReturn

from certstore.clock import unix
from certstore.errors import UnauthenticatedError

TOLERANCE_S: Final = 300
_MOST: Final = 5  # signatures in one header: while a secret is changed there are two
_LONGEST: Final = 200
DESCRIBED_HEADERS: Final = [
    {
        "name": name,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": what,
    }
    for name, what in (
        ("webhook-id", "names this call"),
        ("webhook-timestamp", "Unix seconds, at most 5 minutes from now"),
        ("webhook-signature", "`v1,` and the HMAC-SHA256 of id, time and body, in base64"),
    )
]
"""The headers of such a call, as the API's description has them."""


def check_webhook(headers: Mapping[str, str], body: bytes, secret: bytes, now: datetime) -> None:
    """Raise UnauthenticatedError unless the body was signed with this secret a moment ago.

    Not checked here: whether it came before; words are taken once by their own identifiers.
    """
    id_, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not 0 < len(id_) <= _LONGEST or not (id_.isascii() and id_.isprintable()):
        _refuse("id")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):  # noqa: PLR2004 - digits
        _refuse("timestamp")
    if abs(unix(now) - int(moment)) > TOLERANCE_S:
        _refuse("timestamp")
    signed = b".".join((id_.encode(), moment.encode(), body))
    mac = hmac.new(secret, signed, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(mac)
    candidates = given.encode("utf-8", "surrogateescape").split(b" ")[:_MOST]
    if not any([hmac.compare_digest(each, wanted) for each in candidates]):  # noqa: C419 - each, always
        _refuse("signature")


def _refuse(cause: str) -> NoReturn:
    raise UnauthenticatedError(
        "the call is not signed as was agreed",
        where=f"webhook-{cause}",
        remedy="sign id, time and body with the secret that was agreed (Standard Webhooks)",
        cause=cause,
    )
