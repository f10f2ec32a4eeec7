"""Health, readiness, metrics, and for each request a figure and a log line."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as metrics_text

from certstore.service import problems
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
    app.middleware("http")(instruments.measure)


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

    async def measure(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Answer a request and count it, also one that fails."""
        began = time.perf_counter()
        try:
            answer = await call_next(request)
        except Exception as error:  # noqa: BLE001 - answered here, so that it is counted, too
            answer = await problems.unexpected_error(request, error)
        route = getattr(request.scope.get("route"), "path", "other")
        took = time.perf_counter() - began
        method = request.method if request.method in _METHODS else "OTHER"
        self._requests.labels(method, route, answer.status_code).inc()
        self._seconds.labels(route).observe(took)
        # The route's pattern and never the path: a reference is nobody else's business.
        log.info(
            "request",
            extra={"route": route, "status": answer.status_code, "ms": round(took * 1000, 1)},
        )
        return answer


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
