"""The home page: the next thing to do, put together from every floor."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certstore.callers import Clerk, Developer, Officer, Operator, Resident
from certstore.certificates import Certificate, Status
from certstore.counter.desk import CounterDesk
from certstore.holdings import HoldingsDesk
from certstore.holds.kinds import ENDED
from certstore.organisations import OrganisationDesk
from certstore.pages.holdings_pages import presentable
from certstore.pages.views import HomeView, Matter, NextCard, Presentable
from certstore.reception import desk
from certstore.service.deadlines import Deadline
from certstore.service.matters import PLACES, deadline_of
from certstore.web.answers import page, see_other, session_of
from issuance.application import WITH_OFFICERS, Application, State
from issuance.application import Matter as ApplicationMatter
from issuance.apply import ApplyDesk
from issuance.beginning import renewal_is_open
from issuance.pages.application_pages import matter_word
from issuance.pages.question_pages import first_open
from issuance.voucher_draft import VOUCHER, in_force
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
    has_permit = any(c.type_code == "residence_permit" for c in _standing(held))
    permit_from = None if has_permit else _permit_from(held, today, rules.in_force(today))
    due = deadline_of(request.app.state.house, me)
    pressing, stopped = [*_deadlines(due, held, today)], _stopped(held, today)
    following = _next(applying.all_of(me), pressing, shown, stopped)
    view = HomeView(
        next=following,
        given_name=_given_name(me.holder.name),
        presentable=() if following.kind == "present" else shown,
        matters=_other_matters(shown, held, today, due),
        permit_from=permit_from,
        permit_now=permit_from is not None and permit_from <= today,
        permit_open=applying.offers(ApplicationMatter.RESIDENCE_PERMIT),
        holds=bool(_standing(held)),
        has_permit=has_permit,
        looks=len(holdings.usage(me)),
        notices=len(holdings.notices(me)),
    )
    return page(request, "certstore/home.html", view)


def _standing(held: list[Certificate]) -> list[Certificate]:
    """What was issued here and is not over, suspended or past its day as it may be."""
    return [c for c in held if c.sealed and c.status not in ENDED]


def _other_matters(
    shown: tuple[Presentable, ...],
    held: list[Certificate],
    today: date,
    due: Deadline | None,
) -> tuple[Matter, ...]:
    voucher = in_force(held, today)
    found: list[Matter] = ["endorsement"] if due is not None else []
    if voucher is not None and renewal_is_open(voucher, today):
        found.append("registration_renewal")
    if shown:
        found.append("address_change")
    return tuple(found)


def _desk_of(clerk: Clerk, organisations: OrganisationDesk, counter: CounterDesk) -> str:
    if organisations.find(clerk):
        return "/dormitory"
    return "/pull" if counter.is_open_to(clerk) else "/source"


def _next(
    found: list[Application],
    deadlines: list[NextCard],
    shown: tuple[Presentable, ...],
    stopped: NextCard | None,
) -> NextCard:
    """What needs its applicant first, then what is due, then what is waited for."""
    for application in found:
        matter, at = matter_word(application), f"/applications/{application.ref}"
        if application.state is State.SUPPLEMENT:
            return NextCard(kind="needs_you", matter=matter, href=at)
        if application.state is State.DRAFT:
            if not _is_begun(application):
                continue
            on, href = application.kept_until, first_open(application)
            return NextCard(kind="draft", matter=matter, on=on, href=href)
    under_way_in = WITH_OFFICERS | {State.WAITING, State.APPROVED}
    waiting = [a for a in found if a.state in under_way_in]
    under_way = {matter_word(application) for application in waiting}
    for deadline in deadlines:
        if deadline.matter not in under_way:
            return deadline
    for application in waiting:
        matter, at = matter_word(application), f"/applications/{application.ref}"
        return NextCard(kind="waiting", matter=matter, on=application.due_on, href=at)
    if shown:
        voucher = shown[0]
        href = f"/certificates/{voucher.ref}/present"
        return NextCard(kind="present", type_code=voucher.type_code, href=href)
    return stopped or NextCard(kind="first_visit", href=_START)


def _is_begun(application: Application) -> bool:
    """Whether anything was answered: a draft that was only looked into is not what comes next."""
    said = application.answers
    return bool(said.dwelling or said.why)


def _stopped(held: list[Certificate], today: date) -> NextCard | None:
    """What stands, and cannot be shown: reported lost, or suspended by its authority."""
    own = [c for c in held if c.sealed and not (c.type_code == VOUCHER and c.is_past(today))]
    for certificate in (c for c in own if c.status_on(today) is Status.LOST):
        at = f"/certificates/{certificate.ref}/loss" if "loss" in PLACES else "/certificates"
        return NextCard(kind="lost", type_code=certificate.type_code, href=at)
    for certificate in (c for c in own if c.status_on(today) is Status.SUSPENDED):
        return NextCard(kind="held", type_code=certificate.type_code, href="/certificates")
    return None


def _deadlines(due: Deadline | None, held: list[Certificate], today: date) -> Iterable[NextCard]:
    """What is due within days, the most pressing first."""
    if due is not None:
        yield NextCard(kind=due.kind, matter="endorsement", on=due.on, href=due.href)
    voucher = in_force(held, today)
    if voucher is not None and renewal_is_open(voucher, today):
        yield NextCard(
            kind="renewal_due",
            matter="registration_renewal",
            on=voucher.validity.valid_to,
            href="/apply/registration-renewal",
        )


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
