"""Serves the sample pages on a free loopback port, with the real static files and headers."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import uvicorn
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from certstore.clock import CHINA, MovedClock
from certstore.service.glyphs import RareGlyphs
from certstore.service.matters import PLACES
from certstore.web.dress import COOKIE, Dress
from certstore.web.headers import SecurityHeaders
from certstore.web.shell import Shell, pages_of
from certstore.web.static_files import StaticFiles, static_routes
from issuance.document.fontset import FontSet
from tests.e2e.pages.people import NOW, Sample, symbol
from tests.e2e.pages.samples import every_sample
from tests.e2e.pages.scan_samples import FIELDS

PORTRAIT = (Path(__file__).parent / "portrait.svg").read_text(encoding="utf-8")
STATIC = StaticFiles()
SHELL = Shell(
    pages_of("certstore", "face_auth", "issuance", "issuance.matters", "verifiers"),
    asset=STATIC.asset,
    clock=MovedClock(NOW),
    glyphs=RareGlyphs(FontSet.bundled()),
    places=PLACES,
)
CSRF = "sample-csrf-token"


def render(sample: Sample, dress: Dress) -> str:
    """The sample as the service would send it."""
    return SHELL.render(sample.template, sample.view, dress=dress, csrf=CSRF, who=sample.who)


class Showcase:
    """The sample pages as a web service; it counts what was asked of it."""

    def __init__(self) -> None:
        """Gather the samples by name and by path (the first sample of a path answers for it)."""
        self.samples = {sample.name: sample for sample in every_sample()}
        self.asked: list[tuple[str, str]] = []  # (path, body)
        self.verdicts: list[dict[str, object]] = []  # answers of the scanner's API, in order
        self.refuse_codes = False
        self.used_at: str | None = None
        routes = [
            Route("/sample/portrait.svg", self._portrait),
            # Asked for by the browser itself after an answer that is no page of ours.
            Route("/favicon.ico", lambda _: Response(status_code=204)),
            Route("/v1/verify/code", self._verify, methods=["POST"]),
            Route(
                "/scan/ask/state", lambda _: JSONResponse({"state": "waiting"}), methods=["POST"]
            ),
            Route("/scan/wallet/{ref}/standing", lambda _: JSONResponse({"standing": "waiting"})),
            Route("/certificates/{ref}/wallet/{of}", lambda _: JSONResponse({"standing": "open"})),
            Route("/certificates/{ref}/present/code", self._code, methods=["POST"]),
            Route("/certificates/{ref}/reveal", self._reveal, methods=["POST"]),
            Route("/show/state", lambda _: JSONResponse({"signed_in": False, "now": 0})),
            Route("/show-worker.js", self._worker),
            *static_routes(STATIC),
            Route("/{path:path}", self._page),
        ]
        self.app = SecurityHeaders(Starlette(routes=routes))

    async def _page(self, request: Request) -> Response:
        name = request.query_params.get("sample")
        path = request.url.path
        sample = (
            self.samples[name]
            if name
            else next((s for s in self.samples.values() if s.path == path), None)
        )
        if sample is None:
            return Response(status_code=404)
        dress = Dress.parse(request.query_params, request.cookies.get(COOKIE))
        answer = HTMLResponse(render(sample, dress))
        answer.set_cookie(COOKIE, dress.cookie())
        return answer

    async def _worker(self, _request: Request) -> Response:
        return Response("// nothing is kept here", media_type="text/javascript")

    async def _portrait(self, _request: Request) -> Response:
        return Response(PORTRAIT, media_type="image/svg+xml")

    async def _verify(self, request: Request) -> Response:
        self.asked.append((request.url.path, (await request.body()).decode()))
        if self.verdicts:
            return JSONResponse(self.verdicts.pop(0))
        checks = [{"name": "signature", "passed": True, "detail": ""}]
        answer = {"verdict": "valid", "reasons": [], "checks": checks, "fields": FIELDS}
        return JSONResponse(answer | {"checked_at": NOW.isoformat(), "list_age_s": 65})

    async def _code(self, request: Request) -> Response:
        token = request.headers.get("x-csrf-token", "")
        self.asked.append((request.url.path, f"{token} {(await request.body()).decode()}"))
        if self.refuse_codes:
            return Response(status_code=503)
        made, expires = symbol(), (NOW + timedelta(seconds=120)).astimezone(CHINA)
        body = {"modules": made.packed(), "size": made.size, "expires_at": expires.isoformat()}
        return JSONResponse(
            body | {"seconds": 60} | ({"used_at": self.used_at} if self.used_at else {})
        )

    async def _reveal(self, request: Request) -> Response:
        self.asked.append((request.url.path, request.headers.get("x-csrf-token", "")))
        return JSONResponse({"name": "林晓禾"})


@contextmanager
def serving(showcase: Showcase) -> Iterator[str]:
    """Serve on a free loopback port while the block runs; gives the origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(showcase.app, log_level="error", lifespan="off", ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def until(page: Page, expression: str) -> None:
    """Wait until an expression is true in the page (the policy stops Playwright's own polling)."""
    deadline = time.monotonic() + 10
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise TimeoutError(expression)
        page.wait_for_timeout(20)
