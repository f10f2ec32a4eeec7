"""Every form a browser sends: from our own pages, with the session's token, or not at all."""

import re
from datetime import timedelta

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from certstore.callers import Officer, caller_as_json
from certstore.errors import MalformedError
from certstore.service.app import create_app
from certstore.service.limits import Limits
from certstore.tables.sessions import SessionRow
from tests.house import house_in
from tests.sealed import resident

PAGE = {"Accept": "text/html"}
API = (
    *("/v1/", "/oauth2/", "/development-identity/token", "/wallets/par", "/wallets/token"),
    *("/wallets/nonce", "/wallets/credential", "/wallets/deferred", "/wallets/notification"),
)
# Takes what an app's page sends, by design: tests/e2e/over_http/test_entering.py.
FROM_OTHERS = frozenset({"/enter"})
CSRF = "the token of this session"
REF = "b" * 20


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("forms"))
    yield built
    built.close()


@pytest.fixture(scope="module")
def app(house):
    made = create_app(house)
    made.state.limits = Limits({})  # every form is asked many times here
    return made


def browser(app, house, caller):
    now = house.clock.now()
    secret = f"secret of {type(caller).__name__}"
    row = SessionRow(caller_as_json(caller), CSRF, now, now.replace(year=now.year + 1))
    with house.archive.writing() as books:
        books.sessions.close(secret)
        books.sessions.open(secret, row)
    client = TestClient(app, base_url=house.settings.public_url, follow_redirects=False)
    client.cookies.set("session", secret)
    client.headers.update(PAGE)
    return client


def routes(router):
    for route in router.routes:
        if isinstance(route, Route):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router)


def forms(app):
    """Every path that takes POST from a page, its parameters filled in."""
    found = {
        re.sub(r"\{[^}]+\}", REF, route.path)
        for route in routes(app)
        if "POST" in (route.methods or ()) and not route.path.startswith(API)
    }
    return sorted(found - FROM_OTHERS)


def test_there_are_forms(app):
    found = forms(app)
    assert "/sign-out" in found
    assert f"/certificates/{REF}/present/code" in found
    assert len(found) >= 12, found


@pytest.mark.parametrize("caller", [resident(), Officer("高民警", "1047", "梧桐派出所")])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_another_site_is_refused_everywhere(app, house, headers, caller):
    client = browser(app, house, caller)
    for path in forms(app):
        sent = {**headers, "X-CSRF-Token": CSRF}
        answer = client.post(path, data={"csrf": CSRF}, headers=sent)
        assert answer.status_code == 403, (path, answer.status_code)
    assert client.get("/settings").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", CSRF + "x", "é"])
def test_a_form_without_the_sessions_token_is_refused_everywhere(app, house, token):
    client = browser(app, house, resident())
    for path in forms(app):
        answer = client.post(path, data={"csrf": token}, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 403, (path, answer.status_code)


def test_our_own_form_is_taken_and_ends_the_session(app, house):
    client = browser(app, house, resident())
    assert client.get("/certificates").status_code == 200
    headers = {"Origin": house.settings.public_url, "Sec-Fetch-Site": "same-origin"}
    answer = client.post("/sign-out", data={"csrf": CSRF}, headers=headers)
    assert answer.status_code == 200
    gone = answer.headers["set-cookie"]
    assert gone.startswith('session="";')
    assert "Max-Age=0" in gone
    client.cookies.set("session", "secret of Resident")
    assert client.get("/certificates").status_code == 303


@pytest.mark.parametrize(
    "return_to",
    [
        "//evil.example",
        "/\\evil.example",
        "https://e.example",
        "/%09/evil.example",
        "//[",
        "javascript:alert(1)",
    ],
)
def test_the_sign_in_page_leads_nobody_elsewhere(app, house, return_to):
    client = TestClient(app, base_url=house.settings.public_url, headers=PAGE)
    answer = client.get(f"/sign-in?return_to={return_to}")
    assert answer.status_code == 200
    assert "evil" not in answer.text
    assert "return_to=%2F&" in answer.text or 'return_to=%2F"' in answer.text


@pytest.mark.parametrize("return_to", ["//evil.example", "https://e.example", "//["])
def test_leaving_with_a_way_back_to_elsewhere_is_refused(app, house, return_to):
    client = TestClient(app, base_url=house.settings.public_url, headers=PAGE)
    assert client.get("/sign-in/leave", params={"return_to": return_to}).status_code == 400


def test_coming_back_without_the_browsers_own_state_signs_nobody_in(app, house):
    client = TestClient(
        app, base_url=house.settings.public_url, headers=PAGE, follow_redirects=False
    )
    answer = client.get("/sign-in/return", params={"state": "guessed", "code": "any"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?")
    assert "session=" not in answer.headers.get("set-cookie", "")


def test_https_cookies_are_bound_to_the_host(tmp_path):
    house = house_in(tmp_path, public_url="https://certs.example")
    client = TestClient(create_app(house), base_url="https://certs.example", headers=PAGE)
    answer = client.get("/settings")
    assert "max-age" in answer.headers["strict-transport-security"]
    client.cookies.set("__Host-session", "none")
    answer = client.post("/sign-out", headers={"Origin": "https://certs.example"})
    assert answer.headers["set-cookie"].startswith('__Host-session="";')
    assert "Secure" in answer.headers["set-cookie"]
    house.close()


def test_without_demonstration_there_is_no_development_identity(tmp_path):
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("a passphrase of these tests")
    first = house_in(tmp_path / "house", key_passphrase_file=passphrase)
    assert first.demonstration
    open_paths = [route.path for route in routes(create_app(first))]
    assert "/development-identity/authorize" in open_paths
    first.close()
    # The same folder, demonstration keys and all, in a house that wants none.
    house = house_in(tmp_path / "house", key_passphrase_file=passphrase, demonstration=False)
    made = create_app(house)
    paths = [route.path for route in routes(made)]
    assert not [p for p in paths if p.startswith(("/development-identity", "/face-sandbox"))]
    client = TestClient(made, base_url=house.settings.public_url, headers=PAGE)
    assert client.get("/development-identity/authorize").status_code == 404
    assert not made.state.development_identity
    assert made.state.specimen  # what these keys sign stays marked
    with pytest.raises(MalformedError, match="sandbox"):  # and no sandbox's result is taken
        _ = house.face_desk
    house.close()


def test_with_a_provider_configured_there_is_no_development_identity(tmp_path):
    house = house_in(tmp_path, oidc_issuer="https://id.example")
    paths = [route.path for route in routes(create_app(house))]
    assert not [p for p in paths if p.startswith("/development-identity")]
    assert house.openid_issuer == "https://id.example"
    house.close()


def in_parts(client, path, content_type, **fields):
    """Send a form in parts, its bytes as they are."""
    head = b'--x\r\nContent-Disposition: form-data; name="'
    parts = [head + name.encode() + b'"\r\n\r\n' + said + b"\r\n" for name, said in fields.items()]
    headers = {"Content-Type": content_type, "Sec-Fetch-Site": "same-origin"}
    return client.post(path, content=b"".join(parts) + b"--x--\r\n", headers=headers)


HALF = b"+2AA-"  # in UTF-7: one half of a character, which no page can show


@pytest.mark.parametrize(
    "charset",
    ["utf-7", '"UTF-16"', "undefined", "\0"],
)
def test_a_form_in_other_letters_than_utf_8_is_refused_everywhere(app, house, charset):
    """Python has codecs that give half characters, and some that fail."""
    client = browser(app, house, resident())
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    for path in (*forms(app), *FROM_OTHERS):
        answer = in_parts(client, path, kind, csrf=CSRF.encode(), address=HALF)
        assert answer.status_code == 400, (path, answer.status_code)


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "idna", "hex", "utf-8-sig", "x" * 500, "latin-1", "utf-7 "]
)
def test_none_of_pythons_codecs_is_taken(app, house, charset):
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    answer = in_parts(browser(app, house, resident()), "/leases/new", kind, csrf=CSRF.encode())
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; charset*=utf-7''utf-7; boundary=x",
        "Multipart/Form-Data; CHARSET=utf-7; boundary=x",
        "multipart/form-data; boundary=x; charset=utf-8; charset=utf-7",
        "multipart/form-data-else; boundary=x; charset=utf-7",
    ],
)
def test_however_it_is_spelled(app, house, kind):
    client = browser(app, house, resident())
    for path in ("/leases/new", "/uploads/new"):
        typed = {"csrf": CSRF.encode(), "key": b"b" * 20, "address": HALF}
        answer = in_parts(client, path, kind, **typed)
        assert answer.status_code != 500
        assert answer.status_code >= 400
    assert in_parts(client, "/leases/new", kind, **typed).status_code in {400, 422}


@pytest.mark.parametrize("charset", ["", "; charset=UTF-8", '; charset="utf-8"', "; charset=utf8"])
def test_a_form_in_parts_is_read_as_utf_8(app, house, charset):
    client = browser(app, house, resident())
    kind = f"multipart/form-data; boundary=x{charset}"
    typed = {"csrf": CSRF.encode(), "key": b"b" * 20, "address": "望江路".encode()}
    answer = in_parts(client, "/leases/new", kind, **typed)
    assert answer.status_code == 422  # most of it is missing
    assert "望江路" in answer.text
    half = in_parts(client, "/leases/new", kind, **typed | {"address": b"\xed\xa0\x80"})
    assert half.status_code == 422


def test_a_form_of_an_ended_session_in_other_letters_is_refused_too(app, house):
    client, now = browser(app, house, resident()), house.clock.now()
    with house.archive.writing() as books:
        ended = SessionRow(caller_as_json(resident()), CSRF, now, now - timedelta(seconds=1))
        books.sessions.open("an ended one", ended)
    client.cookies.set("session", "an ended one")
    kept = client.post("/leases/new", data={"csrf": CSRF, "address": "望江路"})
    assert "why=kept" in kept.headers["location"]
    kind = "multipart/form-data; boundary=x; charset=utf-7"
    for typed in ({"csrf": HALF}, {"csrf": CSRF.encode(), "reason": HALF}):
        assert in_parts(client, "/leases/new", kind, **typed).status_code == 400


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=\xe9",
        "Multipart/Form-Data; boundary=x",
    ],
)
@pytest.mark.parametrize("secret", ["an ended one", "secret of Resident"])
def test_a_form_that_cannot_be_read_is_no_failure_of_ours(app, house, kind, secret):
    client, now = browser(app, house, resident()), house.clock.now()
    with house.archive.writing() as books:
        books.sessions.close("an ended one")
        ended = SessionRow(caller_as_json(resident()), CSRF, now, now - timedelta(seconds=1))
        books.sessions.open("an ended one", ended)
    client.cookies.set("session", secret)
    files = [b'--x\r\nContent-Disposition: form-data; name="csrf"; filename="a"\r\n\r\na\r\n'] * 20
    for path in forms(app):
        for content in (
            b"--x\r\nno header",
            b"--x\r\n\r\n\r\n--x--\r\n",
            b"".join(files) + b"--x--",
        ):
            headers = {"Content-Type": kind.encode("latin-1"), "X-CSRF-Token": CSRF}
            answer = client.post(path, content=content, headers=headers)
            assert answer.status_code < 500, (path, content[:20], answer.status_code)
