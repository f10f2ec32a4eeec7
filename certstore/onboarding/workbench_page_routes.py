"""The developer's workbench: keys, refused calls, step-by-step debugging, trials on the sandbox."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.authorization.client_keys import read_public_key
from certstore.authorization.debugging import DebugDesk
from certstore.errors import ConflictError, MalformedError
from certstore.onboarding.page_routes import Me, Onboarding, frame
from certstore.onboarding.states import State
from certstore.onboarding.trying import Tried, TryingDesk
from certstore.pages.onboarding_views import title_of
from certstore.pages.portal_views import (
    CallsView,
    DebugView,
    DocsView,
    KeyRow,
    KeysView,
    TriedStep,
    TryView,
)
from certstore.reception import desk
from certstore.web.answers import check_form, dress_of, page, see_other

router = APIRouter(prefix="/developers", include_in_schema=False)
Debugging = Annotated[DebugDesk, desk(DebugDesk)]
Trying = Annotated[TryingDesk, desk(TryingDesk)]
Short = Annotated[str, Form(max_length=200)]


@router.get("/keys")
def keys(
    request: Request,
    me: Me,
    onboarding: Onboarding,
    said: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The public keys of the agency's clients."""
    return _keys(request, me, onboarding, said=said if said in {"added", "gone"} else "")


@router.post("/keys", dependencies=[Depends(check_form)])
def add_key(
    request: Request,
    me: Me,
    onboarding: Onboarding,
    client_id: Short = "",
    jwk: Annotated[str, Form(max_length=4096)] = "",
) -> Response:
    """Register a public key; what is wrong with it is said at its field."""
    if not jwk.strip():
        return _keys(request, me, onboarding, errors={"jwk": "missing"})
    try:
        sent = jwk.encode("utf-8", "replace")
        onboarding.add_key(me, client_id, read_public_key(sent))
    except MalformedError:
        wrong = "private" if '"d"' in jwk else "malformed"
        typed = "" if wrong == "private" else jwk
        return _keys(request, me, onboarding, errors={"jwk": wrong}, typed=typed)
    except ConflictError:
        return _keys(request, me, onboarding, errors={"jwk": "conflict"}, typed=jwk)
    return see_other("/developers/keys?said=added")


@router.post("/keys/retire", dependencies=[Depends(check_form)])
def retire_key(me: Me, onboarding: Onboarding, client_id: Short = "", kid: Short = "") -> Response:
    """Take a key away; the last one stays."""
    onboarding.retire_key(me, client_id, kid)
    return see_other("/developers/keys?said=gone")


def _keys(
    request: Request,
    me: Me,
    onboarding: Onboarding,
    *,
    errors: dict[str, str] | None = None,
    typed: str = "",
    said: str = "",
) -> Response:
    clients = tuple(
        (
            file.client.client_id,
            tuple(KeyRow(str(k.get("kid", "-")), str(k["crv"])) for k in file.client.keys),
        )
        for file in onboarding.clients(me)
        if file.client.state != State.RETIRED
    )
    portal = frame(request, me, onboarding, "keys")
    view = KeysView(portal=portal, clients=clients, errors=errors or {}, typed=typed, said=said)
    return page(request, "certstore/developer_keys.html", view, 422 if errors else 200)


@router.get("/calls")
def calls(request: Request, me: Me, onboarding: Onboarding) -> Response:
    """Why calls were refused in the last 14 days."""
    portal = frame(request, me, onboarding, "calls")
    view = CallsView(portal=portal, calls=tuple(onboarding.refused_calls(me)))
    return page(request, "certstore/developer_calls.html", view)


@router.get("/debug")
def debug_form(request: Request, me: Me, onboarding: Onboarding) -> Response:
    """Where an assertion is pasted."""
    view = DebugView(portal=frame(request, me, onboarding, "debug"))
    return page(request, "certstore/developer_debug.html", view)


@router.post("/debug", dependencies=[Depends(check_form)])
def debug(
    request: Request,
    me: Me,
    onboarding: Onboarding,
    debugging: Debugging,
    assertion: Annotated[str, Form(max_length=16384)] = "",
    proof: Annotated[str, Form(max_length=4096)] = "",
    details: Annotated[str, Form(max_length=8192)] = "",
) -> Response:
    """Run the token endpoint's own checks on it, one by one, without any effect."""
    portal = frame(request, me, onboarding, "debug")
    if not assertion.strip():
        view = DebugView(portal=portal, errors={"assertion": "missing"})
        return page(request, "certstore/developer_debug.html", view, 422)
    said = debugging.report(assertion.strip(), proof.strip() or None, details.strip() or None)
    view = DebugView(portal=portal, outcome=said["outcome"], steps=tuple(said["steps"]))
    return page(request, "certstore/developer_debug.html", view)


@router.get("/try")
def try_form(request: Request, me: Me, onboarding: Onboarding, trying: Trying) -> Response:
    """Choose a purpose and an invented person."""
    return _try(request, me, onboarding, trying)


@router.post("/try", dependencies=[Depends(check_form)])
def run(
    request: Request,
    me: Me,
    onboarding: Onboarding,
    trying: Trying,
    purpose: Short = "",
    person: Short = "",
    beyond: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Play the client: token, search, pull, each with its request and answer."""
    errors = {n: "missing" for n, v in (("purpose", purpose), ("person", person)) if not v}
    if errors:
        return _try(request, me, onboarding, trying, (purpose, person), errors=errors)
    steps = trying.run(me, purpose, person, beyond=beyond == "yes")
    return _try(request, me, onboarding, trying, (purpose, person), steps)


def _try(
    request: Request,
    me: Me,
    onboarding: Onboarding,
    trying: TryingDesk,
    chosen: tuple[str, str] = ("", ""),
    steps: list[Tried] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    lang = dress_of(request).lang
    usable = {State.ACTIVE, State.APPROVED, State.OVER_QUOTA}
    view = TryView(
        portal=frame(request, me, onboarding, "try"),
        purposes=tuple(
            (p.purpose_id, title_of(p, lang))
            for file in onboarding.clients(me)
            for p in file.purposes
            if p.state in usable
        ),
        people=tuple((one.key, one.name) for one in trying.people),
        chosen=chosen,
        steps=tuple(
            TriedStep(s.step, s.done, _readable(s.request), _readable(s.answer))
            for s in steps or ()
        ),
        errors=errors or {},
    )
    return page(request, "certstore/developer_try.html", view, 422 if errors else 200)


def _readable(said: object) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2, default=str)


@router.get("/docs")
def docs(request: Request, me: Me, onboarding: Onboarding, debugging: Debugging) -> Response:
    """Where things are, for somebody who begins."""
    portal = frame(request, me, onboarding, "docs")
    view = DocsView(portal=portal, issuer=debugging.tokens.issuer)
    return page(request, "certstore/developer_docs.html", view)
