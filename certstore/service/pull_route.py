"""The lean way of a pull: past the framework's routing where everything is as expected.

It answers what the route in certstore/sharing/routes.py answers, with the same parts: the same
gate, the same body, the same lane, the same problems. Whatever is out of the ordinary before
anything has had an effect is handed to that route, which says what is wrong.
"""

import asyncio
import re
from typing import Any, Final
from urllib.parse import quote

import orjson
from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certstore.authorization.resource_gate import Admission, Presented
from certstore.authorization.routes import challenged
from certstore.errors import CertstoreError
from certstore.service import problems
from certstore.service.wiring import House
from certstore.sharing.bodies import PullIn
from certstore.sharing.grants import PullRequest

_PATH: Final = re.compile(r"/v1/certificates/([0-9a-z]{20}):pull")
_ONCE: Final = frozenset({b"authorization", b"dpop", b"content-type"})
_LARGEST: Final = 65_536


class _Pattern:
    """What the instruments know the route by."""

    path: Final = "/v1/certificates/{ref}:pull"


_PATTERN: Final = _Pattern()


class PullRoute:
    """ASGI middleware, the innermost: takes pulls out, and passes everything else on."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        """Wrap the application of this house."""
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a pull, or pass on."""
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        messages = await _whole(receive)
        ready = self._ready(scope, found[1], b"".join(m.get("body", b"") for m in messages))
        if ready is None:
            await self._app(scope, _again(messages, receive), send)
            return
        scope["route"] = _PATTERN
        answer = await self._answer(scope, *ready)
        await answer(scope, receive, send)

    def _ready(self, scope: Scope, ref: str, body: bytes) -> tuple[Admission, PullRequest] | None:
        """The token, proof and request, if they are sound; None where the full route must say."""
        headers = _headers(scope)
        if headers is None or len(body) > _LARGEST:
            return None
        if headers.get(b"content-type", b"").partition(b";")[0].strip() != b"application/json":
            return None
        gate = self._house.resource_gate
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        proofs = (headers[b"dpop"].decode("latin-1"),) if b"dpop" in headers else ()
        url = gate.mint.issuer + quote(scope["path"])
        try:
            opened = gate.open(Presented(scheme, token, proofs, "POST", url))
            asked = PullIn.model_validate_json(body).request(ref)
        except (CertstoreError, ValidationError):
            return None
        # What has to be made first takes time that others must not wait for.
        return (opened, asked) if asked.format == "json" else None

    async def _answer(self, scope: Scope, opened: Admission, request: PullRequest) -> Response:
        lane, asking = self._house.pull_lane, Request(scope)
        asking.state.client = opened.token.client_id  # a refusal is on its list
        try:
            scope["app"].state.limits.count("pull", opened.token.client_id)
            with challenged(self._house.resource_gate.mint.issuer):
                outcome = await asyncio.wrap_future(lane.submit(opened, request))
                said = lane.sharing.answer(outcome)
        except CertstoreError as error:
            return await problems.known_error(asking, error)
        return Response(orjson.dumps(said), media_type="application/json")


def _headers(scope: Scope) -> dict[bytes, bytes] | None:
    """The headers that count here by name; None where one of them stands there twice."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _ONCE:
            if name in found:
                return None
            found[name] = value
    return found


async def _whole(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def _again(messages: list[Message], receive: Receive) -> Receive:
    """What was read already, for somebody who reads it anew; then whatever follows."""
    waiting = iter(messages)

    async def read() -> Any:  # noqa: ANN401 - an ASGI message
        message = next(waiting, None)
        return await receive() if message is None else message

    return read
