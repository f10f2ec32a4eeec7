"""How often one caller may ask: the buckets, and what is answered at the door."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from certstore.callers import caller_as_json
from certstore.errors import RateLimitedError
from certstore.service import limits
from certstore.service.app import create_app
from certstore.service.limits import BY_ACCOUNT, BY_ADDRESS, Limits, group_of, limits_of
from certstore.tables.sessions import SessionRow
from tests.house import house_in
from tests.sealed import assertion, enrol, pull_body, resident, school_key, token_form

PAGE = {"Accept": "text/html"}
_NUMBERS = itertools.count()


class Steady:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def steady():
    return Steady()


def test_a_minutes_worth_passes_at_once_and_then_one_at_a_time(steady):
    counted = Limits({"token": 6}, steady)
    assert [counted.wait("token", "a") for _ in range(6)] == [0.0] * 6
    assert counted.wait("token", "a") == pytest.approx(10.0)
    steady.seconds += 9.0
    assert counted.wait("token", "a") == pytest.approx(1.0)
    steady.seconds += 1.1
    assert counted.wait("token", "a") == 0.0
    assert counted.wait("token", "a") > 0


def test_callers_and_groups_are_counted_apart(steady):
    counted = Limits({"token": 1, "verify": 1}, steady)
    assert counted.wait("token", "a") == 0.0
    assert counted.wait("token", "b") == 0.0
    assert counted.wait("verify", "a") == 0.0
    assert counted.wait("token", "a") > 0


def test_no_limit_is_no_limit(steady):
    counted = Limits({"token": 0}, steady)
    assert not any(counted.wait(group, "a") for group in ("token", "pull") for _ in range(1000))


def test_what_is_refused_says_how_long_to_wait(steady):
    counted = Limits({"face": 2}, steady)
    counted.count("face", "a")
    counted.count("face", "a")
    with pytest.raises(RateLimitedError) as told:
        counted.count("face", "a")
    assert 30 <= told.value.facts["retry_after"] <= 31


@given(st.lists(st.floats(0, 90), max_size=80), st.integers(1, 30))
def test_no_more_passes_than_a_minutes_worth_and_what_flowed_in(pauses, most):
    steady = Steady()
    counted = Limits({"pull": most}, steady)
    passed = 0
    for pause in pauses:
        steady.seconds += pause
        passed += counted.wait("pull", "a") == 0.0
    assert passed <= most + steady.seconds * most / 60 + 1e-6


def test_the_memory_for_callers_ends_somewhere(steady, monkeypatch):
    monkeypatch.setattr(limits, "_MOST_BUCKETS", 10)
    counted = Limits({"verify": 1}, steady)
    for number in range(50):
        counted.wait("verify", str(number))
    assert len(counted._buckets) == 10
    assert counted.wait("verify", "49") > 0  # the latest is remembered
    assert counted.wait("verify", "0") == 0.0


@pytest.mark.parametrize(
    ("method", "path", "group"),
    [
        ("GET", "/sign-in/leave", "sign-in"),
        ("HEAD", "/sign-in/leave", "sign-in"),
        ("GET", "/sign-in/return", "sign-in"),
        ("POST", "/development-identity/authorize", "sign-in"),
        ("POST", "/v1/verify/code", "verify"),
        ("POST", "/v1/verify/document", "verify"),
        ("POST", "/scan/file", "verify"),
        ("GET", "/s/abc", "verify"),
        ("GET", "/v1/verify/status/abc", "verify"),
        ("POST", "/v1/verify/requests", "verify"),
        ("POST", "/v1/verify/wallet-requests/abc/response", "verify"),
        ("POST", "/v1/verify/requests/abc:collect", "polling"),
        ("POST", "/v1/verify/wallet-requests/abc:result", "polling"),
        ("POST", "/scan/ask/state", "polling"),
        ("POST", "/scan/ask/result", "polling"),
        ("POST", "/scan/wallet/abc", "polling"),
        ("GET", "/scan/wallet/abc", "polling"),
        ("GET", "/scan/wallet/abc/standing", "polling"),
        ("GET", "/scan/wallet", None),
        ("POST", "/oauth2/token", "token"),
        ("POST", "/oauth2/debug", "token"),
        ("POST", "/oauth2/introspect", "token"),
        ("POST", "/oauth2/revoke", "token"),
        ("GET", "/sign-in", None),
        ("GET", "/scan", None),
        ("POST", "/v1/certificates/x:pull", None),
    ],
)
def test_each_way_in_belongs_to_its_group(method, path, group):
    assert group_of(method, path, BY_ADDRESS) == group


@pytest.mark.parametrize(
    ("method", "path", "group"),
    [
        ("POST", "/applications/x/face", "face"),
        ("GET", "/applications/x/face", "face"),
        ("GET", "/v1/face-transactions/x/return", "face"),
        ("POST", "/v1/face-transactions/x/result", "face"),
        ("GET", "/v1/face-transactions/x", None),
        ("POST", "/applications/x/relative", "relatives"),
        ("GET", "/applications/x/relative", None),
        ("POST", "/applications/x/photo", "uploads"),
        ("POST", "/applications/x/photo/y/keep", None),
        ("POST", "/applications/x/materials/dwelling", "uploads"),
        ("POST", "/v1/applications/x/materials/dwelling/uploads", "uploads"),
        ("GET", "/certificates/x/document", "exports"),
        ("POST", "/certificates/x/download", "exports"),
        ("GET", "/certificates/x/download", None),
        ("GET", "/usage/x/proof.json", "exports"),
        ("GET", "/v1/me/usage", "exports"),
        ("GET", "/usage", None),
        ("POST", "/pull", "counter"),
        ("POST", "/pull/case", "counter"),
        ("POST", "/pull/x", "counter"),
        ("GET", "/pull", None),
    ],
)
def test_what_a_person_asks_for_belongs_to_its_group(method, path, group):
    assert group_of(method, path, BY_ACCOUNT) == group


# -- at the door ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(
        tmp_path_factory.mktemp("limits"),
        limit_sign_in=4,
        limit_verify=3,
        limit_polling=2,
        limit_token=2,
        limit_pull=2,
        limit_face=2,
        limit_uploads=2,
        limit_exports=2,
        limit_relatives=2,
        trusted_proxies=("10.0.0.0/8",),
    )
    yield built
    built.close()


@pytest.fixture(scope="module")
def app(house):
    return create_app(house)


@pytest.fixture
def door(house, app):
    """Opens the service for a caller at an address; nobody has been counted yet."""
    app.state.limits = limits_of(house.settings)
    url = house.settings.public_url

    def at(address="203.0.113.1"):
        return TestClient(app, base_url=url, client=(address, 4711), follow_redirects=False)

    return at


def test_scans_beyond_the_limit_are_told_to_wait(door):
    client = door()
    body = {"code": "RP1:NOTHING"}
    answers = [client.post("/v1/verify/code", json=body) for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    said = answers[-1].json()
    assert said["type"] == "urn:certstore:problem:rate-limited"
    assert answers[-1].headers["content-type"] == "application/problem+json"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 21
    assert "203.0.113.1" not in answers[-1].text
    assert "content-security-policy" in answers[-1].headers
    assert client.get("/healthz").status_code == 200
    assert 'status="429"' in client.get("/metrics").text


def test_guessing_secrets_by_polling_ends_as_soon_as_it_is_too_often(door):
    client, ref = door(), "a" * 20
    said = {"secret": "guess" * 5}
    asked = (f"/v1/verify/requests/{ref}:collect", f"/v1/verify/wallet-requests/{ref}:result")
    codes = [client.post(path, json=said).status_code for path in (*asked, *asked)]
    assert codes == [404, 404, 429, 429]
    assert client.post("/scan/ask/state").status_code == 429
    assert client.post("/v1/verify/code", json={"code": "RP1:X"}).status_code == 200  # its own


def test_nothing_of_a_body_is_read_beyond_the_limit(door):
    client = door()
    for _ in range(3):
        client.post("/v1/verify/code", json={})

    def body():
        pytest.fail("the body was asked for")
        yield b""

    assert client.post("/v1/verify/document", content=body()).status_code == 429


def test_another_address_is_counted_apart(door):
    for address in ("203.0.113.1", "203.0.113.2"):
        client = door(address)
        codes = [client.post("/oauth2/token").status_code for _ in range(3)]
        assert codes == [422, 422, 429]


def test_behind_a_trusted_proxy_whom_it_names_is_counted(door):
    client = door("10.0.0.2")
    for address in ("198.51.100.1", "198.51.100.2"):
        headers = {"X-Forwarded-For": address}
        codes = [client.post("/oauth2/token", headers=headers).status_code for _ in range(3)]
        assert codes == [422, 422, 429]


def test_what_a_stranger_says_of_itself_is_not_believed(door):
    client = door()
    headers = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(4)]
    codes = [client.post("/oauth2/token", headers=h).status_code for h in headers]
    assert codes == [422, 422, 429, 429]


@pytest.mark.parametrize(("lang", "words"), [("zh", "太快"), ("en", "a little fast")])
def test_people_read_it_on_a_page(door, lang, words):
    client = door()
    client.cookies.set("dress", lang)
    for _ in range(4):
        assert client.get("/sign-in/return?code=a", headers=PAGE).status_code == 303
    answer = client.get("/sign-in/return?code=a", headers=PAGE)
    assert answer.status_code == 429
    assert "retry-after" in answer.headers
    assert f'<html lang="{lang}' in answer.text
    assert words in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/applications/bbbbbbbbbbbbbbbbbbbb/face"),
        ("POST", "/applications/bbbbbbbbbbbbbbbbbbbb/relative"),
        ("GET", "/certificates/bbbbbbbbbbbbbbbbbbbb/document"),
        ("GET", "/v1/me/usage"),
    ],
)
def test_an_account_is_counted_whatever_its_address(house, door, method, path):
    codes = []
    for number in range(4):
        client = door(f"203.0.113.{number}")
        client.cookies.set("session", opened(house, resident()))
        answer = client.request(method, path, data={"csrf": "token"}, headers=PAGE)
        codes.append(answer.status_code)
    assert 429 not in codes[:2]
    assert codes[2:] == [429, 429]
    assert door().request(method, path, headers=PAGE).status_code != 429


def test_a_client_is_counted_at_its_pulls_and_with_any_of_its_tokens(house, door):
    key = school_key()
    enrol(house, key)
    service = door()
    tokens = [
        service.post("/oauth2/token", data=token_form(assertion(house, key))).json()["access_token"]
        for _ in range(2)
    ]
    codes = []
    for token in tokens * 2:
        headers = {"Authorization": f"Bearer {token}"}
        path = "/v1/certificates/bbbbbbbbbbbbbbbbbbbb:pull"
        codes.append(service.post(path, json=pull_body(("name",)), headers=headers).status_code)
    assert codes == [404, 404, 429, 429]


def opened(house, caller):
    """A session of somebody."""
    secret, now = f"secret {next(_NUMBERS)}", house.clock.now()
    row = SessionRow(caller_as_json(caller), "token", now, now.replace(year=now.year + 1))
    with house.archive.writing() as books:
        books.sessions.open(secret, row)
    return secret
