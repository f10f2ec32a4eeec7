"""The pages of housing officers: what the rules leave open, one lease, the decision."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response

from certstore.callers import Clerk
from certstore.errors import ConflictError, MalformedError
from certstore.offices import office_name
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.matters.lease.filings.desk import LeaseReviewDesk
from issuance.matters.lease.filings.views import filing_view, filings_view

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Officer = Annotated[Clerk, signed_in(Clerk)]
Reviewing = Annotated[LeaseReviewDesk, desk(LeaseReviewDesk)]
Word = Annotated[str, Form(max_length=400)]
_FORM = [Depends(check_form)]


@router.get("/filings")
def queue(request: Request, me: Officer, reviewing: Reviewing) -> Response:
    """What the rules leave open, by due date."""
    office = office_name(me.organisation_uscc, dress_of(request).lang)
    view = filings_view(me, office, reviewing.queue(me), reviewing.deciding.today())
    return page(request, "issuance/filings.html", view)


@router.get("/filings/{ref}")
def case(ref: Ref, request: Request, me: Officer, reviewing: Reviewing) -> Response:
    """One case; opening it is recorded for the parties to see."""
    return _case(request, me, reviewing, ref)


@router.post("/filings/{ref}", dependencies=_FORM)
def decide(
    ref: Ref,
    request: Request,
    me: Officer,
    reviewing: Reviewing,
    decision: Word = "",
    reason: Word = "",
    lease_words: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Approve or refuse; of two who decide at once, the second reads who decided and what."""
    typed = {"reason": reason, "lease_words": lease_words}
    try:
        if decision == "approve":
            reviewing.approve(me, ref)
        else:
            reviewing.refuse(me, ref, reason, lease_words)
    except MalformedError as error:
        errors = {str(error.where): str(error.facts.get("cause", "missing"))}
        return _case(request, me, reviewing, ref, typed=typed, errors=errors)
    except ConflictError as error:
        word = "unfit" if error.facts.get("cause") == "unfit" else "came_late"
        return _case(request, me, reviewing, ref, **{word: True})
    return see_other("/filings")


def _case(
    request: Request,
    me: Clerk,
    reviewing: LeaseReviewDesk,
    ref: str,
    **more: Any,  # noqa: ANN401 - fields of the view
) -> Response:
    office = office_name(me.organisation_uscc, dress_of(request).lang)
    opened = reviewing.open(me, ref)
    view = replace(filing_view(me, office, opened, reviewing.deciding.city), **more)
    status = 422 if more.get("errors") else 409 if more else 200
    return page(request, "issuance/filing.html", view, status)
