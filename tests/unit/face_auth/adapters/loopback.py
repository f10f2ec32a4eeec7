"""A face provider on loopback: it answers as its test says, and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One question as it arrived."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """An answer; a mapping is sent as JSON, `release` keeps it back until it is set."""

    content: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    release: threading.Event | None = None

    @property
    def body(self) -> bytes:
        if isinstance(self.content, bytes):
            return self.content
        return json.dumps(self.content, ensure_ascii=False).encode()


Answer = Callable[[Asked], object]


@dataclass
class Loopback:
    """The provider; `answer` may be changed while it runs."""

    url: str
    answer: Answer
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def loopback(answer: Answer) -> Iterator[Loopback]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_POST(self):
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length", 0))
            asked = Asked(
                parts.path,
                dict(parse_qsl(parts.query)),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            provider.asked.append(asked)
            said = provider.answer(asked)
            if not isinstance(said, Said):
                said = Said(said)
            if said.release is not None:
                said.release.wait(20)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def do_GET(self):
            self.do_POST()

        def log_message(self, *_):
            pass

        def handle_one_request(self):
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):  # who asked went away
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # fifty may come at once
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    provider = Loopback(f"http://127.0.0.1:{server.server_address[1]}", answer)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    running.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        running.join()
