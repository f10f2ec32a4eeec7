"""Asking a provider: what is no plain JSON object, in time, from the address asked, is none."""

import datetime as dt
import hashlib
import json
import logging
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from certstore.errors import MalformedError, UnavailableError
from face_auth.adapters.asking import MAX_ANSWER, Asker
from tests.unit.face_auth.adapters.loopback import Said, loopback

HEADERS = {"content-type": "application/json"}


def ask(url: str, *, patience: float = 5.0, query: str = ""):
    return Asker("bank", url, patience).post("/q", b"{}", headers=HEADERS, query=query)


def refused(provider, answer, **more):
    provider.answer = lambda _: answer
    with pytest.raises(UnavailableError) as refusal:
        ask(provider.url, **more)
    assert refusal.value.where == "bank"
    assert refusal.value.remedy
    return refusal.value.facts["cause"]


def test_a_plain_answer_is_read_and_its_bytes_are_hashed(provider):
    provider.answer = lambda _: b'{"a": 1}'
    answer = ask(provider.url, query="x=1")
    assert answer.members == {"a": 1}
    assert answer.raw_sha256 == hashlib.sha256(b'{"a": 1}').hexdigest()
    assert provider.asked[0].query == {"x": "1"}


BAD_BODIES = {
    "html": (b"<html><body>maintenance</body></html>", "json"),
    "nothing": (b"", "json"),
    "a list": (b"[]", "json"),
    "half an object": (b'{"a": ', "json"),
    "a member twice": (b'{"Passed": "F", "Passed": "T"}', "duplicate"),
    "a member twice inside": (b'{"a": {"b": 0, "b": 1}}', "duplicate"),
    "NaN": (b'{"score": NaN}', "number"),
    "beyond 2^53": (b'{"score": 9007199254740993}', "number"),
    "other than UTF-8": ('{"名": "张"}'.encode("gb18030"), "encoding"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "encoding"),
    "half a character": (b'{"a": "\\ud800"}', "encoding"),
    "nested without end": (b'{"a":' + b"[" * 20 + b"]" * 20 + b"}", "depth"),
    "more than we read": (b'{"a": "' + b"x" * MAX_ANSWER + b'"}', "too-large"),
}


@pytest.mark.parametrize("story", BAD_BODIES)
def test_an_answer_that_two_could_read_differently_is_none(provider, story):
    body, cause = BAD_BODIES[story]
    assert refused(provider, body) == cause


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 429, 500, 502, 503])
def test_a_status_other_than_200_is_no_answer_even_with_one_inside(provider, status):
    content = b"" if status == 204 else {"Code": "200", "ResultObject": {"Passed": "T"}}
    assert refused(provider, Said(content, status)) == "status"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(provider, status):
    with loopback(lambda _: {"stolen": True}) as elsewhere:
        away = Said({}, status, {"location": f"{elsewhere.url}/q"})
        assert refused(provider, away) == "redirect"
        assert elsewhere.asked == []


def test_a_provider_that_is_silent_is_not_waited_for_and_not_asked_again(provider):
    release = threading.Event()
    try:
        cause = refused(provider, Said({}, release=release), patience=0.2)
    finally:
        release.set()
    assert cause == "timeout"
    assert len(provider.asked) == 1


def test_a_provider_that_drips_is_not_waited_for():
    """Each byte comes in time, all of them together do not."""

    class Drip(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            while not stop.wait(0.02):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return

        def log_message(self, *_):
            pass

    stop = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Drip)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    running.start()
    try:
        with pytest.raises(UnavailableError) as refusal:
            ask(f"http://127.0.0.1:{server.server_address[1]}", patience=0.3)
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        running.join()
    assert refusal.value.facts["cause"] == "timeout"


def test_a_provider_that_is_down_is_unreachable(provider):
    with loopback(lambda _: {}) as gone:
        url = gone.url
    with pytest.raises(UnavailableError) as refusal:
        ask(url)
    assert refusal.value.facts["cause"] == "unreachable"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://faceid.example",
        "ftp://faceid.example",
        "faceid.example",
        "https://user:word@faceid.example",
        "https://faceid.example/?a=b",
        "https://faceid.example/#a",
        "http://localhost.example",
    ],
)
def test_an_endpoint_without_tls_is_refused_where_it_is_set_up(endpoint):
    with pytest.raises(MalformedError, match="https"):
        Asker("bank", endpoint)


def self_signed(folder) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(3650))
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "tls.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem")
    return context


def test_a_certificate_that_the_system_does_not_know_is_not_believed(tmp_path):
    asked = []

    class Never(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)

    server = HTTPServer(("127.0.0.1", 0), Never)
    server.socket = self_signed(tmp_path).wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    running.start()
    try:
        with pytest.raises(UnavailableError) as refusal:
            ask(f"https://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        running.join()
    assert refusal.value.facts["cause"] == "unreachable"
    assert asked == []


def test_the_environment_sends_nothing_through_a_proxy(provider, monkeypatch):
    with loopback(lambda _: {"proxied": True}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        provider.answer = lambda _: {"direct": True}
        assert ask(provider.url).members == {"direct": True}
        assert proxy.asked == []


def test_no_log_carries_an_access_token(provider, caplog):
    provider.answer = lambda _: {}
    with caplog.at_level(logging.DEBUG):
        ask(provider.url, query="access_token=SECRETTOKEN")
        with pytest.raises(UnavailableError) as refusal:
            ask("http://127.0.0.1:1", query="access_token=SECRETTOKEN")
    assert "SECRETTOKEN" not in caplog.text
    assert "SECRETTOKEN" not in json.dumps([str(refusal.value), refusal.value.facts])
    assert refusal.value.__cause__ is None
