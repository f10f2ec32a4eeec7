"""No request body above the limit is read, whatever its header says."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _TooLargeError(Exception):
    """The body went on beyond the limit."""


class BodyLimit:
    """ASGI middleware: 413 for a body above `largest` bytes."""

    def __init__(self, app: ASGIApp, *, largest: int) -> None:
        """Wrap an application."""
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in; stop at the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        if b"content-length" in given and b"transfer-encoding" in given:
            await self._refuse_two_lengths(scope, receive, send)
            return
        announced = given.get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > self._largest:
            await self._refuse(scope, receive, send)
            return
        read, started, over = 0, False, False

        async def counted() -> Message:
            nonlocal read, over
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._largest:
                over = True
                raise _TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if over and not started:
                raise _TooLargeError  # whatever the application made of it
            started = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLargeError:
            if not started:
                await self._refuse(scope, receive, send)

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

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = {
            "type": "urn:certstore:problem:payload-too-large",
            "title": "Content Too Large",
            "status": 413,
            "detail": f"a request has at most {self._largest} bytes",
        }
        answer = JSONResponse(body, 413, media_type="application/problem+json")
        await answer(scope, receive, send)
