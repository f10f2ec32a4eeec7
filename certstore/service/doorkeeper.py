"""Stands at the door: which host was meant, whether a form can be read, who asks too often."""

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from certstore.errors import MalformedError
from certstore.kept_forms import account_of
from certstore.service import problems
from certstore.service.addresses import Hosts, caller_address
from certstore.service.limits import BY_ACCOUNT, BY_ADDRESS, Limits, group_of, too_many
from certstore.service.settings import Settings

# Machines of the operation ask by whatever address they know, and learn nothing of anybody.
_FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
_UTF_8 = frozenset({b"utf-8", b"utf8"})


class Doorkeeper:
    """ASGI middleware: 421 for a host not ours, 404 for no address, 429 for who asks too often.

    400 for a form in other letters than UTF-8, whoever would have read it further in. Nothing of a
    body is read before. Who calls is the peer, or whom a trusted proxy names.
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
        elif _in_other_letters(headers):
            answer = await problems.known_error(Request(scope), _other_letters())
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


def _in_other_letters(headers: Headers) -> bool:
    """Whether a form in parts names another charset than UTF-8 (RFC 7578 §5.1.2).

    Forms are read with whatever codec of Python's own they name: some let half characters in,
    which no page and no database can write, and some fail. In UTF-8 there are none. The charset
    of a form in one piece is read by nobody, and some programs name one by habit.
    """
    kind = headers.get("content-type", "")
    if not kind.strip().lower().startswith("multipart/"):
        return False
    _, options = parse_options_header(kind)
    return options.get(b"charset", b"utf-8").lower() not in _UTF_8


def _other_letters() -> MalformedError:
    return MalformedError(
        "the form is written in another charset than UTF-8",
        where="Content-Type",
        remedy="send it as UTF-8, or name no charset",
    )


def count_account(request: Request) -> None:
    """Count what a person asks for, once `recognise` has said who it is (RateLimitedError)."""
    group = group_of(request.method, request.url.path, BY_ACCOUNT)
    if group is not None and request.state.caller is not None:
        limits: Limits = request.app.state.limits
        limits.count(group, account_of(request.state.caller))
