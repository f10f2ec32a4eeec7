"""Health, readiness, metrics, and for each request a figure and a log line."""

import logging
import time
from functools import lru_cache
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as metrics_text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certstore.service import problems
from certstore.service.body_limit import BodyTooLargeError
from certstore.service.wiring import House

log = logging.getLogger("certstore")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
_router: Final = APIRouter(include_in_schema=False)


def add_instruments(app: FastAPI) -> None:
    """Add the routes, and count what the application answers; `app.state.house` is looked up."""
    instruments = Instruments()
    app.state.instruments = instruments
    # A plain route: recognising a caller would ask the database, which may be down.
    app.add_route("/healthz", healthz, include_in_schema=False)
    app.include_router(_router)
    app.add_middleware(Measured, instruments=instruments)


class Instruments:
    """The figures of one application."""

    def __init__(self) -> None:
        """Begin to count."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "certstore_requests_total",
            "Requests",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "certstore_request_seconds", "Duration", ("route",), registry=self.registry
        )

        # Found once: each look costs more than the counting.
        self._counted = lru_cache(maxsize=4096)(self._requests.labels)
        self._measured = lru_cache(maxsize=1024)(self._seconds.labels)

    def count(self, scope: Scope, status: int, took: float) -> None:
        """Count one answer, and write its log line."""
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._counted(method, route, status).inc()
        self._measured(route).observe(took)
        # The route's pattern and never the path: a reference is nobody else's business.
        if log.isEnabledFor(logging.INFO):
            said = {"route": route, "status": status, "ms": round(took * 1000, 1)}
            log.info("request", extra=said)


class Measured:
    """ASGI middleware: counts what the application answers, also where it fails."""

    def __init__(self, app: ASGIApp, *, instruments: Instruments) -> None:
        """Wrap an application."""
        self._app = app
        self._instruments = instruments

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except BodyTooLargeError:
            status = 413
            raise
        except Exception as error:
            if status:  # it had begun to answer: the server closes the connection
                raise
            answer = await problems.unexpected_error(Request(scope), error)
            await answer(scope, receive, noted)
        finally:
            self._instruments.count(scope, status or 500, time.perf_counter() - began)


async def healthz(_request: Request) -> Response:
    """The process is alive."""
    return JSONResponse({"status": "alive"})


@_router.get("/readyz")
def readyz(request: Request) -> dict[str, str]:
    """Database and objects answer (503 otherwise)."""
    house: House = request.app.state.house
    house.database.ping()
    house.objects.check()
    return {"status": "ready"}


@_router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus."""
    instruments: Instruments = request.app.state.instruments
    return Response(metrics_text(instruments.registry), media_type=CONTENT_TYPE_LATEST)
