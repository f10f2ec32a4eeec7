"""Errors as they are answered: problems for services, pages for people, nothing of our inside."""

import importlib
import json
import pkgutil
import shutil
import socket

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

import certstore
import face_auth
import issuance
import verifiers
from certstore import errors
from certstore.callers import caller_as_json
from certstore.service.app import create_app
from certstore.service.body_limit import largest_body
from certstore.service.demo_visitor import DemoError
from certstore.service.problems import STATUS
from certstore.service.serving import free_port, serving
from certstore.service.wiring import House
from certstore.tables.sessions import SessionRow
from tests.house import house_in, settings_in
from tests.sealed import LIN, resident
from tests.servers import free_ports

PAGE = {"Accept": "text/html"}
SECURITY = ("content-security-policy", "x-content-type-options", "referrer-policy")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("problems"))
    yield built
    built.close()


@pytest.fixture(scope="module")
def app(house):
    made = create_app(house)

    @made.get("/v1/broken")
    @made.get("/broken")
    def broken() -> None:
        with house.archive.writing() as books:  # a statement that fails with a person's number
            statement = text("INSERT INTO people (id_number) VALUES (:number)")
            books.connection.execute(statement, {"number": LIN.id_number})

    return made


@pytest.fixture
def client(app, house):
    url = house.settings.public_url
    return TestClient(app, base_url=url, raise_server_exceptions=False, follow_redirects=False)


def problem(answer, status, slug):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (said["type"], said["status"]) == (f"urn:certstore:problem:{slug}", status)
    assert said["title"]
    return said


def every_error():
    for package in (certstore, face_auth, issuance, verifiers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations.versions" not in module.name and not module.name.endswith(".env"):
                importlib.import_module(module.name)
    waiting, found = [errors.CertstoreError], []
    while waiting:
        below = waiting.pop().__subclasses__()
        found += below
        waiting += below
    return found


def test_every_error_of_the_house_has_a_status():
    ours = {"DemoError", "MissingTextError", "DigestMismatchError"}  # our own failures: 500
    # Between channels and whoever sends by them; no caller is ever answered with one.
    ours |= {"RefusedForGoodError", "TryLaterError", "UnclearError", "ClaimLostError"}
    without = [
        kind.__name__
        for kind in every_error()
        if not any(known in STATUS for known in kind.__mro__)
    ]
    assert set(without) == ours
    assert DemoError.code == "internal"


def test_every_error_has_a_slug_of_the_closed_list():
    closed = {
        *("unauthenticated", "forbidden", "conflict", "rate-limited", "payload-too-large"),
        *("unsupported-media-type", "unavailable", "internal", "invalid-request"),
        *("fields-required", "invalid-token", "invalid-dpop-proof", "insufficient-purpose"),
        *("field-not-granted", "consent-required", "consent-withdrawn"),
        *("representation-unproven", "subject-mismatch", "not-found", "idempotency-conflict"),
        *("idempotency-mismatch", "certificate-revoked", "under-dispute", "quota-exceeded"),
        *("source-unavailable", "ledger-unavailable"),
    }
    assert {kind.code for kind in every_error()} <= closed


@pytest.mark.parametrize("path", ["/v1/nothing", "/oauth2/nothing", "/.well-known/nothing"])
def test_no_such_api_is_a_problem(client, path):
    problem(client.get(path), 404, "not-found")
    problem(client.get(path, headers=PAGE), 404, "not-found")


def test_another_method_is_told_which_ones_there_are(client):
    answer = client.get("/oauth2/token")
    problem(answer, 405, "invalid-request")
    assert answer.headers["allow"] == "POST"


def test_what_does_not_fit_its_description_names_the_member_and_not_its_value(client):
    answer = client.post("/v1/verify/code", json={"code": LIN.id_number, "more": LIN.name})
    said = problem(answer, 422, "invalid-request")
    assert said["errors"]
    assert LIN.name not in answer.text
    problem(client.post("/v1/verify/code", content=b"{"), 422, "invalid-request")


LARGEST = {
    "/v1/verify/code": 256 << 10,
    "/v1/certificates:batch": 2 << 20,
}


@pytest.mark.parametrize(
    ("path", "most"),
    [
        *LARGEST.items(),
        ("/oauth2/token", 256 << 10),
        ("/v1/certificates", 256 << 10),
        ("/v1/pull-jobs", 2 << 20),
        ("/v1/verify/document", 16 << 20),
        ("/v1/uploads/k7m2", 16 << 20),
        ("/scan", 16 << 20),
        ("/v1/verify/document/more", 256 << 10),
    ],
)
def test_each_call_has_a_largest_body(path, most):
    assert largest_body(path) == most


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_is_refused(client, chunked):
    for path, most in LARGEST.items():
        piece = bytes((most >> 2) + 1)
        content = iter([piece] * 4) if chunked else piece * 4
        headers = {"Content-Type": "application/json"}
        answer = client.post(path, content=content, headers=headers)
        said = problem(answer, 413, "payload-too-large")
        assert str(most) in said["detail"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"headers": {f"x-{n}": "1" for n in range(101)}}, 431),
        ({"headers": {"x-long": "x" * (64 << 10)}}, 431),
        ({"params": {"long": "x" * (8 << 10)}}, 414),
    ],
)
def test_a_head_beyond_measure_is_refused(client, sent, status):
    problem(client.get("/v1/catalog/cert-types", **sent), status, "invalid-request")


@pytest.mark.parametrize("path", [f"/v1/certificates/{'a' * 20}:pull", "/v1/reuse-decisions"])
def test_a_body_without_end_is_no_failure_of_ours(client, caplog, path):
    """Or whoever sends one could fill the log and the alarms."""
    piece = bytes(128 << 10)
    headers = {"Content-Type": "application/json"}
    before = failures(client)
    with caplog.at_level("WARNING"):
        problem(
            client.post(path, content=iter([piece] * 4), headers=headers), 413, "payload-too-large"
        )
    assert caplog.records == []
    assert failures(client) == before
    assert 'status="413"' in client.get("/metrics").text


def failures(client):
    return [line for line in client.get("/metrics").text.splitlines() if 'status="500"' in line]


@pytest.mark.parametrize("end", ["%0a", "%0D", "%00", "%7f", "%C2%85"])
def test_an_address_with_a_control_character_leads_nowhere(client, end):
    problem(client.get(f"/v1/catalog/cert-types{end}"), 404, "not-found")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [50, 5000, 40_000])
def test_json_nested_beyond_measure_is_refused_and_no_failure_of_ours(client, opening, depth):
    headers = {"Content-Type": "application/json"}
    for path in ("/v1/verify/code", "/v1/reuse-decisions", "/v1/face-results"):
        answer = client.post(path, content=opening * depth, headers=headers)
        problem(answer, answer.status_code, "invalid-request")
        assert answer.status_code in {400, 422}


@pytest.mark.parametrize("announced", ["-1", "1e3", "x"])
def test_a_length_that_is_no_number_is_refused(client, announced):
    answer = client.post("/v1/verify/code", content=b"{}", headers={"Content-Length": announced})
    assert answer.status_code == 413


def test_two_lengths_are_refused_and_the_connection_ends(house):
    """Over a real connection: who stands before us may have believed the other one."""
    port = free_port()
    request = (
        b"POST /v1/verify/code HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    )
    with (
        serving(house, "127.0.0.1", port),
        socket.create_connection(("127.0.0.1", port), timeout=10) as caller,
    ):
        caller.sendall(request)
        answer = b"".join(iter(lambda: caller.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/verify/code", {"code": "a", "\ud800": 1}),
        ("/v1/verify/code", {"code": "\ud800"}),
        ("/v1/face-results", {"token": "\ud800.a.b"}),
        ("/v1/face-results", {"token": "a", "\udfff": 1}),
    ],
)
def test_a_lone_surrogate_is_answered_like_any_other_letter(client, path, body):
    as_json = {"Content-Type": "application/json"}
    answer = client.post(path, content=json.dumps(body), headers=as_json)
    assert answer.status_code in {200, 422}
    answer.json()


def test_our_own_failure_says_nothing_of_what_happened(client, caplog):
    answer = client.get("/v1/broken")
    said = problem(answer, 500, "internal")
    assert said["instance"].startswith("urn:certstore:request:")
    for secret in (LIN.id_number, "Traceback", "sqlalchemy", "people", "INSERT", ".py"):
        assert secret not in answer.text
    number = said["instance"].rpartition(":")[2]
    assert number in caplog.text  # the operator finds it
    assert LIN.id_number not in caplog.text


def test_our_own_failure_travels_with_the_security_headers_and_is_counted(client):
    answer = client.get("/v1/broken")
    assert all(name in answer.headers for name in SECURITY)
    counted = client.get("/metrics").text
    assert 'certstore_requests_total{method="GET",route="/v1/broken",status="500"}' in counted


@pytest.mark.parametrize(("lang", "tag"), [("zh", "zh"), ("en", "en")])
@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/broken", 500)])
def test_people_get_a_page_in_their_language(client, path, status, lang, tag):
    answer = client.get(path, params={"lang": lang}, headers=PAGE)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert f'<html lang="{tag}' in answer.text
    assert "Traceback" not in answer.text
    assert LIN.id_number not in answer.text
    assert all(name in answer.headers for name in SECURITY)


def test_the_page_of_a_failure_is_another_in_each_language(client):
    said = {
        lang: client.get("/nothing", params={"lang": lang}, headers=PAGE).text
        for lang in ("zh", "en")
    }
    assert said["zh"] != said["en"]


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(client):
    answer = client.get("/certificates", headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?return_to=%2Fcertificates")
    problem(client.get("/v1/me/usage"), 401, "unauthenticated")


def session_cookie(house):
    now = house.clock.now()
    row = SessionRow(caller_as_json(resident()), "csrf", now, now.replace(year=now.year + 1))
    with house.archive.writing() as books:
        books.sessions.open("a secret", row)
    return {"session": "a secret"}


def down(client, cookies):
    problem(client.get("/readyz"), 503, "unavailable")
    assert client.get("/healthz").json() == {"status": "alive"}
    problem(client.get("/v1/ledger/checkpoint"), 503, "unavailable")
    client.cookies.update(cookies)
    assert client.get("/healthz").status_code == 200
    page = client.get("/certificates", headers=PAGE)
    assert page.status_code == 503
    assert page.headers["content-type"].startswith("text/html")


def test_when_postgresql_is_down_so_is_everything_that_needs_it(tmp_path):
    (port,) = free_ports(1)
    url = f"postgresql+psycopg://nobody@127.0.0.1:{port}/none?connect_timeout=2"
    house = House(settings_in(tmp_path, database_url=url))
    down(TestClient(create_app(house), raise_server_exceptions=False), {"session": "any"})
    house.close()


def test_when_the_database_file_is_gone_the_house_says_so(tmp_path):
    house = house_in(tmp_path / "house")
    client = TestClient(create_app(house), raise_server_exceptions=False)
    assert client.get("/readyz").json() == {"status": "ready"}
    cookies = session_cookie(house)
    for path in (tmp_path / "house").glob("certstore.db*"):
        path.unlink()
    down(client, cookies)
    house.close()


def test_when_the_objects_are_gone_the_house_is_not_ready(tmp_path):
    house = house_in(tmp_path / "house")
    client = TestClient(create_app(house), raise_server_exceptions=False)
    shutil.rmtree(tmp_path / "house" / "objects")
    assert client.get("/readyz").status_code in {500, 503}
    assert client.get("/healthz").status_code == 200
    house.close()
