"""A courier's system for tests: a real server on loopback that keeps bookings and tells of them."""

import http.server
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

from certstore.clock import Clock
from certstore.events.checking import check_webhook
from certstore.events.signing import shown, signed_headers
from certstore.tokens import canonical_json

SECRET = bytes(range(32))
SAID = shown(SECRET)


@dataclass
class SandboxCourier:
    """Books each parcel once, by our reference; `wrong` makes it answer otherwise."""

    clock: Clock | None = None
    booked: dict = field(default_factory=dict)
    cancelled: list = field(default_factory=list)
    events: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    left: set = field(default_factory=set)
    wrong: dict = field(default_factory=dict)

    def answer(self, method, path, headers, body):
        """Status and body of an answer."""
        check_webhook(headers, body, SECRET, self.clock.now())
        self.asked.append((method, path))
        if "status" in self.wrong:
            return self.wrong["status"], self.wrong.get("body", b"{}")
        if method == "POST":
            said = json.loads(body)
            ref = said["shipment"]
            self.booked.setdefault(ref, said)
            return 201, canonical_json({"tracking_no": f"YF{list(self.booked).index(ref):08d}"})
        ref = path.split("/")[2]
        if method == "DELETE":
            if ref in self.left:
                return 409, b"{}"
            self.cancelled.append(ref)
            return 200, b"{}"
        return 200, canonical_json({"events": self.events.get(ref, [])})


def word(kind, at, number=1, place="梧桐区营业部"):
    """One word as the courier writes it."""
    return {"event_id": f"YF-{number}", "kind": kind, "at": at.isoformat(), "place": place}


def call(shipment, *words, now, secret=SECRET, id_="call-1"):
    """Headers and body of a courier's call to us."""
    body = canonical_json({"shipment": shipment, "events": list(words)})
    return dict(signed_headers(id_, now, body, [secret])), body


@contextmanager
def serving(courier):
    """Its URL, while it listens on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            said = {name.lower(): value for name, value in self.headers.items()}
            status, answer = courier.answer(self.command, self.path, said, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET = do_DELETE = handle_any  # noqa: N815 - as http.server names them

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
