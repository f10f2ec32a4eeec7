"""The home page: the next thing to do, put together from every floor."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certstore.callers import Clerk, Developer, Officer, Operator, Resident
from certstore.certificates import Certificate, Status
from certstore.counter.desk import CounterDesk
from certstore.holdings import HoldingsDesk
from certstore.organisations import OrganisationDesk
from certstore.pages.holdings_pages import presentable
from certstore.pages.views import HomeView, Matter, NextCard, Presentable
from certstore.reception import desk
from certstore.web.answers import page, see_other, session_of
from issuance.application import WITH_OFFICERS, Application, State
from issuance.apply import ApplyDesk
from issuance.beginning import renewal_is_open
from issuance.pages.application_pages import matter_word
from issuance.voucher_draft import in_force, in_force_of
from verifiers.materials.calendar_months import months_after
from verifiers.materials.rules import RuleBook, Rules

router = APIRouter(include_in_schema=False)
_START = "/apply/residence-registration"
# What a voucher may have become and still tell how long its holder was registered.
_REGISTERED = frozenset({Status.VALID, Status.EXPIRED, Status.SUPERSEDED})


@router.get("/")
def home(
    request: Request,
    holdings: Annotated[HoldingsDesk, desk(HoldingsDesk)],
    applying: Annotated[ApplyDesk, desk(ApplyDesk)],
    organisations: Annotated[OrganisationDesk, desk(OrganisationDesk)],
    rules: Annotated[RuleBook, desk(RuleBook)],
    counter: Annotated[CounterDesk, desk(CounterDesk)],
) -> Response:
    """The next thing to do; an officer's is the desk."""
    session = session_of(request)
    if session is not None and isinstance(session.caller, Officer):
        return see_other("/desk")
    if session is not None and isinstance(session.caller, Clerk):
        return see_other(_desk_of(session.caller, organisations, counter))
    if session is not None and isinstance(session.caller, Operator):
        return see_other("/console/stats")
    if session is not None and isinstance(session.caller, Developer):
        return see_other("/developers")
    if session is None or not isinstance(session.caller, Resident):
        view = HomeView(next=NextCard(kind="signed_out", href="/sign-in"))
        return page(request, "certstore/home.html", view)
    me, today = session.caller, holdings.today()
    held = holdings.of(me)
    shown = presentable(held, today)
    permit_from = _permit_from(held, today, rules.in_force(today))
    following = _next(applying.all_of(me), shown)
    view = HomeView(
        next=following,
        given_name=_given_name(me.holder.name),
        presentable=() if following.kind == "present" else shown,
        matters=_other_matters(shown, held, today),
        permit_from=permit_from,
        permit_now=permit_from is not None and permit_from <= today,
        permit_open=in_force_of("residence_permit", held, today) is None,
        looks=len(holdings.usage(me)),
        notices=len(holdings.notices(me)),
    )
    return page(request, "certstore/home.html", view)


def _other_matters(
    shown: tuple[Presentable, ...], held: list[Certificate], today: date
) -> tuple[Matter, ...]:
    voucher = in_force(held, today)
    found: list[Matter] = []
    if voucher is not None and renewal_is_open(voucher, today):
        found.append("registration_renewal")
    if shown:
        found.append("address_change")
    return tuple(found)


def _desk_of(clerk: Clerk, organisations: OrganisationDesk, counter: CounterDesk) -> str:
    if organisations.find(clerk):
        return "/dormitory"
    return "/pull" if counter.is_open_to(clerk) else "/source"


def _next(found: list[Application], shown: tuple[Presentable, ...]) -> NextCard:
    for application in found:
        at = f"/applications/{application.ref}"
        if application.state is State.DRAFT:
            matter, href = matter_word(application), f"{at}/dwelling"
            return NextCard(kind="draft", matter=matter, on=application.kept_until, href=href)
        if application.state in WITH_OFFICERS | {State.SUPPLEMENT, State.APPROVED}:
            matter, due = matter_word(application), application.due_on
            return NextCard(kind="waiting", matter=matter, on=due, href=at)
    if shown:
        voucher = shown[0]
        href = f"/certificates/{voucher.ref}/present"
        return NextCard(kind="present", type_code=voucher.type_code, href=href)
    return NextCard(kind="first_visit", href=_START)


def _permit_from(held: list[Certificate], today: date, rules: Rules) -> date | None:
    """When a voucher's holder has been registered as long as a permit asks; None without one.

    Counted from the first voucher that led without a gap to the one in force, whatever the
    address, as `judge_half_year` counts when the permit is applied for.
    """
    vouchers = [c for c in held if c.sealed and c.type_code == "residence_voucher"]
    since = max(
        (c.validity.valid_from for c in vouchers if c.status_on(today) is Status.VALID),
        default=None,
    )
    if since is None:
        return None
    for voucher in sorted(vouchers, key=lambda c: c.validity.valid_from, reverse=True):
        ended = voucher.validity.valid_to
        unbroken = ended is None or ended + timedelta(days=1) >= since
        if unbroken and voucher.status_on(today) in _REGISTERED:
            since = min(since, voucher.validity.valid_from)
    return months_after(since, rules.half_year.months)


def _given_name(name: str) -> str:
    """How somebody is greeted: 林晓禾 as 晓禾, 何清 and 阿依古丽·买买提 in full."""
    short = len(name) == 3  # noqa: PLR2004 - a surname of one character and a name of two
    return name[1:] if short else name
