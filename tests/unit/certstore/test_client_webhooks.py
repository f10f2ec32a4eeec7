"""Webhooks, judged beside the library of Standard Webhooks, both ways."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from certstore.chance import random_bytes
from certstore.client import ClientError, UntrustedError, verify_webhook
from certstore.clock import MovedClock, SystemClock

SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes or so").decode()
OTHER = "whsec_" + base64.b64encode(b"another secret, not theirs").decode()
EVENT = {"type": "cn.certstore.certificate.revoked.v1", "subject": "b" * 20}
BODY = json.dumps(EVENT).encode()


def delivered(secret=SECRET, body=BODY, at=None, number="msg_1"):
    """Headers as the library signs them."""
    at = at or SystemClock().now()
    return {
        "Webhook-Id": number,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign(number, at, body.decode()),
    }


def test_what_the_library_signs_is_believed_and_the_library_believes_the_same():
    headers = delivered()
    found = verify_webhook(headers, BODY, SECRET)
    assert (found.id, found.event) == ("msg_1", EVENT)
    assert Webhook(SECRET).verify(BODY, headers) == EVENT


def test_while_a_secret_is_replaced_either_counts():
    headers = delivered()
    assert verify_webhook(headers, BODY, [OTHER, SECRET]).event == EVENT
    both = headers | {
        "Webhook-Signature": f"v1a,x {delivered(OTHER)['Webhook-Signature']} "
        + headers["Webhook-Signature"]
    }
    assert verify_webhook(both, BODY, SECRET).event == EVENT


def test_a_secret_without_padding_or_prefix_is_the_same():
    key = base64.b64encode(random_bytes(25)).decode()
    bare = key.rstrip("=")
    assert verify_webhook(delivered(f"whsec_{key}"), BODY, bare).event == EVENT


@pytest.mark.parametrize(
    "changes",
    [
        {"Webhook-Id": "msg_2"},
        {"Webhook-Id": ""},
        {"Webhook-Id": "m" * 257},
        {"Webhook-Timestamp": "1e9"},
        {"Webhook-Timestamp": "\uff11\uff12"},
        {"Webhook-Timestamp": "9" * 13},
        {"Webhook-Timestamp": ""},
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "v1,"},
        {"Webhook-Signature": "v1,!!"},
        {"Webhook-Signature": delivered(OTHER)["Webhook-Signature"]},
        {"Webhook-Signature": " ".join(["v1,AAAA"] * 30)},
    ],
)
def test_what_was_changed_on_the_way_is_not_believed(changes):
    with pytest.raises(UntrustedError, match="the delivery does not hold"):
        verify_webhook(delivered() | changes, BODY, SECRET)


def test_a_signature_of_another_version_does_not_count():
    headers = delivered()
    headers["Webhook-Signature"] = headers["Webhook-Signature"].replace("v1,", "v2,")
    with pytest.raises(UntrustedError):
        verify_webhook(headers, BODY, SECRET)


def test_another_body_and_a_body_that_is_no_object_are_not_believed():
    with pytest.raises(UntrustedError):
        verify_webhook(delivered(), BODY + b" ", SECRET)
    with pytest.raises(UntrustedError, match="object"):
        verify_webhook(delivered(body=b"[]"), b"[]", SECRET)


@pytest.mark.parametrize(
    ("seconds", "holds"), [(299, True), (302, False), (-299, True), (-302, False)]
)
def test_a_delivery_lives_five_minutes(seconds, holds):
    at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    clock = MovedClock(at + timedelta(seconds=seconds))
    if holds:
        assert verify_webhook(delivered(at=at), BODY, SECRET, clock=clock).sent_at == at
    else:
        with pytest.raises(UntrustedError, match="too long ago"):
            verify_webhook(delivered(at=at), BODY, SECRET, clock=clock)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_*", ""])
def test_a_secret_that_is_none_is_told_as_ones_own_fault(secret):
    with pytest.raises(ClientError, match="secret of yours"):
        verify_webhook(delivered(), BODY, [secret])


def test_without_secrets_nothing_is_believed():
    with pytest.raises(UntrustedError):
        verify_webhook(delivered(), BODY, [])
