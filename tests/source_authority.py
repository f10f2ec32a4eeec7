"""A source authority answering live checks over real HTTP with a key of its own, or misbehaving."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from certstore.clock import Clock, unix
from certstore.keys import KeySigner, Purpose, generate
from certstore.tokens import sign_compact
from certstore.trust import TrustedKey, TrustList

HOUSING = "11310000MB0T00023P"


@dataclass
class SourceAuthority:
    """What it answers: by record id a (status, under dispute); `spoil` changes the claims."""

    clock: Clock
    uscc: str = HOUSING
    key: KeySigner = field(default_factory=lambda: KeySigner(Purpose.SOURCE, generate("ES256")))
    standings: dict[str, tuple[str, bool]] = field(default_factory=dict)
    spoil: Callable[[dict], dict] = field(default=lambda claims: claims)
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None
    typ: str = "holding-status+jwt"
    asked: list[dict] = field(default_factory=list)
    url: str = ""

    def trust(self, purpose: Purpose = Purpose.SOURCE, uscc: str | None = None) -> TrustList:
        now = self.clock.now()
        entry = TrustedKey(
            purpose=purpose,
            authority_uscc=uscc or self.uscc,
            authority_name="示范市房屋管理局",
            public_key=self.key.public_key,
            valid_from=now - timedelta(days=1),
            valid_to=now + timedelta(days=100),
        )
        return TrustList(
            issuer="https://certs.example",
            seq=1,
            issued_at=now,
            expires_at=now + timedelta(days=10),
            keys={entry.kid: entry},
        )

    def token(self, body: dict) -> str:
        now = unix(self.clock.now())
        records = []
        for record in body["records"]:
            status, disputed = self.standings.get(record["record_id"], ("valid", False))
            records.append({**record, "status": status, "under_dispute": disputed})
        claims = {
            "iss": self.uscc,
            "iat": now,
            "exp": now + 60,
            "nonce": body["nonce"],
            "records": records,
        }
        return sign_compact(self.spoil(claims), typ=self.typ, signer=self.key)


@contextmanager
def answering(source: SourceAuthority) -> Iterator[SourceAuthority]:
    """The source on a free loopback port, until the block ends."""

    class Counter(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            source.asked.append(body)
            if source.answer is not None:
                source.answer(self)
                return
            text = source.token(body).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    server.daemon_threads = True
    source.url = f"http://127.0.0.1:{server.server_port}/holdings"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield source
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
