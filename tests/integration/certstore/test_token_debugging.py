"""Why is my token refused: the same checks, step by step, and without any effect."""

import pytest
from starlette.testclient import TestClient

from certstore.authorization.debugging import STEPS
from certstore.keys import generate
from certstore.service.app import create_app
from tests.proofs import token_proof
from tests.sealed import assertion, enrol, school_key, token_form


@pytest.fixture
def key():
    return school_key()


@pytest.fixture
def own():
    return generate("ES256")


@pytest.fixture
def client(house, key):
    enrol(house, key, dpop=True)
    return TestClient(create_app(house), base_url=house.settings.public_url)


def report(client, signed, **more):
    answer = client.post("/oauth2/debug", data={"client_assertion": signed, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "access_token" not in answer.text
    said = answer.json()
    assert [step["step"] for step in said["steps"]] == list(STEPS)
    return said["outcome"], {step["step"]: step for step in said["steps"]}


def outcomes(steps):
    return {name: step["outcome"] for name, step in steps.items()}


def details(**changes):
    return token_form("", **changes)["authorization_details"]


def test_what_would_be_granted_is_reported_and_stays_unused(house, client, key, own):
    signed, proof = assertion(house, key), token_proof(house, own)
    for _ in range(2):  # nothing was used up the first time
        outcome, steps = report(client, signed, dpop_proof=proof, authorization_details=details())
        assert outcome == "would_grant"
        assert set(outcomes(steps).values()) == {"passed"}
    form = token_form(signed)
    given = client.post("/oauth2/token", data=form, headers={"DPoP": proof})
    assert given.status_code == 200, given.text
    outcome, steps = report(client, signed, dpop_proof=proof, authorization_details=details())
    assert outcome == "would_refuse"
    failed = {name: step["cause"] for name, step in steps.items() if step["outcome"] == "failed"}
    assert failed == {"unused": "jti_replayed", "proof_unused": "jti_replayed"}


def test_every_step_is_reported_by_itself_after_the_signature(house, client, key, own):
    signed = assertion(house, key, aud="https://evil.example", sub="other", exp=1, jti="short")
    proof = token_proof(house, own, htm="GET")
    outcome, steps = report(
        client, signed, dpop_proof=proof, authorization_details=details(fields=["id_number"])
    )
    assert outcome == "would_refuse"
    failed = {name: step["cause"] for name, step in steps.items() if step["outcome"] == "failed"}
    assert failed == {
        "subject": "sub_mismatch",
        "audience": "aud_mismatch",
        "times": "lifetime",
        "identifier": "jti_missing",
        "proof": "htm_mismatch",
        "grant": "field_not_granted",
    }
    assert steps["audience"]["expected"] == house.settings.public_url
    assert steps["grant"]["paths"] == ["id_number"]
    assert {steps[name]["outcome"] for name in ("unused", "proof_unused")} == {"not_reached"}


def test_before_the_signature_holds_nothing_is_told(house, client, key, own):
    told = []
    for signed in (
        assertion(house, school_key()),
        assertion(house, key, iss="nobody"),
        assertion(house, school_key(), aud="https://evil.example", sub="other"),
    ):
        outcome, steps = report(
            client,
            signed,
            dpop_proof=token_proof(house, own),
            authorization_details=details(fields=["id_number"]),
        )
        assert outcome == "would_refuse"
        told.append(steps)
    assert told[0] == told[1] == told[2]
    assert told[0]["signature"]["cause"] == "invalid_client"
    rest = set(STEPS) - {"form", "signature"}
    assert {told[0][name]["outcome"] for name in rest} == {"not_reached"}
    outcome, steps = report(client, "no assertion")
    assert (steps["form"]["cause"], steps["signature"]["outcome"]) == ("parts", "not_reached")


def test_what_was_not_sent_is_said_to_be_lacking_or_left_out(house, client, key):
    outcome, steps = report(client, assertion(house, key))
    assert (outcome, steps["proof"]["cause"]) == ("would_refuse", "proof_missing")
    assert steps["grant"]["outcome"] == "skipped"


def test_a_bearer_client_needs_no_proof_and_details_are_left_out(house, key):
    enrol(house, key, dpop=False)
    client = TestClient(create_app(house), base_url=house.settings.public_url)
    outcome, steps = report(client, assertion(house, key))
    assert outcome == "incomplete"
    assert {steps[name]["outcome"] for name in ("proof", "details", "grant")} == {"skipped"}
    outcome, steps = report(client, assertion(house, key), authorization_details=details())
    assert outcome == "would_grant"


def test_a_client_that_is_suspended_reads_so(house, key):
    enrol(house, key, client="suspended")
    client = TestClient(create_app(house), base_url=house.settings.public_url)
    _, steps = report(client, assertion(house, key))
    assert steps["client_state"]["cause"] == "client_inactive"
    assert steps["client_state"]["detail"] == "the client is suspended"
