"""The courier before real endpoints on loopback: honest, slow, endless, lying, redirecting."""

import socket
import ssl
import time
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from certstore.clock import SystemClock
from certstore.events.courier import Courier, system_resolver
from certstore.events.destination import Bounds
from certstore.events.outcomes import Outcome
from tests.endpoints import answer, endpoint
from tests.servers import free_ports

TRYING_OUT = Bounds(loopback=True)
BODY = b'{"id":"1"}'
HEADERS = {"Content-Type": "application/cloudevents+json", "webhook-id": "1"}


def sent(url, *, time_out_s=1.0, **others):
    return Courier(**{"bounds": TRYING_OUT, "time_out_s": time_out_s, **others}).send(
        url, HEADERS, BODY
    )


def test_what_arrives_is_what_was_sent():
    with endpoint() as place:
        assert sent(place.url + "?a=b") == Outcome("delivered", 204)
        (got,) = place.got
    assert got.line == "POST /hook?a=b HTTP/1.1"
    assert got.body == BODY
    assert got.headers["host"] == f"127.0.0.1:{place.port}"
    assert got.headers["webhook-id"] == "1"
    assert got.headers["content-length"] == str(len(BODY))
    assert got.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (answer(200, b"thank you"), Outcome("delivered", 200)),
        (answer(100) + answer(202), Outcome("delivered", 202)),
        (answer(103) * 3 + answer(500), Outcome("unavailable", 500)),
        (answer(410), Outcome("gone", 410)),
        (answer(404), Outcome("refused", 404)),
        (b"HTTP/1.0 200\r\n\r\n", Outcome("delivered", 200)),
        (b"", Outcome("no_http")),
        (b"HTTP/1.1 200 OK\r\n", Outcome("no_http")),  # and closed: the head is not whole
        (b"HTTP/2 200\r\n\r\n", Outcome("no_http")),
        (b"HTTP/1.1 2000 X\r\n\r\n", Outcome("no_http")),
        (b"HTTP/1.1 +20 X\r\n\r\n", Outcome("no_http")),
        (b"200 OK\r\n\r\n", Outcome("no_http")),
        (b"\x16\x03\x01\x02\r\n\r\n", Outcome("no_http")),
        (answer(101), Outcome("no_http")),
        (answer(100) * 1000, Outcome("no_http")),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", Outcome("no_http")),
    ],
)
def test_an_answer_is_read_for_its_status_alone(said, outcome):
    with endpoint(lambda _: said) as place:
        assert sent(place.url) == outcome


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_nobody_goes_there(status):
    with (
        endpoint() as inner,
        endpoint(lambda _: answer(status, Location=inner.url)) as place,
    ):
        assert sent(place.url) == Outcome("redirected", status)
        assert inner.got == []


def dripping(piece, pause_s):
    def drip(opened):
        with suppress(OSError):
            while True:
                opened.sendall(piece)
                time.sleep(pause_s)

    return lambda _: drip


def endless(opened):
    opened.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with suppress(OSError):
        while True:
            opened.sendall(b"x" * 65_536)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (dripping(b"H", 0.05), Outcome("no_answer")),
        (dripping(b"X: y\r\n", 0.05), Outcome("no_answer")),
        (dripping(b"", 0.05), Outcome("no_answer")),
        (dripping(b"HTTP/1.1 200 OK\r\n\r\nx", 0.01), Outcome("delivered", 200)),
        (lambda _: endless, Outcome("delivered", 200)),
    ],
)
def test_whoever_drips_or_never_ends_takes_no_more_than_the_time_there_is(reply, outcome):
    began = time.monotonic()
    with endpoint(reply) as place:
        assert sent(place.url, time_out_s=0.5) == outcome
    assert time.monotonic() - began < 2


def test_an_answer_after_the_time_is_none_and_one_within_it_counts():
    def late(opened):
        time.sleep(0.3)
        with suppress(OSError):
            opened.sendall(answer(200))

    with endpoint(lambda _: late) as place:
        assert sent(place.url, time_out_s=0.1) == Outcome("no_answer")
        assert sent(place.url, time_out_s=5) == Outcome("delivered", 200)


def test_a_port_nobody_listens_at():
    assert sent(f"http://127.0.0.1:{free_ports(1)[0]}/") == Outcome("no_answer")


def test_an_address_that_was_taken_when_more_was_allowed_is_not_gone_to_any_more():
    with endpoint() as place:
        assert sent(place.url, bounds=Bounds()) == Outcome("not_public")
        assert place.got == []


# -- names, and what they resolve to ---------------------------------------------------------

ALSO_LOOPBACK = Bounds((ip_network("127.0.0.0/8"),))  # as an operator may open a network


class Names:
    """A resolver that gives each of its answers once, and then the last one."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def __call__(self, host, port):
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def unheard(monkeypatch):
    """Have connections counted instead of made."""
    tried = []

    def count(address, timeout):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", count)
    return tried


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["169.254.169.254"],
        ["8.8.8.8", "10.0.0.7"],
        ["10.0.0.7", "8.8.8.8"],
        ["8.8.8.8", "8.8.4.4", "192.168.0.1"],
        ["::1"],
        ["::ffff:10.0.0.7"],
        ["fe80::1%eth0"],
        ["64:ff9b::a00:7"],
        ["2606:4700::1111", "fd00::1"],
        [],
    ],
)
def test_one_address_that_is_not_public_is_enough_to_send_nothing(monkeypatch, addresses):
    tried = unheard(monkeypatch)
    outcome = sent("https://hooks.agency.example/", bounds=Bounds(), resolve=Names(addresses))
    assert outcome == Outcome("not_public")
    assert tried == []


def test_a_name_that_changes_its_answer_is_connected_to_where_it_was_looked_at(monkeypatch):
    tried = unheard(monkeypatch)
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    assert sent("https://x.example/", bounds=Bounds(), resolve=names) == Outcome("no_answer")
    assert (tried, names.asked) == ([("8.8.8.8", 443)], 1)
    assert sent("https://x.example/", bounds=Bounds(), resolve=names) == Outcome("not_public")
    assert len(tried) == 1


def test_of_many_addresses_two_are_tried(monkeypatch):
    tried = unheard(monkeypatch)
    names = Names([f"8.8.8.{n}" for n in range(1, 9)])
    assert sent("https://x.example/", bounds=Bounds(), resolve=names) == Outcome("no_answer")
    assert [address for address, _ in tried] == ["8.8.8.1", "8.8.8.2"]


@pytest.mark.parametrize("error", [socket.gaierror(), UnicodeError(), OSError()])
def test_a_name_without_an_address(error):
    def none(host, port):
        raise error

    assert sent("https://x.example/", resolve=none) == Outcome("no_address")


def test_the_systems_resolver_gives_each_address_once():
    assert set(system_resolver("localhost", 443)) <= {"127.0.0.1", "::1"}


# -- TLS -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A context that serves as hooks.agency.example, and one that trusts who says so."""
    folder = tmp_path_factory.mktemp("tls")
    key, now = ec.generate_private_key(ec.SECP256R1()), SystemClock().now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.agency.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("hooks.agency.example")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "both.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    trusting = ssl.create_default_context()
    trusting.load_verify_locations(pem)
    return serving, trusting


def through(monkeypatch, place):
    """Have port 8443 lead to the endpoint, which no test may bind."""
    real = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda where, timeout: real((where[0], place.port), timeout)
    )


def test_the_certificate_is_checked_for_the_name_while_the_address_is_fixed(monkeypatch, authority):
    serving, trusting = authority
    others = {"bounds": ALSO_LOOPBACK, "resolve": Names(["127.0.0.1"]), "tls": trusting}
    with endpoint(tls=serving) as place:
        through(monkeypatch, place)
        assert sent("https://hooks.agency.example:8443/h", **others) == Outcome("delivered", 204)
        assert place.got[0].headers["host"] == "hooks.agency.example:8443"
        assert sent("https://other.agency.example:8443/h", **others) == Outcome("not_secure")
        assert len(place.got) == 1


def test_a_certificate_nobody_vouches_for_is_refused(monkeypatch, authority):
    others = {"bounds": ALSO_LOOPBACK, "resolve": Names(["127.0.0.1"])}
    with endpoint(tls=authority[0]) as place:
        through(monkeypatch, place)
        assert sent("https://hooks.agency.example:8443/h", **others) == Outcome("not_secure")
        assert place.got == []


def test_an_endpoint_without_tls_and_one_that_stalls_in_it(monkeypatch):
    others = {"bounds": ALSO_LOOPBACK, "resolve": Names(["127.0.0.1"]), "time_out_s": 0.3}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        real = socket.create_connection
        monkeypatch.setattr(
            socket, "create_connection", lambda _, timeout: real(silent.getsockname(), timeout)
        )
        began = time.monotonic()
        assert sent("https://hooks.agency.example/", **others) == Outcome("not_secure")
        assert time.monotonic() - began < 2
