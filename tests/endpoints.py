"""Endpoints for webhooks: real servers on loopback, honest and hostile, that keep what they got."""

import json
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.servers import free_ports

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def answer(status, body=b"", **headers):
    """An answer as bytes."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Got:
    """One request as it came."""

    line: str
    headers: dict
    body: bytes

    @property
    def event(self):
        return json.loads(self.body)


@dataclass
class Endpoint:
    """Answers with what `reply` gives for a request: bytes, or a function of the connection."""

    port: int = field(default_factory=lambda: free_ports(1)[0])
    tls: object = None
    reply: object = None
    got: list = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listening: socket.socket | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    def up(self):
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind(("127.0.0.1", self.port))
        self._listening.listen(64)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def down(self):
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None

    def subjects(self):
        return [one.event["subject"] for one in self.got]

    def ids(self):
        return [one.headers["webhook-id"] for one in self.got]

    def _accept(self, listening):
        with suppress(OSError):
            while True:
                opened, _ = listening.accept()
                threading.Thread(target=self._serve, args=(opened,), daemon=True).start()

    def _serve(self, opened):
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            with suppress(OSError):
                opened.settimeout(20)
                if self.tls is not None:
                    opened = self.tls.wrap_socket(opened, server_side=True)
                self._answer(opened)
        finally:
            opened.close()
            with self._lock:
                self._now -= 1

    def _answer(self, opened):
        request = _read(opened)
        with self._lock:
            self.got.append(request)
        said = OK if self.reply is None else self.reply(request)
        if callable(said):
            said(opened)
        elif said:
            opened.sendall(said)
        self.arrived.release()


def _read(opened):
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += _more(opened)
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += _more(opened)
    return Got(line, headers, body)


def _more(opened):
    piece = opened.recv(65_536)
    if not piece:
        raise OSError("closed")
    return piece


@contextmanager
def endpoint(reply=None, tls=None):
    """An endpoint that is up while the block runs."""
    made = Endpoint(reply=reply, tls=tls)
    made.up()
    try:
        yield made
    finally:
        made.down()
