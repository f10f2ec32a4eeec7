"""Schemathesis asks the whole API what its own description promises: no 500, nothing undescribed.

Every call is made with bodies, paths, queries and headers drawn from its description, and with
some that contradict it; without a token, with an issuing authority's and with a person's session.
The draws are the same at every run.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from certstore.callers import caller_as_json
from certstore.service.app import create_app
from certstore.service.demo_issuers import POLICE
from certstore.tables.sessions import SessionRow
from tests import good_answers
from tests.house import house_in
from tests.issuers import enrolled, item, open_client, record_check, signed_in
from tests.sealed import (
    LIN,
    ZHOU,
    assertion,
    enrol,
    pull_body,
    resident,
    school_key,
    token_form,
    voucher,
)

DRAWS = {"nobody": 2, "service": 5, "resident": 5}
CHECKS = (
    *(not_a_server_error, status_code_conformance, content_type_conformance),
    *(response_schema_conformance, response_headers_conformance),
)
NO_LIMITS = dict.fromkeys(
    (
        *("limit_sign_in", "limit_verify", "limit_polling", "limit_token", "limit_pull"),
        *("limit_face", "limit_exports"),
    ),
    0,
)
STEADY = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@schemathesis.deserializer("application/json")
def json_or_a_compact_jws(_ctx, response):
    """A JWS as its text: Schemathesis takes `application/jwt` for a kind of JSON."""
    kind = response.headers["content-type"][0].partition(";")[0]
    return response.text if kind == "application/jwt" else response.json()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = enrolled(house_in(tmp_path_factory.mktemp("asked"), **NO_LIMITS))
    yield built
    built.close()


@pytest.fixture(scope="module")
def app(house):
    made = create_app(house)
    police = signed_in(house, POLICE, made)
    assert police.post("/v1/certificates", json=record_check()).status_code == 201
    house.ledger_desk.checkpoint()
    return made


@pytest.fixture(scope="module")
def described(app):
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def asking(house, app):
    """The headers of each kind of caller."""
    police = signed_in(house, POLICE, app)
    return {
        "nobody": {},
        "service": {"Authorization": police.headers["Authorization"]},
        "resident": {"Cookie": f"session={session_of(house)}", "X-CSRF-Token": "csrf"},
    }


@pytest.fixture(scope="module")
def person(house, app, asking):
    """Somebody who signed in."""
    client = open_client(house, app)
    client.headers.update(asking["resident"])
    return client


def session_of(house, holder=LIN):
    """The secret of a session of somebody who signed in just now."""
    secret, now = f"session-of-{holder.id_number}", house.clock.now()
    somebody = replace(resident(holder), verified_at=now)
    row = SessionRow(caller_as_json(somebody), "csrf", now, now + timedelta(hours=8))
    with house.archive.writing() as books:
        books.sessions.open(secret, row)
    return secret


@pytest.fixture(scope="module")
def service(house, app):
    """A pulling service with every action."""
    return good_answers.asker(house, app)


@pytest.mark.parametrize("who", ["nobody", "service", "resident"])
def test_every_call_answers_as_described(described, asking, who):
    """Nobody asks for everything; who is somebody, for what needs them."""
    asked = 0
    for result in described.get_all_operations():
        operation = result.ok()
        if who == "nobody" or who in needed(operation):
            ask(operation, asking[who], DRAWS[who])
            asked += 1
    assert asked > {"nobody": 40, "service": 10, "resident": 5}[who]


def needed(operation):
    """Who may make a call."""
    said = {"service": "service", "session": "resident"}
    return {said[name] for scheme in operation.definition.raw["security"] for name in scheme}


def ask(operation, headers, draws):
    """Draw requests and hold each answer to the description."""

    @given(case=drawn(operation))
    @settings(STEADY, max_examples=draws)
    def once(case):
        sent = {k: v for k, v in (case.headers or {}).items() if k.lower() not in ours}
        case.headers = {**sent, **headers}
        case.call_and_validate(checks=CHECKS)

    ours = {name.lower() for name in headers}
    once()


def drawn(operation):
    """Requests that fit the description, and where there is a body, some that contradict it."""
    fitting = operation.as_strategy(GenerationMode.POSITIVE)
    if not operation.body:
        return fitting
    return fitting | operation.as_strategy(GenerationMode.NEGATIVE)


def test_good_answers_are_as_described(described, house, app):
    """What draws hardly ever reach: the answers to requests that are in order."""
    key = school_key()
    enrol(house, key)
    client = open_client(house, app)
    school = client.post("/oauth2/token", data=token_form(assertion(house, key)))
    held = voucher(house)
    police = signed_in(house, POLICE, app)
    made = police.post("/v1/certificates", json=record_check("G-1"))
    ref = made.json()["ref"]
    why = {"purpose_id": POLICE.purpose_id, "operator": "1", "words": "经核实"}
    batch = {"purpose_id": POLICE.purpose_id, "operator": "1", "items": [item(record_check("G-2"))]}
    taken = police.post("/v1/certificates:batch", json=batch)
    house.ledger_desk.checkpoint()
    client.headers["Authorization"] = f"Bearer {school.json()['access_token']}"
    house.for_others_desk.finish()
    pulled = client.post(f"/v1/certificates/{held.ref}:pull", json=pull_body())
    outside = client.post(f"/v1/certificates/{held.ref}:pull", json=pull_body(["id_number"]))
    change = police.post(f"/v1/certificates/{ref}:suspend", json={**why, "reason": "lost"})
    answers = {
        ("/oauth2/token", "POST", 200): school,
        ("/v1/certificates", "POST", 201): made,
        ("/v1/certificates/{ref}", "GET", 200): police.get(f"/v1/certificates/{ref}"),
        ("/v1/certificates/{ref}:suspend", "POST", 200): change,
        ("/v1/certificates:batch", "POST", 202): taken,
        ("/v1/certificate-batches/{ref}", "GET", 200): police.get(taken.json()["href"]),
        ("/v1/certificates/{ref}:pull", "POST", 200): pulled,
        ("/v1/certificates/{ref}:pull", "POST", 403): outside,
        ("/v1/ledger/proof/inclusion", "GET", 200): client.get(
            "/v1/ledger/proof/inclusion", params={"leaf_index": 0}
        ),
        ("/v1/ledger/entries", "GET", 200): client.get("/v1/ledger/entries"),
        ("/v1/catalog/cert-types/{code}", "GET", 200): client.get(
            "/v1/catalog/cert-types/id_photo"
        ),
    }
    for (path, method, status), answer in answers.items():
        assert answer.status_code == status, answer.text
        described[path][method].validate_response(answer)


@pytest.mark.parametrize(
    "calls",
    [
        good_answers.of_a_pulling_service,
        good_answers.of_a_subscriber,
        good_answers.of_a_matters_agency,
    ],
)
def test_good_answers_to_services_are_as_described(described, service, house, calls):
    hold(described, calls(house, service))


def test_good_answers_about_consent_are_as_described(described, house, app, person):
    hold(described, good_answers.of_consent(house, app, person))


def test_good_answers_to_people_are_as_described(described, house, person, service):
    good_answers.of_a_pulling_service(house, service)  # so that there is something to ask about
    hold(described, good_answers.of_a_person(house, person))


def test_good_answers_about_holds_are_as_described(described, house, person):
    hold(described, good_answers.of_holds(house, person))


def test_good_answers_about_a_lease_are_as_described(described, house, person):
    answers = good_answers.of_a_lease(house, person)
    hold(described, answers)
    assert answers["/v1/me/leases/{ref}:sign", "POST", 200].json()["state"] == "filed"


def test_everything_about_oneself_is_as_described(described, house, app):
    """Somebody nothing was drawn for: it is given five times a day."""
    client = open_client(house, app)
    client.headers.update({"Cookie": f"session={session_of(house, ZHOU)}"})
    hold(described, {("/v1/me/export", "GET", 200): client.get("/v1/me/export")})


def hold(described, answers):
    """Hold good answers to the description, and see that they are good."""
    for (path, method, status), answer in answers.items():
        assert answer.status_code == status, (path, answer.text)
        described[path][method].validate_response(answer)
