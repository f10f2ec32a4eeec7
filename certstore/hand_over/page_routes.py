"""The door for people whom an app hands over: the ticket comes by POST, never in an address."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from certstore.errors import CertstoreError, ForbiddenError, GoneError, NotFoundError
from certstore.hand_over.desk import ENTRY_LIFE, Came, HandOverDesk
from certstore.pages.entrance_views import EnterView, EntryOverView
from certstore.reception import cookie, desk, session_cookie
from certstore.web.answers import check_form, dress_of, page, see_other

router = APIRouter(include_in_schema=False)
HandOvers = Annotated[HandOverDesk, desk(HandOverDesk)]
_ENTRY = "entry"


@router.post("/enter")
def arrive(
    request: Request, hand_overs: HandOvers, ticket: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Take the ticket; the rest is asked by GET, where the browser brings its own session along."""
    origin = request.headers.get("origin")
    try:
        entry = hand_overs.arrive(ticket, origin, _came(request, origin))
    except (NotFoundError, ForbiddenError) as refused:
        return _not_in(request, hand_overs, refused)
    answer = see_other("/enter")
    answer.set_cookie(
        cookie(request, _ENTRY),
        entry,
        max_age=int(ENTRY_LIFE.total_seconds()),
        httponly=True,
        secure=request.app.state.secure,
    )
    return answer


@router.get("/enter")
def door(request: Request, hand_overs: HandOvers) -> Response:
    """Let them in at once where that is sure; else ask first, saying who they would be."""
    entry, session = _secrets(request)
    waiting = hand_overs.waiting(entry, session)
    if waiting is None:
        if request.state.caller is not None:  # the page before the first one, gone back to
            return see_other("/")
        return _not_in(request, hand_overs, hand_overs.over(entry))
    if not waiting.asks:
        return _in(request, hand_overs)
    view = EnterView(
        host=waiting.host.name[dress_of(request).lang],
        name=waiting.resident.holder.name,
        instead_of=waiting.instead_of,
        back=waiting.host.back,
    )
    return page(request, "certstore/enter.html", view)


@router.post("/enter/go", dependencies=[Depends(check_form)])
def go(request: Request, hand_overs: HandOvers) -> Response:
    """They said yes."""
    return _in(request, hand_overs)


def _in(request: Request, hand_overs: HandOverDesk) -> Response:
    try:
        secret, to = hand_overs.enter(*_secrets(request))
    except NotFoundError as refused:
        return _not_in(request, hand_overs, refused)
    answer, secure = see_other(to), request.app.state.secure
    answer.set_cookie(session_cookie(request), secret, httponly=True, secure=secure)
    answer.delete_cookie(cookie(request, _ENTRY), path="/", secure=secure, httponly=True)
    return answer


def _not_in(request: Request, hand_overs: HandOverDesk, refused: CertstoreError) -> Response:
    """Say that this way in is no more, and how to come again."""
    host = hand_overs.hosts.get(str(refused.facts.get("host", "")))
    strange = isinstance(refused, ForbiddenError)
    view = EntryOverView(
        why="strange" if strange else "over",
        host=host.name[dress_of(request).lang] if host else "",
        back=host.back if host else "",
    )
    gone = HTTPStatus.GONE if isinstance(refused, GoneError) else HTTPStatus.NOT_FOUND
    status = HTTPStatus.FORBIDDEN if strange else gone
    return page(request, "certstore/enter_over.html", view, status)


def _secrets(request: Request) -> tuple[str, str]:
    cookies = request.cookies
    return cookies.get(cookie(request, _ENTRY), ""), cookies.get(session_cookie(request), "")


def _came(request: Request, origin: str | None) -> Came:
    """Where the form comes from, as far as the browser says.

    A web view that loads the address itself says `none`; pages without a referrer say `null`, and
    so may a stranger's, which therefore proves nothing.
    """
    if origin is not None and origin != "null":
        return "from_elsewhere"
    return "from_host" if request.headers.get("sec-fetch-site") == "none" else "unsaid"
