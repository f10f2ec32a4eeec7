"""The national network identity service: unproven; a credential without a face is a downgrade."""

import pytest
from pydantic import SecretStr

from certstore.errors import UnavailableError
from face_auth.adapters.asking import Asker
from face_auth.adapters.network_identity import NO_FACE, NetworkIdentity
from face_auth.challenge import Started
from tests.unit.face_auth.adapters.questions import OPENID_ISSUER, ZHANG, question, request

PASSED = {
    "bizSeq": "ref-1",
    "mode": "网证+人脸",
    "result": "通过",
    "pairwiseID": "openid-1",
    "faceScore": "92.5",
    "time": "2026-11-22T10:00:20+08:00",
}


@pytest.fixture
def service(provider) -> NetworkIdentity:
    return NetworkIdentity(
        asker=Asker("ctid", provider.url),
        org_id="00001234",
        business_id="0001",
        secret=SecretStr("SECRETEXAMPLE"),
        pairwise_issuer=OPENID_ISSUER,
        launch="https://app.example/auth?seq={id}",
    )


def answering(provider, **changes):
    said = {name: value for name, value in {**PASSED, **changes}.items() if value is not ...}
    provider.answer = lambda _: said


def test_the_person_is_sent_into_the_app_with_our_own_sequence(provider, service):
    assert service.start(request()) == Started("t" * 24, f"https://app.example/auth?seq={'t' * 24}")
    assert provider.asked == []


def test_a_credential_with_a_face_is_read(provider, service):
    answering(provider)
    found = service.fetch(question())
    assert (found.outcome, found.mode, found.score) == ("pass", "1:1", 92.5)
    assert found.subject == ZHANG
    assert found.provider_ref == "ref-1"
    assert found.verified_at.isoformat() == "2026-11-22T02:00:20+00:00"
    assert provider.asked[0].json == {
        "orgID": "00001234",
        "businessID": "0001",
        "bizSeq": "ref-1",
    }


@pytest.mark.parametrize(
    ("mode", "read"),
    [("网证+人脸", "1:1"), ("网证+口令+人脸", "1:1"), ("网证", NO_FACE), ("网证+口令", NO_FACE)],
)
def test_a_credential_without_a_face_is_a_downgrade(provider, service, mode, read):
    answering(provider, mode=mode)
    assert service.fetch(question()).mode == read


def test_what_did_not_pass_fails_and_what_is_not_there_is_pending(provider, service):
    answering(provider, result="不通过")
    assert service.fetch(question()).outcome == "fail"
    answering(provider, result=...)
    assert service.fetch(question()).outcome == "pending"


def test_the_pairwise_identifier_must_be_the_signed_in_accounts(provider, service):
    answering(provider, pairwiseID="somebody")
    assert service.fetch(question()).subject is None
    answering(provider)
    assert service.fetch(question(account="https://other.example#openid-1")).subject is None


def test_the_answer_to_another_sequence_is_told_as_such(provider, service):
    answering(provider, bizSeq="another")
    assert service.fetch(question()).provider_ref == "another"


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "人脸"},
        {"mode": ...},
        {"mode": 3},
        {"result": True},
        {"result": "通过了"},
        {"time": "yesterday"},
        {"time": "2026-11-22T10:00:20"},
        {"time": 1763776820},
        {"faceScore": 92.5},
        {"faceScore": "101"},
        {"bizSeq": ...},
    ],
    ids=repr,
)
def test_a_member_of_another_kind_makes_the_answer_unreadable(provider, service, change):
    answering(provider, **change)
    with pytest.raises(UnavailableError) as refusal:
        service.fetch(question())
    assert refusal.value.facts["cause"] == "shape"


def test_the_secret_is_in_no_repr(service):
    assert "SECRETEXAMPLE" not in repr(service)
