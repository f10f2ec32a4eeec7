"""What the adapters are asked with in their tests: one invented person, one transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from certstore.certificates import Holder
from face_auth.challenge import StartRequest
from face_auth.pulling import Question

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ZHANG = Holder("张三", "111", "310101199801011234")
AUDIENCE = "https://certstore.example"
OPENID_ISSUER = "https://mini.example"
ACCOUNT = f"{OPENID_ISSUER}#openid-1"


@dataclass
class StillClock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


def request(**changes) -> StartRequest:
    said = {
        "our_txn": "t" * 24,
        "nonce": "nonce-0123456789abcdef",
        "binding_key": b"k" * 32,
        "audience": AUDIENCE,
        "holder": ZHANG,
        "account": ACCOUNT,
        "matter": "residence_registration",
        "return_to": "/applications/a/face",
        "client_info": '{"zimVer":"3.0.0"}',
        "expires_at": NOW + timedelta(minutes=20),
    }
    return StartRequest(**{**said, **changes})


def question(**changes) -> Question:
    said = {
        "our_txn": "t" * 24,
        "provider_ref": "ref-1",
        "nonce": "nonce-0123456789abcdef",
        "holder": ZHANG,
        "account": ACCOUNT,
        "begun_at": NOW,
    }
    return Question(**{**said, **changes})
