"""The question of a re-issue or a cancellation: why, and what is cancelled."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.errors import MalformedError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other
from issuance.answers import faults_of
from issuance.application import Application, Matter
from issuance.apply import ApplyDesk
from issuance.drafts import the_draft
from issuance.grounds import GROUNDS
from issuance.pages.question_pages import after_former, question
from issuance.pages.question_views import WhyView
from issuance.pages.views import Errors

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Applying = Annotated[ApplyDesk, desk(ApplyDesk)]
Word = Annotated[str, Form(max_length=40)]


@router.get("/applications/{ref}/why")
def why(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """Why it is applied for; of a matter that asks about the home, that question instead."""
    application = the_draft(applying, me, ref)
    if application.matter.asks_home:
        return see_other(f"/applications/{ref}/dwelling")
    said = application.answers
    return _ask(request, me, applying, application, (said.why, said.about))


@router.post("/applications/{ref}/why", dependencies=[Depends(check_form)])
def answer_why(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    ground: Word = "",
    about: Word = "",
    later: Word = "",
) -> Response:
    """Keep it."""
    application = the_draft(applying, me, ref)
    if application.matter.asks_home:
        return see_other(f"/applications/{ref}/dwelling")
    if later:
        return see_other("/applications")
    try:
        applying.say_why(me, ref, ground, about)
    except MalformedError as error:
        errors = faults_of(error)
        return _ask(request, me, applying, application, (ground, about), errors)
    return see_other(f"/applications/{ref}/face")


def _ask(
    request: Request,
    me: Resident,
    applying: ApplyDesk,
    application: Application,
    said: tuple[str, str],
    errors: Errors | None = None,
) -> Response:
    cancels = application.matter is Matter.CANCELLATION
    view = WhyView(
        question=after_former(question(application, "why"), applying.former(me, application.ref)),
        whys=GROUNDS.get(application.matter, ()),
        abouts=applying.cancellable(me, application.ref) if cancels else (),
        why=said[0],
        about=said[1],
        errors=errors or {},
    )
    return page(request, "issuance/why.html", view, 422 if errors else 200)
