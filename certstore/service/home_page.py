"""The home page: the next thing to do, put together from every floor."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certstore.callers import Officer, Resident
from certstore.clock import local_date
from certstore.holdings import HoldingsDesk
from certstore.pages.holdings_pages import presentable
from certstore.pages.views import HomeView, NextCard, Presentable
from certstore.reception import desk
from certstore.web.answers import page, see_other, session_of
from issuance.application import DRAFT_LIFE, Application, State
from issuance.apply import ApplyDesk
from issuance.pages.application_pages import matter_word

router = APIRouter(include_in_schema=False)
_START = "/apply/residence-registration"


@router.get("/")
def home(
    request: Request,
    holdings: Annotated[HoldingsDesk, desk(HoldingsDesk)],
    applying: Annotated[ApplyDesk, desk(ApplyDesk)],
) -> Response:
    """The next thing to do; an officer's is the desk."""
    session = session_of(request)
    if session is not None and isinstance(session.caller, Officer):
        return see_other("/desk")
    if session is None or not isinstance(session.caller, Resident):
        view = HomeView(next=NextCard(kind="signed_out", href="/sign-in"))
        return page(request, "certstore/home.html", view)
    me = session.caller
    shown = presentable(holdings.of(me), holdings.today())
    following = _next(applying.all_of(me), shown)
    view = HomeView(
        next=following,
        given_name=_given_name(me.holder.name),
        presentable=() if following.kind == "present" else shown,
        matters=("address_change",) if shown else (),
        looks=len(holdings.usage(me)),
        notices=len(holdings.notices(me)),
    )
    return page(request, "certstore/home.html", view)


def _next(found: list[Application], shown: tuple[Presentable, ...]) -> NextCard:
    for application in found:
        at = f"/applications/{application.ref}"
        if application.state is State.DRAFT:
            kept_until = local_date(application.begun_at + DRAFT_LIFE)
            matter, href = matter_word(application), f"{at}/dwelling"
            return NextCard(kind="draft", matter=matter, on=kept_until, href=href)
        if application.state in {State.IN_REVIEW, State.APPROVED}:
            matter, due = matter_word(application), application.due_on
            return NextCard(kind="waiting", matter=matter, on=due, href=at)
    if shown:
        voucher = shown[0]
        href = f"/certificates/{voucher.ref}/present"
        return NextCard(kind="present", type_code=voucher.type_code, href=href)
    return NextCard(kind="first_visit", href=_START)


def _given_name(name: str) -> str:
    """How somebody is greeted: 林晓禾 as 晓禾, 何清 and 阿依古丽·买买提 in full."""
    short = len(name) == 3  # noqa: PLR2004 - a surname of one character and a name of two
    return name[1:] if short else name
