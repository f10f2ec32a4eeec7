"""What a webhook brings, verified before it is read (Standard Webhooks, `v1`: HMAC-SHA-256)."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from certstore.client.problems import UnreadableError, UntrustedError
from certstore.client.reading import read_object
from certstore.clock import Clock, SystemClock, unix

TOLERANCE: Final = timedelta(minutes=5)
_PREFIX: Final = "whsec_"
_SECONDS: Final = re.compile("[0-9]{1,12}")
_MOST_SIGNATURES: Final = 20
_LONGEST_ID: Final = 256


@dataclass(frozen=True, slots=True)
class Delivery:
    """A genuine delivery; the same `id` comes again when it is delivered again: act on it once."""

    id: str
    sent_at: datetime
    event: Mapping[str, object] = field(repr=False)


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    secrets: str | Sequence[str],
    *,
    tolerance: timedelta = TOLERANCE,
    clock: Clock | None = None,
) -> Delivery:
    """Judge a delivery by its headers and its body's very bytes; UntrustedError if it is not ours.

    `secrets` (`whsec_…`) may be several while one replaces another; any of them counts.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    number, moment = sent.get("webhook-id", ""), sent.get("webhook-timestamp", "")
    if not 0 < len(number) <= _LONGEST_ID or not number.isprintable():
        raise _untrusted("it has no webhook-id")
    if not _SECONDS.fullmatch(moment):
        raise _untrusted("its webhook-timestamp is no number of seconds")
    keys = [_key(secret) for secret in ([secrets] if isinstance(secrets, str) else secrets)]
    signed = f"{number}.{moment}.".encode() + body
    if not _matches(keys, signed, sent.get("webhook-signature", "")):
        raise _untrusted("no signature is by a secret of yours")
    now = unix((clock or SystemClock()).now())
    if abs(now - int(moment)) > tolerance.total_seconds():
        raise _untrusted("it was sent too long ago, or the clocks differ")
    try:
        event = read_object(body)
    except UnreadableError as error:
        raise _untrusted("its body is no JSON object") from error
    return Delivery(number, datetime.fromtimestamp(int(moment), UTC), event)


def _matches(keys: Sequence[bytes], signed: bytes, header: str) -> bool:
    given = header.split(" ")[:_MOST_SIGNATURES]
    expected = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    found = False
    for one in given:
        version, _, spelled = one.partition(",")
        try:
            value = base64.b64decode(spelled, validate=True)
        except (binascii.Error, ValueError):
            continue
        # Every one is compared, so that the time taken tells nothing.
        for mine in expected:
            found |= version == "v1" and hmac.compare_digest(mine, value)
    return found


def _key(secret: str) -> bytes:
    bare = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise UntrustedError(
            "a webhook secret of yours is not base64 after whsec_",
            where="secrets",
            remedy="copy it whole, as it was shown when the subscription was made",
        )
    return key


def _untrusted(why: str) -> UntrustedError:
    return UntrustedError(
        f"the delivery does not hold: {why}",
        where="webhook",
        remedy="answer 401, and rely on nothing of it",
    )
