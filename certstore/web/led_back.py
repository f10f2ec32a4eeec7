"""Leads somebody whose session ended to sign in, and back to the page with what they typed."""

from urllib.parse import urlencode

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.routing import Match

from certstore.kept_forms import KEPT_FOR, Fields
from certstore.reception import House, cookie, session_cookie
from certstore.sign_in import Session, SignInDesk

_SEE_OTHER = 303
_NOT_TYPED = frozenset({"csrf", "later"})  # a token, and a button


def kept_form_cookie(request: Request) -> str:
    """The name of the cookie that holds the secret of a kept form."""
    return cookie(request, "kept-form")


def sign_in_href(request: Request, why: str = "") -> str:
    """Where to sign in, and come back to this page; a session that ended is called that."""
    ended = session_cookie(request) in request.cookies
    said = why or ("expired" if ended else "needed")
    return "/sign-in?" + urlencode({"return_to": page_of(request), "why": said})


def page_of(request: Request) -> str:
    """The page a request belongs to: its own path, or the nearest above that is a page."""
    path = request.url.path
    if path.startswith("/sign-in"):
        return "/"  # signing in leads to where one was going, never to itself
    while path != "/":
        scope = {**request.scope, "method": "GET", "path": path, "raw_path": path.encode()}
        if any(r.matches(scope)[0] is Match.FULL for r in request.app.router.routes):
            return path
        path = path.rpartition("/")[0] or "/"
    return path


async def to_sign_in(request: Request) -> RedirectResponse | None:
    """Lead to the sign-in page; a form that was sent is kept until its sender is back.

    None for a form that is not kept: a page says so, and leads there by a link.
    """
    if request.method == "GET":
        return RedirectResponse(sign_in_href(request), _SEE_OTHER)
    secret = await _keep(request) if request.method == "POST" else None
    if secret is None:
        return None
    answer = RedirectResponse(sign_in_href(request, "kept"), _SEE_OTHER)
    answer.set_cookie(
        kept_form_cookie(request),
        secret,
        max_age=int(KEPT_FOR.total_seconds()),
        httponly=True,
        secure=request.app.state.secure,
        samesite="lax",
    )
    return answer


def typed_before(request: Request, session: Session | None) -> Fields | None:
    """What this very person typed into this page's form before their session ended; once."""
    secret = request.cookies.get(kept_form_cookie(request))
    if not secret or session is None or request.method != "GET":
        return None
    house: House = request.app.state.house
    return house.find(SignInDesk).forms.give_back(secret, session.caller, request.url.path)


async def _keep(request: Request) -> str | None:
    secret, path = request.cookies.get(session_cookie(request)), request.url.path
    if not secret or page_of(request) != path:
        return None  # a form whose page is elsewhere is not shown again by opening this path
    typed: dict[str, list[str]] = {}
    csrf = ""
    async with request.form() as form:  # closes its files, which have to be chosen again
        for name, value in form.multi_items():
            if name == "csrf" and isinstance(value, str):
                csrf = value
            elif name not in _NOT_TYPED and isinstance(value, str):
                typed.setdefault(name, []).append(value)
    house: House = request.app.state.house
    return await run_in_threadpool(house.find(SignInDesk).forms.keep, secret, csrf, path, typed)
