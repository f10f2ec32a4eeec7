"""The operators' pages about agencies: what waits for two of them, and what they may ask for."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response

from certstore.callers import Operator
from certstore.errors import MalformedError
from certstore.onboarding.approval import ApprovalDesk
from certstore.onboarding.terms import MOST_PATHS
from certstore.pages.console_views import agencies_view, client_page, purpose_page
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other

router = APIRouter(prefix="/console/agencies", include_in_schema=False)
Me = Annotated[Operator, signed_in(Operator)]
Approvals = Annotated[ApprovalDesk, desk(ApprovalDesk)]
Kind = Literal["client", "purpose"]
Name = Annotated[str, Path(pattern="^[!-~]{1,60}$")]
Ref = Annotated[str, Form(pattern="^[0-9a-z]{20}$")]
Reason = Annotated[str, Form(max_length=1000)]


@router.get("")
def agencies(request: Request, me: Me, approvals: Approvals) -> Response:
    """What waits, and every client."""
    lang = dress_of(request).lang
    view = agencies_view(me, approvals.waiting(), approvals.clients(), lang)
    return page(request, "certstore/console_agencies.html", view)


@router.get("/{kind}/{name}")
def agency(request: Request, kind: Kind, name: Name, me: Me, approvals: Approvals) -> Response:
    """One client or purpose: how it stands, what waits, what became of it."""
    lang = dress_of(request).lang
    if kind == "client":
        view = client_page(me, approvals.client(name), lang)
    else:
        view = purpose_page(me, approvals.purpose(name), lang, sandbox=approvals.sandbox)
    return page(request, "certstore/console_agency.html", view)


@router.post("/{kind}/{name}/approve", dependencies=[Depends(check_form)])
def approve(
    kind: Kind,
    name: Name,
    me: Me,
    approvals: Approvals,
    ref: Ref,
    step: Annotated[int, Form(ge=1, le=2)],
    field: Annotated[tuple[str, ...], Form(max_length=MOST_PATHS)] = (),
    why_not: Annotated[tuple[str, ...], Form(max_length=MOST_PATHS)] = (),
) -> Response:
    """Give the first or the second approval."""
    if len(field) != len(why_not):
        raise MalformedError("each field has its own reason", where="why_not")
    approvals.approve(me, ref, step, dict(zip(field, why_not, strict=True)))
    return see_other(f"/console/agencies/{kind}/{name}")


@router.post("/{kind}/{name}/refuse", dependencies=[Depends(check_form)])
def refuse(
    kind: Kind, name: Name, me: Me, approvals: Approvals, ref: Ref, reason: Reason = ""
) -> Response:
    """Turn down what waits."""
    approvals.refuse(me, ref, reason)
    return see_other(f"/console/agencies/{kind}/{name}")


@router.post("/{kind}/{name}/{act}", dependencies=[Depends(check_form)])
def ask(
    kind: Kind,
    name: Name,
    act: Literal["suspend", "reinstate", "retire", "activate"],
    me: Me,
    approvals: Approvals,
    reason: Reason = "",
) -> Response:
    """Ask for what takes a second person; or open an approved purpose."""
    if act == "activate":
        approvals.activate(me, name, reason)
    else:
        approvals.ask(me, kind, name, act, reason)
    return see_other(f"/console/agencies/{kind}/{name}")
