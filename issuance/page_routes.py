"""The applicant's pages around the questions: beginning, checking, submitting, the result."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.chance import reference
from certstore.clock import local_date
from certstore.errors import ConflictError, NotFoundError
from certstore.holdings import HoldingsDesk
from certstore.pages.views import ProblemView, Reason
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.application import DRAFT_LIFE, Application, Matter, State
from issuance.apply import ApplyDesk, is_answered
from issuance.checklist import ChecklistDesk
from issuance.pages.application_pages import (
    applications_view,
    check_view,
    progress_view,
    submitted_view,
)
from issuance.pages.views import (
    StartView,
)

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Applying = Annotated[ApplyDesk, desk(ApplyDesk)]
Checking = Annotated[ChecklistDesk, desk(ChecklistDesk)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
_FORM = [Depends(check_form)]
_INSTEAD = {
    "NOT_REGISTERED": Matter.RESIDENCE_REGISTRATION,
    "REGISTERED_ALREADY": Matter.ADDRESS_CHANGE,
}


@router.get("/apply/{matter}")
def start(matter: str, request: Request, me: Me, applying: Applying) -> Response:
    """What this matter is; a draft already begun is offered first."""
    wanted = _matter(matter)
    drafts = [a for a in applying.all_of(me) if a.matter is wanted and a.state is State.DRAFT]
    view = StartView(
        matter=wanted.value,
        path=f"/apply/{wanted.path}",
        draft_href=f"/applications/{drafts[0].ref}/dwelling" if drafts else None,
        draft_until=local_date(drafts[0].begun_at + DRAFT_LIFE) if drafts else None,
    )
    return page(request, "issuance/start.html", view)


@router.post("/apply/{matter}", dependencies=_FORM)
def begin(matter: str, request: Request, me: Me, applying: Applying) -> Response:
    """Begin, or go on with the application that is open."""
    try:
        application = applying.begin(me, _matter(matter))
    except ConflictError as error:
        return _other_matter(request, error)
    if application.state is not State.DRAFT:
        return see_other(f"/applications/{application.ref}")
    return see_other(f"/applications/{application.ref}/dwelling")


@router.get("/applications")
def applications(request: Request, me: Me, applying: Applying) -> Response:
    """My applications."""
    today = local_date(applying.clock.now())
    view = applications_view(applying.all_of(me), today)
    return page(request, "issuance/applications.html", view)


@router.get("/applications/{ref}")
def progress(
    ref: str, request: Request, me: Me, applying: Applying, holdings: Holdings
) -> Response:
    """Where an application stands; a draft goes on with its questions."""
    application = applying.get(me, ref)
    if application.state is State.DRAFT:
        return see_other(f"/applications/{ref}/dwelling")
    found = _certificate(me, application, holdings)
    view = progress_view(application, found, local_date(applying.clock.now()))
    return page(request, "issuance/progress.html", view)


# -- check and submit ----------------------------------------------------------------------


@router.get("/applications/{ref}/check")
def check(ref: str, request: Request, me: Me, applying: Applying, checking: Checking) -> Response:
    """What is missing, what needs nothing, what was said."""
    application = applying.get(me, ref)
    if application.state is not State.DRAFT:
        return see_other(f"/applications/{ref}/submitted")
    if not is_answered(application.answers):
        return see_other(f"/applications/{ref}/dwelling")
    checked = checking.check(application)
    lang = dress_of(request).lang
    view = check_view(application, checked, applying.due(application.matter), applying.city, lang)
    return page(request, "issuance/check.html", view)


@router.post("/applications/{ref}/check", dependencies=_FORM)
def submit(ref: str, me: Me, applying: Applying) -> Response:
    """Submit; what is still to be done leads back to where it is done."""
    again = applying.get(me, ref).state is not State.DRAFT
    try:
        applying.submit(me, ref)
    except ConflictError as error:
        missing = error.facts.get("missing")
        if not isinstance(missing, list):
            raise
        letter = missing == ["commitment_letter"]
        return see_other(f"/applications/{ref}/{'commitment' if letter else 'check'}")
    return see_other(f"/applications/{ref}/submitted{'?again=1' if again else ''}")


@router.get("/applications/{ref}/submitted")
def submitted(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    holdings: Holdings,
    again: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """The result, or when it comes."""
    application = applying.get(me, ref)
    if application.state is State.DRAFT:
        return see_other(f"/applications/{ref}/check")
    if application.state in {State.REFUSED, State.WITHDRAWN}:
        return see_other(f"/applications/{ref}")
    found, today = _certificate(me, application, holdings), local_date(applying.clock.now())
    view = submitted_view(application, found, today, again=again == "1")
    return page(request, "issuance/submitted.html", view)


def _certificate(
    me: Resident, application: Application, holdings: HoldingsDesk
) -> Certificate | None:
    if application.state is not State.ISSUED or application.certificate_ref is None:
        return None
    return holdings.one(me, application.certificate_ref)


def _other_matter(request: Request, error: ConflictError) -> Response:
    """Say why this matter cannot be begun, and lead to the one that can."""
    cause = str(error.facts.get("cause", ""))
    if cause not in _INSTEAD:
        raise error
    view = ProblemView(
        kind="refused",
        code=error.code,
        reference=reference(8),
        reason=Reason(cause),
        href=f"/apply/{_INSTEAD[cause].path}",
    )
    return page(request, "certstore/problem.html", view, 409)


def _matter(path: str) -> Matter:
    for matter in Matter:
        if matter.path == path:
            return matter
    raise NotFoundError("there is no such matter here", where=path)
