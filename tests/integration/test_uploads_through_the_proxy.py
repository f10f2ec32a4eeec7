"""What is handed in passes the proxy as it comes: not gathered first, and not on its disk."""

import queue
import socket
import ssl
from contextlib import contextmanager

import pytest

from tests.integration.test_proxy import _Handler, _log_with
from tests.integration.test_proxy import proxy as proxy

pytestmark = pytest.mark.tools
REF = "k3x9" * 5


@contextmanager
def half_sent(proxy, path: str, sent: int = 40_000, announced: int = 400_000):
    """A request whose body is on its way while the block runs."""
    context = ssl._create_unverified_context()  # noqa: S323 - made a moment ago on loopback
    head = f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {announced}\r\n\r\n"
    with (
        socket.create_connection(("127.0.0.1", proxy.tls_port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as link,
    ):
        link.sendall(head.encode() + b"x" * sent)
        yield


@pytest.fixture
def patched(monkeypatch):
    """The service behind notes a request as soon as its head is there; then it waits."""
    seen = queue.Queue()

    def do_patch(handler):
        seen.put(handler.path)
        handler.rfile.read(int(handler.headers["Content-Length"]))
        handler.close_connection = True  # nobody waits for an answer any more

    monkeypatch.setattr(_Handler, "do_PATCH", do_patch, raising=False)
    return seen


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/uploads/{REF}",
        f"/v1/applications/{REF}/materials/dwelling/uploads",
        f"/applications/{REF}/materials/dwelling",
    ],
)
def test_the_service_sees_the_beginning_before_the_end_was_sent(proxy, patched, path):
    with half_sent(proxy, path):
        assert patched.get(timeout=20) == path
        assert not [p for p in (proxy.folder / "client_body").rglob("*") if p.is_file()]


def test_a_file_of_ten_megabytes_passes_and_one_of_seventeen_does_not(proxy):
    path = f"/applications/{REF}/materials/dwelling"
    assert proxy.ask(path, body=b"x" * 10_500_000)[0] == 200
    assert proxy.ask(path, body=b"x" * 17_000_000)[0] == 413


def test_whose_file_it_is_stands_in_no_log(proxy):
    proxy.ask(f"/v1/uploads/{REF}")
    log = _log_with(proxy, "GET /v1/uploads/* 200")
    assert REF not in log
