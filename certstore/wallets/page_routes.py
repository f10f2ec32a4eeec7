"""The holder's pages: put a certificate into a wallet, answer a wallet, see what wallets have."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from certstore.callers import Resident
from certstore.page_routes import symbol_of
from certstore.pages.wallet_views import consent_view, copies_view, offer_view, start_view
from certstore.reception import desk, signed_in
from certstore.wallets.desk import WalletDesk
from certstore.wallets.offers import WalletOfferDesk
from certstore.wallets.requests import WalletRequestDesk
from certstore.web.answers import check_form, dress_of, page

router = APIRouter(include_in_schema=False)
Ref = str  # any text: one that leads to nothing is not found
Me = Annotated[Resident, signed_in(Resident)]
Offers = Annotated[WalletOfferDesk, desk(WalletOfferDesk)]
Requests = Annotated[WalletRequestDesk, desk(WalletRequestDesk)]
FORM = [Depends(check_form)]
_SEE_OTHER, _CONFLICT, _UNPROCESSABLE = 303, 409, 422


@router.get("/certificates/{ref}/wallet")
def start(ref: Ref, request: Request, me: Me, offers: Offers) -> Response:
    """Say what will be in the wallet, and offer to show the code; or why it may not go there."""
    certificate, why = offers.asked_for(me, ref)
    view = start_view(certificate, dress_of(request).lang, why)
    return page(request, "certstore/wallet_start.html", view, 200 if why is None else _CONFLICT)


@router.post("/certificates/{ref}/wallet", dependencies=FORM)
def offer(ref: Ref, request: Request, me: Me, offers: Offers) -> Response:
    """Show the code to scan, the link for this phone, and the digits; this once."""
    made = offers.make(me, ref)
    answer = page(request, "certstore/wallet_offer.html", offer_view(made, symbol_of(made.link)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/certificates/{ref}/wallet/{offer_ref}")
def standing(ref: Ref, offer_ref: Ref, me: Me, offers: Offers) -> JSONResponse:
    """What became of the offer on the page: asked every two seconds while it is shown."""
    del ref  # an offer is found by its own reference, and is its maker's alone
    return JSONResponse({"standing": offers.standing(me, offer_ref)})


@router.get("/wallets/authorize")
def authorize(
    requests: Requests,
    client_id: Annotated[str, Query(max_length=255)],
    request_uri: Annotated[str, Query(max_length=200)],
) -> Response:
    """Take a pushed request to its page, where its holder signs in (RFC 9126 §4)."""
    return RedirectResponse(
        f"/wallets/consent/{requests.begin(client_id, request_uri)}", _SEE_OTHER
    )


@router.get("/wallets/consent/{ref}")
def ask(ref: Ref, request: Request, me: Me, requests: Requests) -> Response:
    """Who asks for what, and where the answer goes."""
    view = consent_view(requests.asked(me, ref), dress_of(request).lang)
    return page(request, "certstore/wallet_consent.html", view)


@router.post("/wallets/consent/{ref}", dependencies=FORM)
def answer(
    ref: Ref,
    request: Request,
    me: Me,
    requests: Requests,
    give: Annotated[str, Form(max_length=3)] = "",
    certificate: Annotated[str, Form(max_length=24)] = "",
) -> Response:
    """Send the browser back to the wallet with a code, or with a no."""
    asked = requests.asked(me, ref)
    if give == "yes" and not certificate and len(asked.choices) > 1:
        view = consent_view(asked, dress_of(request).lang)
        again = replace(view, errors={"certificate": "empty"})
        return page(request, "certstore/wallet_consent.html", again, _UNPROCESSABLE)
    place = requests.agree(me, ref, certificate) if give == "yes" else requests.refuse(ref)
    return Response(status_code=_SEE_OTHER, headers={"Location": place})


@router.get("/wallet-copies")
def copies(request: Request, me: Me, wallets: Annotated[WalletDesk, desk(WalletDesk)]) -> Response:
    """What I put into wallets, and what became of it."""
    view = copies_view(wallets.copies(me), wallets.clock.now())
    return page(request, "certstore/wallet_copies.html", view)
