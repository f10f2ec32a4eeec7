"""From a view to an HTTP answer: the visitor's dress and session, and forms checked for origin."""

import hmac
from dataclasses import replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from certstore.callers import Clerk, Developer, Officer, Operator, Resident
from certstore.errors import ForbiddenError
from certstore.sign_in import Session
from certstore.web.dress import COOKIE, Dress
from certstore.web.led_back import kept_form_cookie, typed_before
from certstore.web.refill import refill
from certstore.web.shell import Shell, Signed

_A_YEAR = 31_536_000
_SEE_OTHER = 303
_OK = 200


def dress_of(request: Request) -> Dress:
    """The visitor's language, size and theme."""
    return Dress.parse(request.query_params, request.cookies.get(COOKIE))


def session_of(request: Request) -> Session | None:
    """The visitor's session, if one was recognised."""
    found: Session | None = getattr(request.state, "session", None)
    return found


def page(request: Request, template: str, view: object, status: int = 200) -> Response:
    """Render a page in the visitor's dress; one chosen by link is remembered, without identity.

    Who comes back from signing in anew finds in its form what they had typed before.
    """
    shell: Shell = request.app.state.shell
    dress, session = dress_of(request), session_of(request)
    typed = typed_before(request, session) if status == _OK else None
    html = shell.render(
        template,
        view,
        dress=dress,
        csrf=session.csrf if session else "",
        who=_inside(request, _signed(session), session),
        restored=typed is not None,
    )
    answer = HTMLResponse(refill(html, request.url.path, typed) if typed else html, status)
    if typed is not None:
        secure = request.app.state.secure  # a __Host- cookie is dropped by a secure one alone
        answer.delete_cookie(kept_form_cookie(request), secure=secure, httponly=True)
    if {"lang", "size", "theme"} & set(request.query_params):
        secure = request.app.state.secure
        answer.set_cookie(COOKIE, dress.cookie(), max_age=_A_YEAR, samesite="lax", secure=secure)
    return answer


def see_other(path: str) -> RedirectResponse:
    """Send the browser on by GET after a form."""
    return RedirectResponse(path, _SEE_OTHER)


def check_form(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Refuse a form that another site sent, or that lacks the session's token (ForbiddenError)."""
    check_origin(request)
    session = session_of(request)
    given = csrf or request.headers.get("x-csrf-token", "")
    if session is not None and not hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), session.csrf.encode()
    ):
        raise ForbiddenError(
            "the form is not from this session", remedy="open the page again and send it once more"
        )


def check_token(request: Request) -> None:
    """Refuse a script's request that lacks the session's token in X-CSRF-Token (ForbiddenError)."""
    check_form(request, "")


def check_origin(request: Request) -> None:
    """Refuse what a browser says comes from another site.

    Our own pages send no referrer, and so `Origin: null` with their forms: what then tells is
    Sec-Fetch-Site, and in browsers too old for it the session's token alone.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = origin is not None and origin not in {*request.app.state.origins, "null"}
    if foreign or site not in {None, "same-origin", "none"}:
        raise ForbiddenError(
            "the form comes from another site", remedy="open this service's own page"
        )


def _inside(request: Request, who: Signed | None, session: Session | None) -> Signed | None:
    """The same, and inside which app, if one handed them over."""
    host = request.app.state.entry_hosts.get(session.host) if session and session.host else None
    if who is None or host is None:
        return who
    return replace(who, app=host.name[dress_of(request).lang], back=host.back)


def _signed(session: Session | None) -> Signed | None:
    if session is None:
        return None
    match session.caller:
        case Resident(holder):
            return Signed(holder.name)
        case Officer(name):
            return Signed(name, "officer")
        case Clerk(name):
            return Signed(name, "clerk")
        case Operator(name):
            return Signed(name, "operator")
        case Developer(name):
            return Signed(name, "developer")
