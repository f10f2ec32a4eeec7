"""The routes, over the real desks; the page is drawn plainly, its template has its own tests."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.testclient import TestClient

from certstore.callers import Resident
from certstore.errors import (
    CertstoreError,
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from certstore.storage.database import Database
from face_auth import routes
from face_auth.acceptance import FaceDesk
from face_auth.challenge import State
from face_auth.page_routes import sandbox_pages
from face_auth.sandbox import SandboxProvider
from tests.unit.face_auth.adapters.loopback import Said, loopback
from tests.unit.face_auth.office import ACCOUNT, HOLDER, NOW, Office
from tests.unit.face_auth.pulled_office import ACCOUNT as PULLED_ACCOUNT
from tests.unit.face_auth.pulled_office import PulledOffice

STATUS = {
    NotFoundError: 404,
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    UnavailableError: 503,
}


class House:
    def __init__(self, office: Office) -> None:
        self.desks = {FaceDesk: office.desk, SandboxProvider: office.sandbox}

    def find(self, kind):
        return self.desks[kind]


def draw(request: Request, template: str, view: object) -> PlainTextResponse:
    return PlainTextResponse(f"{template} {view}")


def check_form(request: Request) -> None:
    if request.headers.get("origin") != "http://testserver":
        raise ForbiddenError("a form from elsewhere")


def as_problem(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({}, STATUS[type(error)])


@pytest.fixture
def client(office) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.house = House(office)
    app.include_router(routes.router)
    app.include_router(sandbox_pages(draw, check_form))
    app.add_exception_handler(CertstoreError, as_problem)

    @app.middleware("http")
    async def who(request: Request, call_next):
        account = request.headers.get("test-account")
        request.state.caller = None if account is None else Resident(HOLDER, account, NOW)
        return await call_next(request)

    with TestClient(app, follow_redirects=False, headers={"origin": "http://testserver"}) as c:
        yield c


def test_a_result_is_accepted_and_the_second_time_refused_as_an_answer(client, office):
    body = {"token": office.result(office.begin())}
    first, second = (client.post("/v1/face-results", json=body) for _ in range(2))
    assert (first.status_code, first.json()) == (200, {"outcome": "accepted", "reasons": []})
    assert second.status_code == 200
    assert second.json() == {"outcome": "refused", "reasons": ["transaction_closed", "replayed"]}


@pytest.mark.parametrize(
    ("token", "reason"), [("x", "token_parts"), ("a.b." + "c" * 17_000, "token_too_large")]
)
def test_what_is_no_token_is_refused_by_its_reason(client, token, reason):
    answer = client.post("/v1/face-results", json={"token": token})
    assert (answer.status_code, answer.json()["reasons"]) == (200, [reason])


@pytest.mark.parametrize("body", [{}, {"token": 5}, {"token": "x", "level": 2}])
def test_a_body_of_another_shape_is_malformed(client, body):
    assert client.post("/v1/face-results", json=body).status_code == 422


def test_a_result_in_another_persons_browser_is_refused(client, office):
    body = {"token": office.result(office.begin())}
    answer = client.post("/v1/face-results", json=body, headers={"test-account": "somebody"})
    assert answer.json()["reasons"] == ["account_mismatch"]
    answer = client.post("/v1/face-results", json=body, headers={"test-account": ACCOUNT})
    assert answer.json()["outcome"] == "accepted"


def test_how_it_stands_is_told_to_the_person_who_began_it(client, office):
    begun = office.begin()
    path, mine = f"/v1/face-transactions/{begun.txn}", {"test-account": ACCOUNT}
    assert client.get(path, headers=mine).json() == {
        "transaction": begun.txn,
        "state": "open",
        "reasons": [],
    }
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"test-account": "somebody"}).status_code == 404
    assert client.get("/v1/face-transactions/none", headers=mine).status_code == 404


def test_the_sandboxs_page_shows_whom_it_was_asked_to_verify(client, office):
    begun = office.begin()
    page = client.get(f"/sandbox/face/{begun.provider_txn}")
    assert page.text.startswith("face_auth/sandbox.html")
    assert f"action='/sandbox/face/{begun.provider_txn}'" in page.text
    assert "return_href='/applications/app/face'" in page.text


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("pass", State.PASSED),
        ("fail_light", State.FAILED),
        ("fail_person", State.FAILED),
        ("risk", State.FAILED),
    ],
)
def test_the_choice_on_the_page_comes_back_as_a_signed_result(client, office, outcome, state):
    begun = office.begin()
    path = f"/sandbox/face/{begun.provider_txn}"
    answer = client.post(path, data={"outcome": outcome})
    assert (answer.status_code, answer.headers["location"]) == (303, "/applications/app/face")
    assert office.transaction(begun).state is state
    again = client.post(path, data={"outcome": "pass"})
    assert (again.status_code, again.headers["location"]) == (303, "/applications/app/face")
    assert client.get(path).headers["location"] == "/applications/app/face"
    assert office.transaction(begun).state is state


def test_the_page_of_an_unknown_verification_is_not_found(client):
    assert client.get("/sandbox/face/SANDBOX-nobody").status_code == 404
    assert client.post("/sandbox/face/SANDBOX-nobody", data={"outcome": "pass"}).status_code == 404


def test_a_choice_from_another_site_or_of_another_kind_changes_nothing(client, office):
    begun = office.begin()
    path = f"/sandbox/face/{begun.provider_txn}"
    foreign = client.post(path, data={"outcome": "pass"}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert client.post(path, data={"outcome": "maybe"}).status_code == 422
    assert office.transaction(begun).state is State.OPEN


# -- providers that are asked ----------------------------------------------------------------


@pytest.fixture
def pulled(tmp_path) -> Iterator[PulledOffice]:
    with loopback(lambda _: {}) as provider:
        opened = PulledOffice(Database(f"sqlite:///{tmp_path / 'pulled.db'}"), provider, "tencent")
        yield opened
        opened.close()


@pytest.fixture
def pulled_client(client, pulled) -> TestClient:
    client.app.state.house.desks[FaceDesk] = pulled.desk
    return client


MINE = {"test-account": PULLED_ACCOUNT}


def test_a_result_is_fetched_for_the_person_who_began_it(pulled_client, pulled):
    path = f"/v1/face-transactions/{pulled.begin().txn}/result"
    assert pulled_client.post(path).status_code == 401
    assert pulled_client.post(path, headers={"test-account": "somebody"}).status_code == 404
    assert pulled_client.get(path, headers=MINE).status_code == 405
    answer = pulled_client.post(path, headers=MINE)
    assert answer.json() == {"outcome": "accepted", "reasons": []}
    again = pulled_client.post(path, headers=MINE)
    assert again.json() == {"outcome": "refused", "reasons": ["transaction_closed"]}


def test_a_provider_that_fails_is_503_and_changes_nothing(pulled_client, pulled):
    begun = pulled.begin()
    pulled.provider.answer = lambda _: Said(b"<html>", 500)
    path = f"/v1/face-transactions/{begun.txn}/result"
    assert pulled_client.post(path, headers=MINE).status_code == 503
    assert pulled.transaction(begun).state is State.OPEN


def test_the_way_back_fetches_the_result_whatever_the_address_claims(pulled_client, pulled):
    begun = pulled.begin()
    path = f"/v1/face-transactions/{begun.txn}/return?BizToken=another&result=pass"
    assert pulled_client.get(path).status_code == 401
    assert pulled_client.get(path, headers={"test-account": "somebody"}).status_code == 404
    pulled.changes = {"Comparestatus": 2018}
    answer = pulled_client.get(path, headers=MINE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/a")
    assert pulled.transaction(begun).state is State.FAILED
    assert pulled.provider.asked[-1].json["BizToken"] == pulled.transaction(begun).provider_ref


def test_the_way_back_leads_on_when_the_provider_does_not_answer(pulled_client, pulled):
    begun = pulled.begin()
    pulled.provider.answer = lambda _: Said(b"", 503)
    path = f"/v1/face-transactions/{begun.txn}/return"
    answer = pulled_client.get(path, headers=MINE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/a?waiting=1")
    assert pulled.transaction(begun).state is State.OPEN
