"""Pulls that come together: one commit for many, each judged, recorded and answered by itself."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from certstore.errors import CertstoreError
from certstore.keys import generate
from certstore.service.app import create_app
from certstore.service.pull_route import PullRoute
from certstore.sharing.grants import Operator, PullRequest
from certstore.sharing.pulls import AskedPull
from tests.proofs import bound_headers, token_proof
from tests.sealed import (
    ENROLMENT,
    GRANTED,
    LIN,
    MATTER,
    ZHOU,
    assertion,
    enrol,
    pull_body,
    school_key,
    token_form,
    voucher,
)

HANDS = 40


@pytest.fixture
def own():
    return generate("ES256")


@pytest.fixture
def client(house):
    key = house_key(house)
    opened = TestClient(
        create_app(house), base_url=house.settings.public_url, raise_server_exceptions=False
    )
    opened.key = key
    return opened


def house_key(house):
    key = school_key()
    enrol(house, key, dpop=True)
    return key


def token_for(house, client, own):
    form = token_form(assertion(house, client.key))
    headers = {"DPoP": token_proof(house, own)}
    return client.post("/oauth2/token", data=form, headers=headers).json()["access_token"]


def asked(house, service, held, holder, **changes):
    said = {
        "ref": held.ref,
        "purpose_id": ENROLMENT,
        "matter_code": MATTER,
        "case_no": "RX-1",
        "fields": GRANTED,
        "subject_type": holder.id_type,
        "subject_number": holder.id_number,
        "operator": Operator("3021"),
    }
    return AskedPull(service, PullRequest(**said | changes))


def service_of(house, client, own):
    return house.resource_gate.mint.open(token_for(house, client, own), house.clock.now()).service


def test_many_in_one_commit_are_judged_and_recorded_each_by_itself(house, client, own):
    lins, zhous = voucher(house), voucher(house, ZHOU)
    service = service_of(house, client, own)
    together = [
        asked(house, service, lins, LIN),
        asked(house, service, zhous, ZHOU, fields=("name",)),
        asked(house, service, lins, LIN, fields=("id_number",)),
        asked(house, service, lins, LIN, ref="2" * 20),
        asked(house, service, lins, ZHOU),
    ]
    commits = []
    event.listen(house.database.engine, "commit", lambda _: commits.append(1))
    outcomes = house.sharing_desk.pull_all(together)
    assert len(commits) == 1
    codes = [None if o.refusal is None else o.refusal.code for o in outcomes]
    assert codes == [None, None, "field-not-granted", "not-found", "subject-mismatch"]
    assert dict(outcomes[0].released["fields"])["name"] == LIN.name
    assert dict(outcomes[1].released["fields"]) == {"name": ZHOU.name}
    indexes = [o.recorded.leaf_index for o in outcomes if o.recorded]
    assert indexes == [0, 1, 2, 3]
    with house.archive.reading() as books:
        assert (books.ledger.size(), books.usage.count()) == (4, 4)
        assert books.usage.given_to(lins.ref, lins.status_changed_at) == ["school-service"]
    house.ledger_desk.checkpoint()
    for outcome in outcomes[:2]:
        proof = house.ledger_desk.inclusion(outcome.recorded.leaf_index)
        assert proof.leaf_hash == outcome.recorded.leaf_hash
        judged, _ = house.ledger_desk.judge(proof)
        assert judged.good


def test_of_many_at_once_with_one_proof_one_pulls(house, client, own):
    held, token = voucher(house), token_for(house, client, own)
    path = f"/v1/certificates/{held.ref}:pull"
    headers = bound_headers(house, own, token, path)
    gate = Barrier(HANDS)

    def one(_):
        gate.wait(60)
        return client.post(path, json=pull_body(), headers=headers)

    with ThreadPoolExecutor(HANDS) as pool:
        answers = list(pool.map(one, range(HANDS)))
    good = [a for a in answers if a.status_code == 200]
    assert len(good) == 1
    causes = {a.json()["cause"] for a in answers if a.status_code == 401}
    assert causes == {"jti_replayed"}
    assert len(answers) == HANDS == 1 + sum(a.status_code == 401 for a in answers)
    with house.archive.reading() as books:
        assert books.usage.count() == 1


def test_a_token_that_was_verified_before_ends_when_it_is_revoked_or_its_client_is(
    house, client, own
):
    held, token = voucher(house), token_for(house, client, own)
    path = f"/v1/certificates/{held.ref}:pull"

    def pull():
        headers = bound_headers(house, own, token, path)
        return client.post(path, json=pull_body(), headers=headers)

    assert pull().status_code == 200
    form = {
        "token": token,
        "client_assertion_type": token_form("")["client_assertion_type"],
        "client_assertion": assertion(
            house, client.key, aud=f"{house.settings.public_url}/oauth2/revoke"
        ),
    }
    assert client.post("/oauth2/revoke", data=form).status_code == 200
    assert pull().json()["cause"] == "revoked"


def test_a_token_that_was_verified_before_ends_with_its_time(house, client, own):
    held, token = voucher(house), token_for(house, client, own)
    path = f"/v1/certificates/{held.ref}:pull"
    headers = bound_headers(house, own, token, path)
    assert client.post(path, json=pull_body(), headers=headers).status_code == 200
    with pytest.raises(CertstoreError) as refused:
        house.resource_gate.mint.open(token, house.clock.now().replace(year=2027))
    assert refused.value.facts["cause"] == "expired"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps({**pull_body(), "fields": ["id_number"]})),
        ("application/json", json.dumps({**pull_body(), "more": 1})),
        ("application/json", json.dumps({**pull_body(), "fields": ["name", "name"]})),
        ("application/json", "{"),
        ("application/json", ""),
        ("text/plain", json.dumps(pull_body())),
    ],
)
def test_the_lean_way_refuses_as_the_full_one(house, client, own, content_type, body):
    held, token = voucher(house), token_for(house, client, own)
    path = f"/v1/certificates/{held.ref}:pull"
    lean, full = client, TestClient(without_the_lean_way(house), base_url=client.base_url)
    said = []
    for each in (lean, full):
        headers = bound_headers(house, own, token, path)
        headers["Content-Type"] = content_type
        answer = each.post(path, content=body, headers=headers)
        problem = answer.json()
        assert problem.pop("instance")
        said.append((answer.status_code, answer.headers["content-type"], problem))
    assert said[0] == said[1]
    assert said[0][0] >= 400


def without_the_lean_way(house):
    app = create_app(house)
    app.user_middleware = [each for each in app.user_middleware if each.cls is not PullRoute]
    return app


def test_what_the_metrics_count_is_the_same(house, client, own):
    held, token = voucher(house), token_for(house, client, own)
    path = f"/v1/certificates/{held.ref}:pull"
    headers = bound_headers(house, own, token, path)
    assert client.post(path, json=pull_body(), headers=headers).status_code == 200
    counted = client.get("/metrics").text
    line = (
        'certstore_requests_total{method="POST",route="/v1/certificates/{ref}:pull",status="200"}'
    )
    assert f"{line} 1.0" in counted
