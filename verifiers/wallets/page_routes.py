"""The verifier's pages for asking a wallet: choose, wait, look once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, Response

from certstore.errors import NotFoundError
from certstore.page_routes import symbol_of
from certstore.plain_words import plain_words
from certstore.reception import cookie, desk
from certstore.web.answers import check_form, page, see_other
from certstore.web.symbol import Symbol
from verifiers.pages.views import CheckLine, ScanResult
from verifiers.pages.wallet_views import AskWalletView, WalletOutcomeView, WalletWaitView
from verifiers.wallets.desk import KEPT_FOR, LIFETIME, OwnRequest, WalletQuestionDesk
from verifiers.wallets.kept import Outcome
from verifiers.wallets.routes import wallet_verdict
from verifiers.wallets.wanted import Wanted

router = APIRouter(include_in_schema=False)
Ref = str  # any text: one that leads to nothing is not found
Wallets = Annotated[WalletQuestionDesk, desk(WalletQuestionDesk)]
Code = Annotated[str, Query(max_length=100)]
_FORM = [Depends(check_form)]
_LONGEST_NAME = 100


@router.get("/scan/wallet")
def choose(request: Request) -> Response:
    """What to ask for, and who asks."""
    return page(request, "verifiers/wallet_ask.html", AskWalletView())


@router.post("/scan/wallet", dependencies=_FORM)
def ask(
    request: Request,
    wallets: Wallets,
    wanted: Annotated[str, Form(max_length=20)] = "",
    verifier: Annotated[str, Form(max_length=500)] = "",
    device: Annotated[str, Form(max_length=10)] = "other",
) -> Response:
    """Make the request, and lead to its page; the cookie alone opens that."""
    name = verifier.strip()
    errors = _errors(wanted, name)
    if errors:
        view = AskWalletView(wanted=wanted, verifier=verifier, errors=errors)
        return page(request, "verifiers/wallet_ask.html", view, 422)
    asked = wallets.ask(Wanted(wanted), name, same_device=device == "same")
    answer = see_other(f"/scan/wallet/{asked.ref}")
    answer.set_cookie(
        cookie(request, "wallet-question"),
        asked.secret,
        max_age=int((LIFETIME + KEPT_FOR).total_seconds()),
        httponly=True,
        secure=request.app.state.secure,
        samesite="lax",
    )
    return answer


@router.get("/scan/wallet/{ref}")
def wait(ref: Ref, request: Request, wallets: Wallets, response_code: Code = "") -> Response:
    """The code for the holder's phone, or the link on this one; then the way to the outcome."""
    try:
        own = wallets.own(ref, _secret(request), response_code)
    except NotFoundError:
        return see_other("/scan/wallet")
    view = WalletWaitView(
        ref=ref,
        wanted=own.wanted.value,
        standing=own.standing,
        link=own.link,
        symbol=_symbol(own),
        response_code=response_code,
        until=own.expires_at,
    )
    return page(request, "verifiers/wallet_wait.html", view)


@router.get("/scan/wallet/{ref}/standing")
def standing(ref: Ref, request: Request, wallets: Wallets, response_code: Code = "") -> Response:
    """For the page's script: waiting, answered or over."""
    own = wallets.own(ref, _secret(request), response_code)
    return JSONResponse({"standing": own.standing})


@router.post("/scan/wallet/{ref}", dependencies=_FORM)
def look(
    ref: Ref,
    request: Request,
    wallets: Wallets,
    response_code: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """The outcome, once."""
    secret = _secret(request)
    if wallets.own(ref, secret, response_code).standing != "answered":
        return see_other(f"/scan/wallet/{ref}")
    outcome = wallets.show(ref, secret, response_code)
    view = _outcome_view(request, outcome)
    return page(request, "verifiers/wallet_outcome.html", view)


def _secret(request: Request) -> str:
    return request.cookies.get(cookie(request, "wallet-question"), "")


def _errors(wanted: str, name: str) -> dict[str, str]:
    found = {} if wanted in set(Wanted) else {"wanted": "missing"}
    if len(name) > _LONGEST_NAME:
        found["verifier"] = "too_long"
    if name:
        try:
            plain_words(name)
        except ValueError:
            found["verifier"] = "malformed"
    return found


def _symbol(own: OwnRequest) -> Symbol | None:
    return None if own.same_device or own.standing != "waiting" else symbol_of(own.link)


def _outcome_view(request: Request, outcome: Outcome) -> WalletOutcomeView:
    verdict = wallet_verdict(outcome)
    if verdict is None or outcome.result is None:
        return WalletOutcomeView(error=outcome.error)  # type: ignore[arg-type]  # a closed list
    result = ScanResult(
        verdict=outcome.result.verdict.value,
        reasons=outcome.result.reasons,
        checks=tuple(CheckLine(c.name, c.passed, c.detail) for c in outcome.result.checks),
        fields={name: str(value) for name, value in verdict.fields.items()},
        checked_at=outcome.checked_at,
        specimen=request.app.state.specimen,
    )
    return WalletOutcomeView(result=result)
