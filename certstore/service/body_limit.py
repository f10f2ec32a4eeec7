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
        announced = dict(scope["headers"]).get(b"content-length", b"0")
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

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = {
            "type": "urn:certstore:problem:payload-too-large",
            "title": "Content Too Large",
            "status": 413,
            "detail": f"a request has at most {self._largest} bytes",
        }
        answer = JSONResponse(body, 413, media_type="application/problem+json")
        await answer(scope, receive, send)
