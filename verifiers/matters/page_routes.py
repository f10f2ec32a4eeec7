"""The operators' pages about matters: which versions wait for two of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response

from certstore.callers import Operator
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from verifiers.matters.approving import MatterApprovalDesk
from verifiers.pages.matter_views import version_view, versions_view

router = APIRouter(prefix="/console/matters", include_in_schema=False)
Me = Annotated[Operator, signed_in(Operator)]
Approvals = Annotated[MatterApprovalDesk, desk(MatterApprovalDesk)]
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]


@router.get("")
def versions(request: Request, me: Me, approvals: Approvals) -> Response:
    """What waits, and what was decided."""
    view = versions_view(me, *approvals.lists(), dress_of(request).lang)
    return page(request, "verifiers/console_matters.html", view)


@router.get("/{ref}")
def version(request: Request, ref: Ref, me: Me, approvals: Approvals) -> Response:
    """One version: its conditions in words, what they read, what has changed."""
    view = version_view(me, approvals.file(ref), dress_of(request).lang)
    return page(request, "verifiers/console_matter.html", view)


@router.post("/{ref}/approve", dependencies=[Depends(check_form)])
def approve(
    ref: Ref, me: Me, approvals: Approvals, step: Annotated[int, Form(ge=1, le=2)]
) -> Response:
    """Give the first or the second approval."""
    approvals.approve(me, ref, step)
    return see_other(f"/console/matters/{ref}")


@router.post("/{ref}/refuse", dependencies=[Depends(check_form)])
def refuse(
    ref: Ref, me: Me, approvals: Approvals, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Turn a version down."""
    approvals.refuse(me, ref, reason)
    return see_other(f"/console/matters/{ref}")
