"""The lean way of a pull: past the framework's routing where everything is as expected.

It answers what the route in certstore/sharing/routes.py answers, with the same parts: the same
gate, the same body, the same desk, the same problems. Whatever is out of the ordinary before
anything has had an effect is handed to that route, which says what is wrong.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certstore.authorization.resource_gate import Admission, Presented
from certstore.authorization.routes import challenged
from certstore.errors import CertstoreError
from certstore.service import problems
from certstore.service.limits import Limits
from certstore.service.wiring import House
from certstore.sharing.bodies import PullIn
from certstore.sharing.group_commit import GroupCommit
from certstore.sharing.pulls import AskedPull

_PATH: Final = re.compile(r"/v1/certificates/([0-9a-z]{20}):pull")
_ONCE: Final = frozenset({b"authorization", b"dpop", b"content-type"})
_LARGEST: Final = 65_536
_JSON: Final = b"application/json"


class _Pattern:
    """What the instruments know the route by."""

    path: Final = "/v1/certificates/{ref}:pull"


_PATTERN: Final = _Pattern()


@dataclass(frozen=True, slots=True)
class _Knock:
    """A pull as it came over the line."""

    ref: str
    path: str
    headers: Mapping[bytes, bytes]
    body: bytes
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Said:
    """What a client is told: its answer in JSON, or its refusal; no `client_id`: nobody known."""

    client_id: str
    what: bytes | CertstoreError


class PullRoute:
    """ASGI middleware, the innermost: takes pulls out, and passes everything else on."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        """Wrap the application of this house."""
        self._app = app
        self._house = house
        self._together = GroupCommit(self._all_said)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a pull, or pass on."""
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        sent = _headers(scope) if found else None
        if found is None or sent is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        messages = await _whole(receive)
        body = b"".join(m.get("body", b"") for m in messages)
        limits = scope["app"].state.limits
        try:
            said = await self._together.ask(_Knock(found[1], scope["path"], sent, body, limits))
        except CertstoreError as error:  # nothing could be recorded: the database is away, say
            said = _Said("", error)
        if said is None:
            await self._app(scope, _again(messages, receive), send)
            return
        scope["route"] = _PATTERN
        if isinstance(said.what, bytes):
            length = str(len(said.what)).encode()
            headers = [(b"content-length", length), (b"content-type", _JSON)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": said.what})
            return
        answer = await self._refused(scope, said.client_id, said.what)
        await answer(scope, receive, send)

    def _all_said(self, knocks: Sequence[_Knock]) -> Sequence[_Said | None]:
        """What is said to each, all of it recorded; None to whom the full route must speak.

        Everything that takes time is done here, in one thread: two would take turns at each
        statement of the database, and each turn costs more than the statement.
        """
        ready = [self._ready(knock) for knock in knocks]
        outcomes = iter(
            self._house.sharing_desk.pull_all([r for r in ready if isinstance(r, AskedPull)])
        )
        said: list[_Said | None] = []
        for each in ready:
            if not isinstance(each, AskedPull):
                said.append(each)
                continue
            try:
                what = orjson.dumps(self._house.sharing_desk.answer(next(outcomes)))
            except CertstoreError as refusal:
                said.append(_Said(each.service.client_id, refusal))
            else:
                said.append(_Said(each.service.client_id, what))
        return said

    def _ready(self, knock: _Knock) -> AskedPull | _Said | None:
        """The token, proof and request, if they are sound; None where the full route must say."""
        opened = self._opened(knock)
        if opened is None:
            return None
        try:
            request = PullIn.model_validate_json(knock.body).request(knock.ref)
        except (CertstoreError, ValidationError):
            return None
        # What has to be made first takes time that others must not wait for.
        if request.format != "json":
            return None
        try:
            knock.limits.count("pull", opened.token.client_id)
        except CertstoreError as refusal:
            return _Said(opened.token.client_id, refusal)
        return AskedPull(opened.service, request, opened)

    def _opened(self, knock: _Knock) -> Admission | None:
        headers = knock.headers
        if len(knock.body) > _LARGEST:
            return None
        if headers.get(b"content-type", b"").partition(b";")[0].strip() != _JSON:
            return None
        gate = self._house.resource_gate
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        proofs = (headers[b"dpop"].decode("latin-1"),) if b"dpop" in headers else ()
        url = gate.mint.issuer + knock.path  # of such a path nothing has to be quoted
        try:
            return gate.open(Presented(scheme, token, proofs, "POST", url))
        except CertstoreError:
            return None

    async def _refused(self, scope: Scope, client_id: str, refusal: CertstoreError) -> Response:
        asking = Request(scope)
        asking.state.client = client_id  # a refusal is on its list
        try:
            with challenged(self._house.resource_gate.mint.issuer):
                raise refusal
        except CertstoreError as error:
            return await problems.known_error(asking, error)


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
