"""Stands at the door: which host was meant, and whether this caller has asked too often."""

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from certstore.kept_forms import account_of
from certstore.service import problems
from certstore.service.addresses import Hosts, caller_address
from certstore.service.limits import BY_ACCOUNT, BY_ADDRESS, Limits, group_of, too_many
from certstore.service.settings import Settings

# Machines of the operation ask by whatever address they know, and learn nothing of anybody.
_FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})


class Doorkeeper:
    """ASGI middleware: 421 for a host not ours, 404 for no address, 429 for who asks too often.

    Nothing of a body is read before. Who calls is the peer, or whom a trusted proxy names.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        """Wrap an application, which counts in its `state.limits`."""
        self._app = app
        self._hosts = Hosts(settings.public_url, settings.hosts)
        self._trusted = settings.trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here."""
        if scope["type"] != "http" or scope["path"] in _FOR_MACHINES:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            answer = problems.wrong_host(Request(scope))
        elif not scope["path"].isprintable():  # a route's pattern lets a line's end pass
            answer = await problems.framework_error(Request(scope), HTTPException(404))
        elif seconds := self._too_soon(scope, self._caller(scope, headers)):
            answer = await problems.known_error(Request(scope), too_many(seconds))
        else:
            await self._app(scope, receive, send)
            return
        await answer(scope, receive, send)

    def _caller(self, scope: Scope, headers: Headers) -> str:
        peer = (scope.get("client") or ("unknown", 0))[0]
        caller = caller_address(peer, headers.getlist("x-forwarded-for"), self._trusted)
        scope.setdefault("state", {})["address"] = caller  # for reception.address_of
        return caller

    def _too_soon(self, scope: Scope, caller: str) -> float:
        group = group_of(scope["method"], scope["path"], BY_ADDRESS)
        if group is None:
            return 0.0
        limits: Limits = scope["app"].state.limits
        return limits.wait(group, caller)


def count_account(request: Request) -> None:
    """Count what a person asks for, once `recognise` has said who it is (RateLimitedError)."""
    group = group_of(request.method, request.url.path, BY_ACCOUNT)
    if group is not None and request.state.caller is not None:
        limits: Limits = request.app.state.limits
        limits.count(group, account_of(request.state.caller))
