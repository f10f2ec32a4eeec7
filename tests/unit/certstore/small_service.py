"""A service on loopback that answers what a test tells it, one answer after the other."""

import http.server
import json
import threading
from contextlib import contextmanager

METADATA = "/.well-known/oauth-authorization-server"
TOKEN = {"access_token": "t" * 40, "token_type": "DPoP", "expires_in": 300}


class SmallService:
    """`answers` are used up in turn: (status, body, headers), or None to tear the connection."""

    def __init__(self, url):
        self.url = url
        self.seen = []  # (method, path, headers, body)
        self.answers = []
        self.metadata = {"issuer": url, "token_endpoint": f"{url}/oauth2/token"}
        self.tokens = []  # answers of the token endpoint; used up: TOKEN

    def calls(self, path):
        return [one for one in self.seen if one[1].partition("?")[0] == path]

    def answer(self, method, path, headers, body):
        self.seen.append((method, path, headers, body))
        if path == METADATA:
            return 200, self.metadata, {}
        if path == "/oauth2/token":
            return self.tokens.pop(0) if self.tokens else (200, TOKEN, {})
        return self.answers.pop(0)


@contextmanager
def small_service():
    """A running one."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            told = service.answer(self.command, self.path, dict(self.headers), body)
            if told is None:
                self.close_connection = True
                return
            status, said, headers = told
            data = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response_only(status)  # without a date of its own
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - as http.server calls them

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = SmallService(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
