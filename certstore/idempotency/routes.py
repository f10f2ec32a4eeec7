"""How a route takes part: `once: Once`, and `return once.answer(caller, body, act)`."""

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from certstore.callers import Service
from certstore.errors import MalformedError
from certstore.idempotency.desk import Answer, IdempotencyDesk, KeyedRequest
from certstore.reception import desk
from certstore.tokens import canonical_json

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,80}$",
        description="A name of your choice for this request, kept for 24 hours. The same request "
        "again gets the first answer; another one with the same key is refused (422).",
    ),
]


class IdempotentAnswers:
    """Answers one request, or says again how it was answered first; without a key, always anew."""

    def __init__(
        self,
        request: Request,
        keys: Annotated[IdempotencyDesk, desk(IdempotencyDesk)],
        key: KeyHeader = None,
    ) -> None:
        """Take the request and its key, if it brings one."""
        if len(request.headers.getlist("idempotency-key")) > 1:
            raise MalformedError("a header stands there more than once", where="Idempotency-Key")
        self._place = f"{request.method} {request.scope['path']}"
        self._keys, self._key = keys, key

    def answer(
        self,
        caller: Service,
        body: BaseModel,
        act: Callable[[], tuple[int, BaseModel | dict[str, Any]]],
        *,
        repeatable: bool = False,
    ) -> Response:
        """The answer; `act` gives status and body and is called at most once for a key.

        The body is compared as it was understood: spaces and the order of members do not count.
        What the caller's token covers is compared, too: a kept answer is for whoever may ask for
        it now, and that the token still holds was asked before. `repeatable` as in IdempotencyDesk.
        """

        def acted() -> Answer:
            status, said = act()
            if isinstance(said, BaseModel):
                return Answer(status, said.model_dump_json().encode())
            return Answer(status, canonical_json(said))

        if self._key is None:
            return _sent(acted())
        understood = json.dumps(body.model_dump(mode="json"), sort_keys=True)
        said = f"{self._place}\n{understood}\n{_grant(caller)}"
        keyed = KeyedRequest(caller.client_id, self._key, hashlib.sha256(said.encode()).hexdigest())
        return _sent(self._keys.answer(keyed, acted, repeatable=repeatable))


Once = Annotated[IdempotentAnswers, Depends(IdempotentAnswers)]


def _grant(caller: Service) -> str:
    """What a token covers, the same for one that was got anew."""
    fields = {kind: sorted(paths) for kind, paths in caller.fields.items()}
    return json.dumps([caller.purpose_id, sorted(caller.actions), fields], sort_keys=True)


def _sent(made: Answer) -> Response:
    return Response(made.body, made.status, media_type="application/json")
