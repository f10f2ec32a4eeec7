"""A gateway of short messages for tests: a real server on loopback that takes each key once."""

import http.server
import json
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from certstore.clock import Clock
from certstore.events.checking import check_webhook
from certstore.events.signing import shown, signed_headers
from certstore.tokens import canonical_json

SECRET = bytes(range(1, 33))
SAID = shown(SECRET)


@dataclass
class Gateway:
    """Sends each key once; `wrong` makes it answer otherwise, late, or not at all.

    `wrong`: status, body and `retry_after`; `late`: seconds before the answer; `cut`: no answer
    after taking; `once`: only the next call goes wrong.
    """

    clock: Clock | None = None
    sent: dict = field(default_factory=dict)  # by key: what was sent on
    calls: list = field(default_factory=list)
    wrong: dict = field(default_factory=dict)

    def answer(self, headers, body):
        """Status, body and headers of an answer; None: hang up."""
        check_webhook(headers, body, SECRET, self.clock.now())
        key, wrong = headers["idempotency-key"], dict(self.wrong)
        assert headers["webhook-id"] == key
        self.calls.append(key)
        if wrong.get("once"):
            self.wrong = {}
        if "status" in wrong:
            more = {"Retry-After": wrong["retry_after"]} if "retry_after" in wrong else {}
            return wrong["status"], wrong.get("body", b"{}"), more
        self.sent.setdefault(key, json.loads(body))
        if wrong.get("late"):
            time.sleep(wrong["late"])
        if wrong.get("cut"):
            return None
        return 202, canonical_json({"id": f"gw-{list(self.sent).index(key)}"}), {}

    @property
    def texts(self):
        """What arrived, by address."""
        return [(said["to"], said["text"]) for said in self.sent.values()]


def reports(*said, now, secret=SECRET, id_="report-1"):
    """Headers and body of a gateway's call to us: each (key, state)."""
    listed = [{"message": key, "state": state, "at": now.isoformat()} for key, state in said]
    body = canonical_json({"reports": listed})
    return dict(signed_headers(id_, now, body, [secret])), body


@contextmanager
def serving(gateway):
    """Its URL, while it listens on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            said = {name.lower(): value for name, value in self.headers.items()}
            answered = gateway.answer(said, body)
            with suppress(OSError):
                if answered is None:
                    self.connection.close()
                    return
                status, written, more = answered
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 64

        def handle_error(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
