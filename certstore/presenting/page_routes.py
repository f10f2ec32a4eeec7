"""The pages of presenting on line: choosing what to show, the code, what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, Response

from certstore.callers import Resident
from certstore.clock import CHINA
from certstore.codes.claims import Disclosure
from certstore.errors import ConflictError
from certstore.holdings import HoldingsDesk
from certstore.page_routes import symbol_of
from certstore.pages.presenting_views import Showing, present_view, shown_of
from certstore.presentation import LIFETIME_S, PresentationDesk, refuse_ended
from certstore.presenting.choices import AGES, LEVELS, Choice
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, check_token, dress_of, page

router = APIRouter(include_in_schema=False)
Ref = str  # any text: one that leads to nothing is not found
Cti = Annotated[str, Query(pattern="^[0-9a-f]{16}$")]
Word = Annotated[str, Form(max_length=20)]
Names = Annotated[list[str], Form(max_length=60)]
Me = Annotated[Resident, signed_in(Resident)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
Presenting = Annotated[PresentationDesk, desk(PresentationDesk)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which certificate is to be shown, by whom, and how much of it."""

    me: Resident
    ref: str
    choice: Choice


@router.get("/certificates/{ref}/present")
def present(
    ref: Ref,
    request: Request,
    me: Me,
    holdings: Holdings,
    presenting: Presenting,
    level: Annotated[str, Query(max_length=20)] = "photo",
    age: Annotated[str, Query(max_length=3)] = "",
) -> Response:
    """Show one certificate: a code for one presentation. Everything is asked about first."""
    years = age or str(min(AGES)) if level == "age" else None
    known = level in LEVELS and (years is None or years in {str(a) for a in AGES})
    choice = Choice.parse(level, years) if known else Choice()
    confirming = choice.disclosure is Disclosure.FULL
    return _shown(request, holdings, presenting, Asked(me, ref, choice), confirming=confirming)


@router.post("/certificates/{ref}/present", dependencies=[Depends(check_form)])
def present_everything(
    ref: Ref,
    request: Request,
    me: Me,
    holdings: Holdings,
    presenting: Presenting,
    show: Names = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Show everything, once the holder has confirmed each field by its name.

    Where the fields are others by now, they are asked about anew.
    """
    choice = Choice(Disclosure.FULL)
    certificate = holdings.one(me, ref)
    named = shown_of(certificate, choice, holdings.today(), dress_of(request).lang).names
    agreed = sorted(show) == sorted(named)
    asked = Asked(me, ref, choice)
    return _shown(request, holdings, presenting, asked, confirming=not agreed)


@router.post("/certificates/{ref}/present/code", dependencies=[Depends(check_token)])
def renew(
    ref: Ref,
    me: Me,
    presenting: Presenting,
    level: Word = "photo",
    age: Word = "",
    former: Annotated[str, Form(pattern="^([0-9a-f]{16})?$")] = "",
) -> JSONResponse:
    """A new code for the page that shows one, and when the former was scanned, if it was."""
    made = presenting.present(me, ref, Choice.parse(level, age))
    symbol = symbol_of(made.code_text)
    expires = datetime.fromtimestamp(made.expires_at, CHINA)
    used = presenting.scanned_at(me, ref, former) if former else None
    body: dict[str, Any] = {
        "modules": symbol.packed(),
        "size": symbol.size,
        "code_text": made.code_text,
        "cti": made.cti,
        "created_at": made.created_at,
        "expires_at": expires.isoformat(),
        "seconds": LIFETIME_S,
    }
    return JSONResponse(body | _used(used))


@router.get("/certificates/{ref}/present/scanned")
def scanned(ref: Ref, me: Me, presenting: Presenting, cti: Cti) -> JSONResponse:
    """Whether the code on the page was scanned: asked every two seconds."""
    return JSONResponse(_used(presenting.scanned_at(me, ref, cti)))


@router.post("/certificates/{ref}/present/number", dependencies=[Depends(check_token)])
def number(
    ref: Ref, me: Me, presenting: Presenting, cti: Annotated[str, Form(pattern="^[0-9a-f]{16}$")]
) -> JSONResponse:
    """Nine digits in place of the code on the page; they die with it."""
    return JSONResponse({"number": presenting.number(me, ref, cti)})


@router.post("/certificates/{ref}/reveal", dependencies=[Depends(check_token)])
def reveal(ref: Ref, me: Me, holdings: Holdings) -> JSONResponse:
    """The holder's full name, for five seconds on their own screen."""
    return JSONResponse({"name": holdings.one(me, ref).holders[0].name})


def _shown(
    request: Request,
    holdings: HoldingsDesk,
    presenting: PresentationDesk,
    asked: Asked,
    *,
    confirming: bool,
) -> Response:
    certificate = holdings.one(asked.me, asked.ref)
    made, why_not = None, None
    try:
        if confirming:
            refuse_ended(certificate)
        else:
            made = presenting.present(asked.me, asked.ref, asked.choice)
    except ConflictError as refused:
        why_not = refused
    url = f"{_public_url(request)}/s/{asked.ref}"
    showing = Showing(
        certificate=certificate,
        choice=asked.choice,
        now=presenting.clock.now(),
        today=holdings.today(),
        made=made,
        symbol=symbol_of(made.code_text) if made else None,
        why_not=why_not,
        confirming=confirming,
        url=url,
        url_code=symbol_of(url),
    )
    view = present_view(showing, dress_of(request).lang, specimen=request.app.state.specimen)
    return page(request, "certstore/present.html", view)


def _public_url(request: Request) -> str:
    url: str = request.app.state.house.settings.public_url
    return url


def _used(at: datetime | None) -> dict[str, str]:
    return {} if at is None else {"used_at": f"{at.astimezone(CHINA):%H:%M}"}
