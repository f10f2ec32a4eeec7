"""Signatures of webhooks, verified by the library of the specification's authors."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from certstore.clock import SystemClock
from certstore.events.signing import new_secret, shown, signed_headers

BODY = json.dumps({"type": "certstore.ping.v1", "name": "示范"}, ensure_ascii=False).encode()


def test_the_published_example_gives_the_published_signature():
    """The example of standardwebhooks.com's specification."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [secret])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_a_stranger_verifies_with_either_secret_while_both_are_good():
    new, former, other = new_secret(), new_secret(), new_secret()
    headers = dict(signed_headers("e1", SystemClock().now(), BODY, [new, former]))
    for secret in (new, former):
        assert Webhook(shown(secret)).verify(BODY, headers)["name"] == "示范"
    with pytest.raises(WebhookVerificationError):
        Webhook(shown(other)).verify(BODY, headers)


def test_another_body_id_or_moment_does_not_verify():
    secret, now = new_secret(), SystemClock().now()
    headers = dict(signed_headers("e1", now, BODY, [secret]))
    webhook = Webhook(shown(secret))
    for changed in (
        {"webhook-id": "e2"},
        {
            "webhook-timestamp": signed_headers("e1", now + timedelta(seconds=9), b"", [])[
                "webhook-timestamp"
            ]
        },
    ):
        with pytest.raises(WebhookVerificationError):
            webhook.verify(BODY, headers | changed)
    with pytest.raises(WebhookVerificationError):
        webhook.verify(BODY + b" ", headers)


def test_a_secret_is_as_the_specification_has_it():
    secret = new_secret()
    assert len(secret) == 32
    assert shown(secret).startswith("whsec_")
    assert base64.b64decode(shown(secret)[6:]) == secret
