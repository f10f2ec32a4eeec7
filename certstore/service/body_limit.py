"""No request body above its call's limit is read, and no head beyond measure."""

import re
from collections.abc import Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyTooLargeError(HTTPException):
    """The body went on beyond the limit. It is no failure: who gets it passes it on."""

    def __init__(self) -> None:
        """413."""
        super().__init__(413)


LARGEST: Final = 16 * 1024 * 1024
_KIB: Final = 1024
BY_PATH: Final[Sequence[tuple[re.Pattern[str], int]]] = (
    (re.compile(r"/v1/(verify/document|batches|uploads/.*|applications/.*)"), LARGEST),
    (re.compile(r"/v1/(certificates:batch|pull-jobs)"), 2048 * _KIB),
    (re.compile(r"/(v1|oauth2)/.*"), 256 * _KIB),
)
"""The largest body of a call, in bytes; the first that fits counts, and pages have `LARGEST`."""
MOST_HEADERS: Final = 100
LONGEST_HEAD: Final = 64 * _KIB  # all headers together
LONGEST_TARGET: Final = 8 * _KIB  # path and query


def largest_body(path: str) -> int:
    """How many bytes a request to this path may carry."""
    return next((most for shape, most in BY_PATH if shape.fullmatch(path)), LARGEST)


class RequestLimits:
    """ASGI middleware: 413 for a body above its limit, 414 and 431 for a head beyond measure."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the head, then count what comes in; stop at the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = _head_refused(scope)
        if refused is not None:
            await refused(scope, receive, send)
            return
        await self._counted(scope, receive, send, largest_body(scope["path"]))

    async def _counted(self, scope: Scope, receive: Receive, send: Send, largest: int) -> None:
        given = dict(scope["headers"])
        if b"content-length" in given and b"transfer-encoding" in given:
            await self._refuse_two_lengths(scope, receive, send)
            return
        announced = given.get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > largest:
            await _too_large(largest)(scope, receive, send)
            return
        read, over, started, refused = 0, False, False, False

        async def counted() -> Message:
            nonlocal read, over
            message = await receive()
            read += len(message.get("body", b""))
            if read > largest:
                over = True
                raise BodyTooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal started, refused
            if over and not started and not refused:  # whatever the application makes of it
                refused = True
                await _too_large(largest)(scope, receive, send)
            elif not refused:
                started = True
                await send(message)

        try:
            await self._app(scope, counted, noted)
        except BodyTooLargeError:
            if not started and not refused:
                await _too_large(largest)(scope, receive, send)

    async def _refuse_two_lengths(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Who stands before us may have believed the other one (RFC 9112, 6.1)."""
        body = {
            "type": "urn:certstore:problem:invalid-request",
            "title": "Bad Request",
            "status": 400,
            "detail": "a request has Content-Length or Transfer-Encoding, not both",
        }
        headers = {"Connection": "close"}
        answer = JSONResponse(body, 400, headers, media_type="application/problem+json")
        await answer(scope, receive, send)


def _head_refused(scope: Scope) -> JSONResponse | None:
    """The refusal of a head beyond measure (RFC 6585 §5, RFC 9110 §15.5.15); None if it is not."""
    headers = scope["headers"]
    target = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
    if target > LONGEST_TARGET:
        return _problem(
            414, "URI Too Long", "invalid-request", f"an address has at most {LONGEST_TARGET} bytes"
        )
    size = sum(len(name) + len(value) for name, value in headers)
    if len(headers) > MOST_HEADERS or size > LONGEST_HEAD:
        return _problem(
            431,
            "Request Header Fields Too Large",
            "invalid-request",
            f"a request has at most {MOST_HEADERS} headers of {LONGEST_HEAD} bytes together",
        )
    return None


def _too_large(largest: int) -> JSONResponse:
    detail = f"a request of this kind has at most {largest} bytes"
    return _problem(413, "Content Too Large", "payload-too-large", detail)


def _problem(status: int, title: str, slug: str, detail: str) -> JSONResponse:
    body = {
        "type": f"urn:certstore:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    return JSONResponse(body, status, media_type="application/problem+json")
