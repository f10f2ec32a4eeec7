"""Tokens bound to a key (RFC 9449), over HTTP on both databases: given, used, refused by name."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import jwt
import pytest
from starlette.testclient import TestClient

from certstore.authorization.resource_gate import Presented
from certstore.authorization.token_desk import TokenRequest
from certstore.errors import CertstoreError
from certstore.jwk import thumbprint
from certstore.keys import generate
from certstore.service.app import create_app
from certstore.service.wiring import House
from certstore.tables.sharing import clients
from tests.proofs import ath, bound_headers, proof, public_jwk, token_proof
from tests.sealed import (
    GRANTED,
    assertion,
    enrol,
    pull_body,
    school_key,
    token_form,
    voucher,
)

HANDS = 100


@pytest.fixture
def key():
    return school_key()


@pytest.fixture
def own():
    """The key that proofs are made with."""
    return generate("ES256")


@pytest.fixture
def client(house, key):
    enrol(house, key, dpop=True)
    return TestClient(create_app(house), base_url=house.settings.public_url)


def ask(house, client, key, sent, **detail):
    headers = {} if sent is None else {"DPoP": sent}
    form = token_form(assertion(house, key), **detail)
    return client.post("/oauth2/token", data=form, headers=headers)


def token_for(house, client, key, own, **detail):
    answer = ask(house, client, key, token_proof(house, own), **detail)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def pull(client, path, headers):
    return client.post(path, json=pull_body(), headers=headers)


def refused(answer, status, slug, cause):
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert said["type"] == f"urn:certstore:problem:{slug}"
    assert said["cause"] == cause
    return said


def at_once(do, hands=HANDS):
    """Do it with all hands at the same moment; what each got, or its refusal's cause."""
    gate = Barrier(hands)

    def one(_):
        gate.wait(timeout=60)
        try:
            return do()
        except CertstoreError as error:
            return error.facts.get("cause", error.code)

    with ThreadPoolExecutor(hands) as pool:
        return sorted(pool.map(one, range(hands)))


def test_a_bound_token_is_given_and_pulls(house, client, key, own):
    answer = ask(house, client, key, token_proof(house, own))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["token_type"] == "DPoP"
    claims = jwt.decode(said["access_token"], options={"verify_signature": False})
    assert claims["cnf"] == {"jkt": thumbprint(own.public_key())}
    path = f"/v1/certificates/{voucher(house).ref}:pull"
    headers = bound_headers(house, own, said["access_token"], path)
    pulled = pull(client, path, headers)
    assert pulled.status_code == 200, pulled.text
    assert set(pulled.json()["fields"]) == set(GRANTED)
    again = pull(client, path, headers)
    refused(again, 401, "invalid-dpop-proof", "jti_replayed")
    challenge = again.headers["www-authenticate"]
    assert challenge.startswith('DPoP error="invalid_dpop_proof"')
    assert 'algs="ES256 EdDSA"' in challenge


def test_every_way_to_use_a_bound_token_wrongly_is_refused_by_name(house, client, key, own):
    """One token, many proofs: nothing of them is used up by being refused."""
    token, path = token_for(house, client, key, own), f"/v1/certificates/{voucher(house).ref}:pull"
    url, now = f"{house.settings.public_url}{path}", house.clock.now()
    good = bound_headers(house, own, token, path)
    beside = {"Authorization": f"DPoP {token}"}
    cases = [
        ({"Authorization": f"Bearer {token}"}, "proof_missing"),
        (good | {"Authorization": f"Bearer {token}"}, "proof_missing"),
        (beside, "proof_missing"),
        (bound_headers(house, generate("ES256"), token, path), "key_mismatch"),
        (beside | {"DPoP": proof(own, url, now, ath=ath("another"))}, "ath_mismatch"),
        (beside | {"DPoP": proof(own, url, now)}, "ath_mismatch"),
        (beside | {"DPoP": proof(own, url, now, ath=ath(token), htm="GET")}, "htm_mismatch"),
        (beside | {"DPoP": proof(own, url + "x", now, ath=ath(token))}, "htu_mismatch"),
        (beside | {"DPoP": token_proof(house, own, ath=ath(token))}, "htu_mismatch"),
        (
            beside | {"DPoP": proof(own, url, now - timedelta(seconds=91), ath=ath(token))},
            "expired",
        ),
        (beside | {"DPoP": "no proof"}, "parts"),
    ]
    for headers, cause in cases:
        answer = pull(client, path, headers)
        refused(answer, 401, "invalid-dpop-proof", cause)
        code = "invalid_token" if cause == "key_mismatch" else "invalid_dpop_proof"
        assert answer.headers["www-authenticate"].startswith(f'DPoP error="{code}"')
    twice = [*beside.items(), ("DPoP", good["DPoP"]), ("DPoP", good["DPoP"])]
    refused(pull(client, path, twice), 401, "invalid-dpop-proof", "proof_missing")
    assert pull(client, path, good).status_code == 200


def test_without_any_token_both_schemes_are_offered(client):
    answer = pull(client, "/v1/certificates/bbbbbbbbbbbbbbbbbbbb:pull", {})
    assert answer.status_code == 401
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith("Bearer ")
    assert ', DPoP algs="ES256 EdDSA"' in challenge
    assert "/.well-known/oauth-protected-resource" in challenge


def test_two_tokens_in_one_request_are_refused(house, client):
    twice = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
    path = "/v1/certificates/bbbbbbbbbbbbbbbbbbbb:pull"
    assert pull(client, path, twice).status_code == 400


def test_a_client_registered_for_bound_tokens_gets_and_uses_no_other(house, client, key):
    said = refused(ask(house, client, key, None), 400, "invalid-dpop-proof", "proof_missing")
    assert said["error"] == "invalid_dpop_proof"
    found = enrolled(house)
    mint, now = house.token_mint, house.clock.now()
    detail = {"purpose_id": "enrolment-2026", "matter_code": "m", "title_zh": "", "title_en": ""}
    unbound = mint.write(found, detail | {"fields": {}, "legal_basis": {}}, None, now)
    headers = {"Authorization": f"Bearer {unbound}"}
    path = "/v1/certificates/bbbbbbbbbbbbbbbbbbbb:pull"
    refused(pull(client, path, headers), 401, "invalid-token", "bearer_not_allowed")


def enrolled(house):
    with house.archive.reading() as books:
        return books.sharing.client("school-service")


def test_a_new_client_is_bound_unless_somebody_says_otherwise(house, key):
    enrol(house, key, dpop=True)
    fields = {name: getattr(enrolled(house), name) for name in ("client_id", "agency", "agency_en")}
    rest = {"agency_uscc": "", "keys": [], "state": "active", "agency_key": b""}
    assert type(enrolled(house))(**fields, **rest).dpop_bound is True


def test_a_bearer_client_may_bind_a_token_and_then_needs_the_proof(house, key, own):
    enrol(house, key, dpop=False)
    client = TestClient(create_app(house), base_url=house.settings.public_url)
    token = token_for(house, client, key, own)
    path = f"/v1/certificates/{voucher(house).ref}:pull"
    bare = {"Authorization": f"Bearer {token}"}
    refused(pull(client, path, bare), 401, "invalid-dpop-proof", "proof_missing")
    assert pull(client, path, bound_headers(house, own, token, path)).status_code == 200
    unbound = ask(house, client, key, None).json()["access_token"]
    as_bound = bound_headers(house, own, unbound, path)
    refused(pull(client, path, as_bound), 401, "invalid-token", "not_bound")
    small = {"Authorization": f"bearer {unbound}"}  # schemes are read in any case (RFC 9110)
    assert pull(client, path, small).status_code == 200


def test_a_bad_proof_is_refused_at_the_token_endpoint_and_a_good_one_used_once(
    house, client, key, own
):
    answer = ask(house, client, key, token_proof(house, own, htm="GET"))
    said = refused(answer, 400, "invalid-dpop-proof", "htm_mismatch")
    assert (said["error"], said["expected"]) == ("invalid_dpop_proof", "POST")
    sent = token_proof(house, own)
    assert ask(house, client, key, sent).status_code == 200
    refused(ask(house, client, key, sent), 400, "invalid-dpop-proof", "jti_replayed")


def test_of_a_hundred_replays_of_an_assertion_one_wins(house, key):
    enrol(house, key, dpop=False)
    request = TokenRequest(**token_form(assertion(house, key)))
    found = at_once(lambda: house.token_desk.grant(request)["token_type"])
    assert found == ["Bearer"] + ["jti_replayed"] * (HANDS - 1)


def test_of_a_hundred_replays_of_a_proof_one_wins(house, client, key, own):
    token = token_for(house, client, key, own)
    url = f"{house.settings.public_url}/v1/evidence:search"
    sent = proof(own, url, house.clock.now(), ath=ath(token))
    presented = Presented("DPoP", token, (sent,), "POST", url)
    found = at_once(lambda: house.resource_gate.admit(presented).agency_en)
    assert found == ["Education Bureau"] + ["jti_replayed"] * (HANDS - 1)


def test_a_suspended_client_is_out_at_its_next_pull(house, client, key, own):
    token, path = token_for(house, client, key, own), f"/v1/certificates/{voucher(house).ref}:pull"
    with house.archive.writing() as books:
        books.connection.execute(clients.update().values(state="suspended"))
    answer = pull(client, path, bound_headers(house, own, token, path))
    refused(answer, 401, "invalid-token", "client_inactive")


def test_what_was_not_asked_for_cannot_be_done_with_a_token(house, client, key, own):
    token = token_for(house, client, key, own, actions=["search"])
    path = f"/v1/certificates/{voucher(house).ref}:pull"
    answer = pull(client, path, bound_headers(house, own, token, path))
    refused(answer, 403, "insufficient-purpose", "action_not_granted")


def test_a_revocation_holds_in_another_process_at_once(house, client, key, own):
    """Another house on the same database and keys, as another process has it."""
    token, path = token_for(house, client, key, own), f"/v1/certificates/{voucher(house).ref}:pull"
    other = House(house.settings, house.clock)
    elsewhere = TestClient(create_app(other), base_url=house.settings.public_url)
    headers = bound_headers(house, own, token, path)
    assert pull(elsewhere, path, headers).status_code == 200
    refused(pull(client, path, headers), 401, "invalid-dpop-proof", "jti_replayed")
    form = token_form(assertion(house, key)) | {"token": token}
    assert client.post("/oauth2/revoke", data=form).status_code == 200
    for door in (elsewhere, client):
        answer = pull(door, path, bound_headers(house, own, token, path))
        refused(answer, 401, "invalid-token", "revoked")
    other.close()


def test_a_client_speaks_of_its_own_tokens_only(house, client, key, own):
    token = token_for(house, client, key, own)
    stranger = school_key()
    enrol_other(house, stranger)

    def about(who, name, what):
        said = assertion(house, who, iss=name, sub=name)
        form = token_form(said) | {"token": what}
        return client.post("/oauth2/introspect", data=form)

    mine = about(key, "school-service", token)
    assert mine.headers["cache-control"] == "no-store"
    said = mine.json()
    assert (said["active"], said["token_type"]) == (True, "DPoP")
    assert said["cnf"] == {"jkt": thumbprint(own.public_key())}
    for what in (token, "no token"):
        assert about(stranger, "other-service", what).json() == {"active": False}
    form = token_form(assertion(house, stranger, iss="other-service", sub="other-service"))
    answer = client.post("/oauth2/revoke", data=form | {"token": token})
    assert (answer.status_code, answer.json()["error"]) == (403, "unauthorized_client")
    assert about(key, "school-service", token).json()["active"] is True
    form = token_form(assertion(house, key)) | {"token": "no token"}
    assert client.post("/oauth2/revoke", data=form).status_code == 200
    form = token_form(assertion(house, key)) | {"token": token}
    assert client.post("/oauth2/revoke", data=form).status_code == 200
    assert about(key, "school-service", token).json() == {"active": False}
    refused_form = token_form(assertion(house, school_key())) | {"token": token}
    assert client.post("/oauth2/introspect", data=refused_form).status_code == 401


def enrol_other(house, key):
    """Another client, with no purpose of its own."""
    found = enrolled(house)
    with house.archive.writing() as books:
        row = {
            **{n: getattr(found, n) for n in ("agency", "agency_en", "agency_uscc", "agency_key")},
            "client_id": "other-service",
            "keys": [public_jwk(key)],
            "state": "active",
            "signing_algorithms": ["ES256"],
            "dpop_bound": True,
        }
        books.connection.execute(clients.insert().values(**row))
