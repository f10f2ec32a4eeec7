"""A provider that pushes signed results, from the start over HTTP to the result in the books."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from certstore import base64url
from certstore.certificates import Holder
from certstore.errors import UnavailableError
from certstore.verdict import Accepted, Refused
from face_auth.adapters.asking import Asker
from face_auth.adapters.signed_push import SignedPush
from face_auth.challenge import subject_binding
from tests.unit.face_auth.adapters.questions import AUDIENCE, request
from tests.unit.face_auth.office import (
    ACCOUNT,
    APPLICATION,
    HOLDER,
    NOW,
    Office,
    open_office,
    sandbox_registry,
    sandbox_signer,
    sign,
)


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.close()


def test_a_start_carries_what_a_result_is_bound_with(provider):
    provider.answer = lambda _: {"provider_txn": "BANK-1", "url": "https://bank.example/v/1"}
    pusher = SignedPush(asker=Asker("bank", provider.url), secret=SecretStr("SECRETEXAMPLE"))
    started = pusher.start(request())
    assert (started.provider_txn, started.url) == ("BANK-1", "https://bank.example/v/1")
    (asked,) = provider.asked
    assert asked.path == "/verifications"
    assert asked.headers["authorization"] == "Bearer SECRETEXAMPLE"
    assert asked.json["binding_key"] == base64url.encode(b"k" * 32)
    assert asked.json["return_url"] == f"{AUDIENCE}/applications/a/face"
    assert "SECRETEXAMPLE" not in repr(pusher)


@pytest.mark.parametrize("url", ["http://bank.example", "/sandbox", None])
def test_a_start_that_leads_nowhere_safe_is_refused(provider, url):
    provider.answer = lambda _: {"provider_txn": "BANK-1", "url": url}
    pusher = SignedPush(asker=Asker("bank", provider.url), secret=SecretStr("s"))
    with pytest.raises(UnavailableError):
        pusher.start(request())


def test_a_provider_of_another_house_begins_over_http_and_hands_its_result_in(office, provider):
    """The provider's side is written from docs/face.md alone: the start, the binding, the token."""
    signer = sandbox_signer()
    told = {}

    def begin(asked):
        told.update(json.loads(asked.body))
        return {"provider_txn": "BANK-0000001", "url": "https://bank.example/v/1"}

    provider.answer = begin
    pusher = SignedPush(asker=Asker("bank", provider.url), secret=SecretStr("s"))
    desk = replace(
        office.desk,
        registry=sandbox_registry(signer, "bank"),
        starters={"bank": pusher},
        provider="bank",
    )
    begun = desk.begin(HOLDER, ACCOUNT, APPLICATION, "/a", matter="residence_registration")
    whom = Holder(told["name"], told["id_type"], told["id_number"])
    claims = {
        "iss": "bank",
        "aud": told["audience"],
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 300,
        "jti": "BANK-RESULT-1",
        "provider_txn": "BANK-0000001",
        "our_txn": told["our_txn"],
        "nonce": told["nonce"],
        "subject_binding": subject_binding(
            base64url.decode(told["binding_key"]), told["our_txn"], whom
        ),
        "result": "pass",
        "failure": "none",
        "mode": "1:1",
        "comparison_source": "population_base",
        "score": 91,
        "threshold": 80,
        "fmr": 0.0001,
        "pad": True,
        "iad": True,
        "device_risk": [],
        "channel": "web",
        "assurance_level": "substantial",
        "verified_at": int(NOW.timestamp()),
    }
    token = sign(claims, signer)
    assert desk.fetch(begun.txn, HOLDER, ACCOUNT) == Refused(("not_asked_for",))
    assert desk.accept(token, ACCOUNT) == Accepted()
    assert desk.accept(token, ACCOUNT) == Refused(("transaction_closed", "replayed"))
