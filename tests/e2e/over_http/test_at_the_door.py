"""At the door of the running service: hosts, methods, the built-in provider, headers, the log."""

import io
import json
import logging
import socket
from urllib.parse import urlencode

import httpx
import pytest
from lxml.html import fromstring

from certstore.service.demo_visitor import Visitor
from certstore.service.logs import JsonLines
from certstore.service.serving import free_port, serving
from tests.residents import PEOPLE, copied, vouchers
from tests.sealed import assertion, enrol, pull_body, school_key, token_form

PAGE = {"Accept": "text/html"}
AUTHORIZE = "/development-identity/authorize"


@pytest.fixture(scope="module")
def house(settled_folder, tmp_path_factory):
    port = free_port()
    url, folder = f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("door")
    with (
        copied(settled_folder, folder, public_url=url) as opened,
        serving(opened, "127.0.0.1", port),
    ):
        yield opened


@pytest.fixture
def http(house):
    with httpx.Client(base_url=house.settings.public_url, headers=PAGE) as client:
        yield client


# -- the host ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""]
)
@pytest.mark.parametrize(("lang", "words"), [("zh", "不是本服务的网址"), ("en", "not the address")])
def test_another_host_is_told_on_a_page(http, host, lang, words):
    answer = http.get("/sign-in", headers={"Host": host, "Cookie": f"dress={lang}"})
    assert answer.status_code == 421
    assert words in answer.text
    assert "evil" not in answer.text
    assert "content-security-policy" in answer.headers


def test_another_host_is_told_services_as_a_problem(http):
    answer = http.get("/v1/catalog/cert-types", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["where"] == "Host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "[::1]:8000", "127.0.0.1"])
def test_this_machine_may_ask_by_any_of_its_names(http, host):
    assert http.get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_operations_machines_ask_by_whatever_address_they_know(http, path):
    assert http.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


def raw(house, *lines):
    """Send a request line by line, as no client library would."""
    host, _, port = house.settings.public_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as link:
        link.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        return link.makefile("rb").readline().decode()


def test_a_request_without_a_host_or_with_two_is_refused(house):
    assert " 4" in raw(house, "GET /sign-in HTTP/1.0")
    two = raw(house, "GET /sign-in HTTP/1.1", "Host: 127.0.0.1", "Host: evil.example")
    assert " 4" in two


# -- methods -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/certificates/bbbbbbbbbbbbbbbbbbbb/present/code"])
@pytest.mark.parametrize(("lang", "words"), [("zh", "不能这样打开"), ("en", "cannot be opened")])
def test_an_address_that_only_takes_forms_says_so_in_words(http, path, lang, words):
    answer = http.get(path, headers={"Cookie": f"dress={lang}"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert words in answer.text
    assert len(fromstring(answer.text).xpath("//h1")) == 1


# -- the built-in provider -----------------------------------------------------------------


def request_of(http):
    leave = http.get("/sign-in/leave?return_to=/")
    query = leave.headers["location"].partition("?")[2]
    return dict(pair.split("=", 1) for pair in query.split("&"))


def test_the_providers_page_without_a_request_leads_to_sign_in(http):
    for lang, words in (("zh", "不能直接打开"), ("en", "cannot begin here")):
        answer = http.get(AUTHORIZE, headers={"Cookie": f"dress={lang}"})
        assert answer.status_code == 400
        assert words in answer.text
        assert fromstring(answer.text).xpath('//main//a[@href="/sign-in"]')


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "stranger"),
        ("redirect_uri", "https://evil.example/return"),
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("state", ""),
        ("nonce", "x" * 201),
        ("code_challenge", "é"),
        ("code_challenge", None),
    ],
)
def test_a_request_that_does_not_fit_leads_nowhere_and_names_what_is_wrong(http, name, value):
    asked = httpx.QueryParams(http.get("/sign-in/leave").headers["location"].partition("?")[2])
    changed = {key: text for key, text in {**asked, name: value}.items() if text is not None}
    answer = http.get(f"{AUTHORIZE}?{urlencode(changed)}")
    assert answer.status_code == 400
    (said,) = fromstring(answer.text).xpath('//span[@class="mono"]/text()')
    assert said == name
    assert "evil" not in answer.text


def test_a_person_is_not_given_a_code_without_a_request(http):
    answer = http.post(AUTHORIZE, data={"person": "chen_yiming"})
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "form", [{}, {"client_id": "certstore"}, {"client_id": "certstore", "code": "x"}]
)
def test_the_token_endpoint_answers_programs_in_json(http, form):
    answer = http.post("/development-identity/token", data=form)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_client", "invalid_grant"}


# -- headers -------------------------------------------------------------------------------


PATHS = ("/", "/sign-in", "/sign-out", "/settings", "/scan", AUTHORIZE, "/nothing", "/v1/nothing")


@pytest.mark.parametrize("path", [*PATHS, "/healthz", "/openapi.json", "/usage"])
def test_every_answer_travels_with_its_headers(http, path):
    headers = http.get(path).headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    for source in ("script-src", "style-src"):
        assert "unsafe-inline" not in policy[source]
        assert "unsafe-eval" not in policy[source].replace("wasm-unsafe-eval", "")
        assert "*" not in policy[source]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize("path", PATHS[:6])
def test_no_page_holds_style_or_script_of_its_own(http, path):
    page = fromstring(http.get(path).text)
    assert not page.xpath("//*[@style]")
    assert not page.xpath("//style")
    assert all(script.get("src") for script in page.xpath("//script"))
    assert not [a for e in page.iter() for a in e.attrib if a.startswith("on")]


# -- the log -------------------------------------------------------------------------------


@pytest.fixture
def log():
    """What the service writes while a test runs."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("certstore")
    before, level = logger.handlers, logger.level
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.DEBUG)
    yield written
    logger.handlers, logger.propagate = before, True
    logger.setLevel(level)


def personal(key):
    """Everything about somebody that no log may hold."""
    person = PEOPLE[key]
    home = person["declares"]
    said = [person["name"], person["id_number"], person["id_number"][6:14], home["address"]]
    if home.get("relative"):
        said += [home["relative"]["name"], home["relative"]["id_number"]]
    return said


def answer_questions(browser, key):
    """From the start page to a submitted application; the certificate's page."""
    home = PEOPLE[key]["declares"]
    start = "/apply/residence-registration"
    begun = browser.form(browser.get(start), start, {})
    at = str(begun.url.path).rpartition("/")[0]
    for page, fields in (
        ("dwelling", {"dwelling": home["dwelling"]}),
        ("relative", {"whose": home["occupier"]}),
        ("address", {"district": home["district"], "address": home["address"]}),
    ):
        browser.form(browser.get(f"{at}/{page}"), f"{at}/{page}", fields)
    faced = browser.form(browser.get(f"{at}/face"), f"{at}/face", {})
    browser.form(faced, str(faced.url.path), {"outcome": "pass"})
    browser.form(browser.get(f"{at}/check"), f"{at}/check", {})
    return at


def pull(house, http, key):
    """What the school reads of somebody's voucher."""
    signer = school_key()
    enrol(house, signer)
    form = token_form(assertion(house, signer))
    token = http.post("/oauth2/token", data=form).json()["access_token"]
    (voucher,) = vouchers(house, key)
    subject = {"id_type": "111", "id_number": PEOPLE[key]["id_number"]}
    body = pull_body(("name",), subject=subject)
    headers = {"Authorization": f"Bearer {token}"}
    return http.post(f"/v1/certificates/{voucher.ref}:pull", json=body, headers=headers)


def test_the_log_holds_nothing_about_anybody(house, log):
    """Sign in, apply, look, be pulled, mistype, and be refused: then read the log."""
    key, base = "chen_yiming", house.settings.public_url
    with Visitor(base) as browser:
        browser.sign_in(key)
        account = f"{house.openid_issuer}#{key}"
        at = answer_questions(browser, key)
        browser.get("/certificates")
        browser.get("/usage")
        cookie = browser.http.cookies["session"]
        browser.http.get(f"/applications/{PEOPLE[key]['id_number']}")
        browser.http.get(f"/sign-in/return?state=x&code={PEOPLE[key]['id_number']}")
        browser.http.post("/v1/verify/code", json={"code": PEOPLE[key]["id_number"]})
        wrong = {"subject": {"id_type": "111", "id_number": PEOPLE[key]["id_number"]}}
        browser.http.post("/v1/evidence:search", json=wrong)
        browser.http.get("/nothing", params={"name": PEOPLE[key]["name"]})
        answer = pull(house, browser.http, key)
        assert answer.json()["fields"]["name"] == PEOPLE[key]["name"]
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len(lines) > 20
    text = log.getvalue() + json.dumps(lines, ensure_ascii=False)
    for said in (*personal(key), account, f"#{key}", cookie, at.rpartition("/")[2]):
        assert said not in text, said
    routes = {line["route"] for line in lines if line["message"] == "request"}
    assert "/applications/{ref}/address" in routes
    assert {"at", "level", "logger", "message"} <= lines[0].keys()


def test_a_failed_sign_in_is_logged_by_its_cause(http, log):
    http.get("/sign-in/return?state=x&code=y")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (refused,) = [line for line in lines if line["message"] == "sign-in refused"]
    assert refused["cause"] == "unauthenticated"
