"""The citizen's own pages: home, certificates, presenting, who looked, notices, signing in."""

import logging
from dataclasses import replace
from typing import Annotated, get_args
from urllib.parse import urlencode

import qrcode
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from certstore.callers import Resident
from certstore.consent.desk import ConsentDesk
from certstore.errors import (
    InvalidTokenError,
    NotFoundError,
    UnauthenticatedError,
)
from certstore.holdings import HoldingsDesk
from certstore.ledger import LedgerDesk
from certstore.pages.certificate_views import certificate_view
from certstore.pages.entrance_views import (
    NoticesView,
    SignedOutView,
    SignInView,
    SignOutView,
    Why,
)
from certstore.pages.holdings_pages import (
    certificates_view,
    notice_lines,
)
from certstore.pages.usage_pages import (
    entry_view,
    latest_lines,
    proof_view,
    question_line,
    usage_view,
)
from certstore.pages.views import SettingsView
from certstore.questions.desk import QuestionDesk
from certstore.reception import cookie, desk, session_cookie, signed_in
from certstore.sign_in import Returned, SignInDesk, is_local_path
from certstore.web.answers import (
    check_form,
    dress_of,
    page,
    see_other,
    session_of,
)
from certstore.web.symbol import Symbol

router = APIRouter(include_in_schema=False)
STATE_COOKIE = "sign-in"
log = logging.getLogger("certstore")

Me = Annotated[Resident, signed_in(Resident)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
SignIn = Annotated[SignInDesk, desk(SignInDesk)]
Questions = Annotated[QuestionDesk, desk(QuestionDesk)]
Ledger = Annotated[LedgerDesk, desk(LedgerDesk)]
Consents = Annotated[ConsentDesk, desk(ConsentDesk)]


# -- signing in ----------------------------------------------------------------------------


@router.get("/sign-in")
def sign_in(
    request: Request,
    return_to: Annotated[str, Query(max_length=300)] = "/",
    why: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Explain what happens, and lead to the provider."""
    target = return_to if is_local_path(return_to) else "/"
    view = SignInView(
        start_href=f"/sign-in/leave?{urlencode({'return_to': target})}",
        provider=request.app.state.provider_name[dress_of(request).lang],
        why=why if why in get_args(Why) else None,  # type: ignore[arg-type]  # one of them
        development=request.app.state.development_identity,
    )
    return page(request, "certstore/sign_in.html", view)


@router.get("/sign-in/leave")
def leave(
    request: Request, sign_ins: SignIn, return_to: Annotated[str, Query(max_length=300)] = "/"
) -> Response:
    """Leave for the identity provider, the state bound to this browser."""
    url, state = sign_ins.begin(return_to)
    answer = RedirectResponse(url, 303)
    secure = request.app.state.secure
    answer.set_cookie(
        cookie(request, STATE_COOKIE), state, max_age=600, httponly=True, secure=secure
    )
    return answer


@router.get("/sign-in/return")
def come_back(
    request: Request,
    sign_ins: SignIn,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
    iss: Annotated[str | None, Query(max_length=300)] = None,
    error: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Come back from the identity provider: open a session, and end the one there was."""
    if error or not code:  # RFC 6749 §4.1.2.1: somebody changed their mind, or it went wrong
        return _not_signed_in(request, "stopped")
    returned = Returned(
        state=state,
        code=code,
        issuer=iss,
        bound_state=request.cookies.get(cookie(request, STATE_COOKIE), ""),
        session=request.cookies.get(session_cookie(request), ""),
    )
    try:
        secret, return_to = sign_ins.complete(returned)
    except (UnauthenticatedError, InvalidTokenError) as refused:
        cause = refused.facts.get("cause", refused.code)
        log.warning("sign-in refused", extra={"why": refused.detail, "cause": cause})
        return _not_signed_in(request, "failed")
    answer = see_other(return_to)
    secure = request.app.state.secure
    answer.set_cookie(session_cookie(request), secret, httponly=True, secure=secure)
    _drop(answer, request, STATE_COOKIE)
    return answer


@router.get("/sign-out")
def ask_to_sign_out(request: Request) -> Response:
    """Ask before signing out: a link alone ends no session."""
    if session_of(request) is None:
        return page(request, "certstore/signed_out.html", SignedOutView())
    return page(request, "certstore/sign_out.html", SignOutView())


@router.post("/sign-out", dependencies=[Depends(check_form)])
def sign_out(request: Request, sign_ins: SignIn) -> Response:
    """End the session."""
    secret = request.cookies.get(session_cookie(request))
    if secret:
        sign_ins.sign_out(secret)
    request.state.session = None
    answer = page(request, "certstore/signed_out.html", SignedOutView())
    _drop(answer, request, "session")
    return answer


def _not_signed_in(request: Request, why: Why) -> Response:
    answer = see_other(f"/sign-in?{urlencode({'why': why})}")
    _drop(answer, request, STATE_COOKIE)
    return answer


def _drop(answer: Response, request: Request, name: str) -> None:
    secure = request.app.state.secure  # a __Host- cookie is dropped by a secure one alone
    answer.delete_cookie(cookie(request, name), path="/", secure=secure, httponly=True)


@router.get("/settings")
def settings(request: Request) -> Response:
    """Language, size, light or dark."""
    session = session_of(request)
    name = session.caller.holder.name if session and isinstance(session.caller, Resident) else None
    return page(request, "certstore/settings.html", SettingsView(person_name=name))


# -- certificates --------------------------------------------------------------------------


@router.get("/certificates")
def certificates(request: Request, me: Me, holdings: Holdings) -> Response:
    """My certificates, and what the government keeps for me."""
    lang, mine, wards = dress_of(request).lang, holdings.of(me), holdings.of_wards(me)
    held = holdings.held([*mine, *wards])
    view = certificates_view(mine, holdings.today(), lang, wards, held)
    return page(request, "certstore/certificates.html", view)


@router.get("/certificates/{ref}")
def certificate(ref: str, request: Request, me: Me, holdings: Holdings) -> Response:
    """One of my certificates, or of a child in my care: how it stands, what can be done with it."""
    found = holdings.one(me, ref)
    numbers = {holder.id_number for holder in found.holders}
    view = certificate_view(
        found,
        holdings.today(),
        dress_of(request).lang,
        holdings.held([found]).get(ref, frozenset()),
        own=me.holder.id_number.upper() in numbers,
    )
    return page(request, "certstore/certificate.html", view)


@router.get("/certificates/{ref}/photo")
def photo(ref: str, me: Me, holdings: Holdings) -> Response:
    """The photo of one of my certificates."""
    return Response(holdings.photo(me, ref), media_type="image/jpeg")


# -- who looked ----------------------------------------------------------------------------


@router.get("/usage")
def usage(
    request: Request,
    me: Me,
    holdings: Holdings,
    questions: Questions,
    consents: Consents,
    ground: Annotated[str, Query(max_length=10)] = "all",
) -> Response:
    """Who looked, when, what for."""
    found = holdings.usage(me)
    closed, wards = holdings.closed_among(found), holdings.wards_names(me)
    asked = latest_lines(questions.mine(me), questions.today())
    view = usage_view(found, ground, dress_of(request).lang, closed, wards, asked)
    view = replace(view, consents_waiting=consents.waiting(me))
    return page(request, "certstore/usage.html", view)


@router.get("/usage/{ref}")
def usage_proof(
    ref: str, request: Request, me: Me, holdings: Holdings, ledger: Ledger, questions: Questions
) -> Response:
    """One access and its place in the ledger, checked as the page is asked for."""
    entry = holdings.one_usage(me, ref)
    proof = ledger.proof(entry)
    asked = questions.about(me, ref)
    line = question_line(asked, questions.today()) if asked else None
    shown = entry_view(entry, dress_of(request).lang, holdings.closed_among([entry]), line)
    judged, signed_at = ledger.judge(proof)
    view = proof_view(shown, proof, judged, signed_at, ledger.origin)
    return page(request, "certstore/usage_proof.html", view)


@router.get("/usage/{ref}/proof.json")
def proof_file(ref: str, me: Me, holdings: Holdings, ledger: Ledger) -> JSONResponse:
    """The one-file proof, to be checked without us."""
    proof = ledger.proof(holdings.one_usage(me, ref))
    headers = {"Content-Disposition": 'attachment; filename="proof.json"'}
    return JSONResponse(proof.as_json(ledger.vkey()), headers=headers)


@router.get("/notices")
def notices(request: Request, me: Me, holdings: Holdings) -> Response:
    """The inbox."""
    view = NoticesView(notices=notice_lines(holdings.notices(me), dress_of(request).lang))
    return page(request, "certstore/notices.html", view)


def symbol_of(text: str) -> Symbol:
    """The symbol of a code's text at level M; NotFoundError if it fits none."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    code.add_data(text, optimize=0)
    try:
        code.make(fit=True)
    except ValueError as error:
        raise NotFoundError("the text fits no symbol") from error
    return Symbol.of(code.get_matrix())
