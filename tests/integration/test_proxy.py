"""The proxy as infra/nginx.conf sets it up, run by the real nginx before a small web server."""

import http.client
import http.server
import json
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers import free_ports

pytestmark = pytest.mark.tools
CONFIGURATION = Path(__file__).parents[2] / "infra" / "nginx.conf"


@dataclass
class Web:
    """The web server behind, which remembers what reached it."""

    server: http.server.ThreadingHTTPServer
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@dataclass
class Proxy:
    """A running nginx: ask it, read its log."""

    plain_port: int
    tls_port: int
    folder: Path
    web: Web

    def ask(self, path, body=None, headers=None):
        """Status, headers in small letters, body."""
        context = ssl._create_unverified_context()  # noqa: S323 - made a moment ago on loopback
        link = http.client.HTTPSConnection("127.0.0.1", self.tls_port, timeout=20, context=context)
        return _answer(link, path, body, headers)

    def ask_plain(self, path, headers=None):
        """The same without TLS."""
        link = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=20)
        return _answer(link, path, None, headers)


def _answer(link, path, body, headers):
    try:
        link.request("POST" if body else "GET", path, body=body, headers=headers or {})
        answer = link.getresponse()
        return answer.status, [(k.lower(), v) for k, v in answer.getheaders()], answer.read()
    finally:
        link.close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.remember(self.path, dict(self.headers))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Encoding", "br")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET  # noqa: N815 - the name http.server calls

    def log_message(self, *_):
        """Quiet."""


def _certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251 - the certificate must hold for this real connection
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "chain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _configuration(folder, web, plain, tls):
    """The committed configuration with the places of this test; each must be there to change."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for committed, here in (
        (" /tmp/", f" {folder}/"),
        ("/dev/stdout", f"{folder}/access.log"),
        ("/dev/stderr", f"{folder}/error.log"),
        ("server web:8000", f"server 127.0.0.1:{web}"),
        ("listen 8080", f"listen 127.0.0.1:{plain}"),
        ("listen 8443", f"listen 127.0.0.1:{tls}"),
        ("/run/secrets/tls_certificate", f"{folder}/chain.pem"),
        ("/run/secrets/tls_key", f"{folder}/key.pem"),
    ):
        assert committed in text
        text = text.replace(committed, here)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    return folder / "nginx.conf"


@pytest.fixture
def proxy():
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if nginx is None or not Path("/etc/nginx/mime.types").exists():
        pytest.skip("nginx is missing: apt install nginx-light")
    folder = Path(tempfile.mkdtemp(prefix="certstore-nginx-"))
    folder.chmod(0o755)  # started by root, nginx works as another user
    _certificate(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    web = Web(server)
    server.remember = lambda path, headers: web.seen.append((path, headers))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    plain, tls = free_ports(2)
    configuration = _configuration(folder, server.server_address[1], plain, tls)
    checked = subprocess.run(
        [nginx, "-t", "-c", configuration], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    running = subprocess.Popen([nginx, "-c", configuration, "-g", "daemon off;"])
    try:
        found = Proxy(plain, tls, folder, web)
        _wait_for(found)
        yield found
    finally:
        running.terminate()
        running.wait(10)
        server.shutdown()
        server.server_close()


def _wait_for(proxy):
    deadline = time.monotonic() + 20
    while True:
        try:
            proxy.ask_plain("/proxy-healthz")
        except OSError:
            assert time.monotonic() < deadline, (proxy.folder / "error.log").read_text()
            time.sleep(0.02)
        else:
            return


def _log_with(proxy, line):
    deadline = time.monotonic() + 20
    while line not in (log := (proxy.folder / "access.log").read_text()):
        assert time.monotonic() < deadline, log
        time.sleep(0.02)
    return log


def values(headers, name):
    return [value for key, value in headers if key == name]


def test_a_request_is_passed_on_and_claims_of_the_client_about_itself_are_thrown_away(proxy):
    claims = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil", "Forwarded": "for=evil"}
    status, headers, body = proxy.ask("/certificates/k3x9?name=a-person", headers=claims)
    assert (status, body) == (200, b"ok")
    path, seen = proxy.web.seen[-1]
    assert path == "/certificates/k3x9?name=a-person"
    assert seen["X-Forwarded-For"] == "127.0.0.1"
    assert seen["X-Forwarded-Proto"] == "https"
    assert not {"X-Forwarded-Host", "Forwarded"} & seen.keys()
    assert values(headers, "x-content-type-options") == ["nosniff"]  # the service's, not doubled
    assert values(headers, "server") == ["nginx"]  # no version
    log = _log_with(proxy, "GET /certificates/* 200")  # written after the answer went out
    assert "a-person" not in log
    assert "127.0.0.1" not in log


def test_static_files_pass_through_as_they_are_and_without_the_limit(proxy):
    answers = [proxy.ask("/static/style.css") for _ in range(90)]
    assert {status for status, _, _ in answers} == {200}
    assert values(answers[0][1], "content-encoding") == ["br"]


def test_what_is_too_large_is_refused_in_our_words_and_never_reaches_the_service(proxy):
    status, headers, body = proxy.ask("/apply/registration", b"0" * (1024 * 1024 + 1))
    assert status == 413
    assert json.loads(body)["type"] == "urn:certstore:problem:payload-too-large"
    assert values(headers, "content-type") == ["application/problem+json"]
    assert values(headers, "content-security-policy")
    assert values(headers, "cache-control") == ["no-store"]
    assert proxy.ask("/oauth2/token", b"0" * (65 * 1024))[0] == 413
    assert proxy.web.seen == []


@pytest.mark.parametrize(
    "path", ["/scan/file", "/v1/verify/document", "/applications/k3x9/photo", "/v1/batches"]
)
def test_files_may_have_sixteen_megabytes_and_no_more(proxy, path):
    assert proxy.ask(path, b"0" * (3 * 1024 * 1024))[0] == 200
    assert proxy.ask(path, b"0" * (16 * 1024 * 1024 + 1))[0] == 413


def test_who_knocks_too_often_at_the_token_door_is_told_to_wait(proxy):
    answers = [proxy.ask("/oauth2/token", b"x") for _ in range(60)]
    refused = [answer for answer in answers if answer[0] == 429]
    assert refused
    assert sum(status == 200 for status, _, _ in answers) >= 20
    assert json.loads(refused[0][2])["type"] == "urn:certstore:problem:rate-limited"
    assert values(refused[0][1], "retry-after") == ["5"]


def test_the_numbers_of_the_operation_are_not_for_the_public(proxy):
    assert proxy.ask("/metrics")[0] == proxy.ask("/readyz")[0] == 404
    assert proxy.web.seen == []


def test_without_tls_one_is_sent_to_tls(proxy):
    status, headers, _ = proxy.ask_plain("/a?b=c", {"Host": "certificates.example"})
    assert status == 308
    assert values(headers, "location") == ["https://certificates.example/a?b=c"]
    assert proxy.ask_plain("/proxy-healthz")[0] == 204


def test_when_the_service_is_away_the_answer_says_so_and_when_to_come_back(proxy):
    proxy.web.server.shutdown()
    proxy.web.server.server_close()
    status, headers, body = proxy.ask("/certificates")
    assert status == 503
    assert json.loads(body)["type"] == "urn:certstore:problem:unavailable"
    assert values(headers, "retry-after") == ["60"]
    assert values(headers, "strict-transport-security")
