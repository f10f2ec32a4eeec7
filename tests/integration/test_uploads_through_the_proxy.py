"""What is handed in passes the proxy as it comes: not gathered first, and not on its disk."""

import socket
import ssl

import pytest

from tests.integration.test_proxy import _log_with
from tests.integration.test_proxy import proxy as proxy

pytestmark = pytest.mark.tools
REF = "k3x9" * 5


def first_line(proxy, path: str, sent: int = 40_000, announced: int = 400_000) -> bytes:
    """What comes back when part of a body was sent; the service behind answers PATCH unread."""
    context = ssl._create_unverified_context()  # noqa: S323 - made a moment ago on loopback
    head = f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {announced}\r\n\r\n"
    with (
        socket.create_connection(("127.0.0.1", proxy.tls_port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as link,
    ):
        link.sendall(head.encode() + b"x" * sent)
        try:
            return link.recv(64).partition(b"\r\n")[0]
        except TimeoutError:
            return b"nothing"


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/uploads/{REF}",
        f"/v1/applications/{REF}/materials/dwelling/uploads",
        f"/applications/{REF}/materials/dwelling",
    ],
)
def test_the_service_sees_the_beginning_before_the_end_was_sent(proxy, path):
    assert first_line(proxy, path) == b"HTTP/1.1 501 Unsupported method ('PATCH')"
    assert not [p for p in (proxy.folder / "client_body").rglob("*") if p.is_file()]


def test_a_file_of_ten_megabytes_passes_and_one_of_seventeen_does_not(proxy):
    path = f"/applications/{REF}/materials/dwelling"
    assert proxy.ask(path, body=b"x" * 10_500_000)[0] == 200
    assert proxy.ask(path, body=b"x" * 17_000_000)[0] == 413


def test_whose_file_it_is_stands_in_no_log(proxy):
    proxy.ask(f"/v1/uploads/{REF}")
    log = _log_with(proxy, "GET /v1/uploads/* 200")
    assert REF not in log
