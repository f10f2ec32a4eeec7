"""The help pages: the search box, what is asked most, and the guide to each matter."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from certstore.errors import MalformedError
from certstore.reception import desk
from certstore.web.answers import page
from issuance.guides.desk import GuideDesk
from issuance.guides.question import Question
from issuance.pages.guide_views import AskedView, GuideView, HelpView

router = APIRouter(include_in_schema=False)
Help = Annotated[GuideDesk, desk(GuideDesk)]


@router.get("/help")
def ask(request: Request, help_desk: Help, q: Annotated[str, Query()] = "") -> Response:
    """The search box, and what it found; the question is neither kept nor logged."""
    view = HelpView(often=help_desk.often(), guides=help_desk.guides())
    try:
        question = Question.read(q)
    except MalformedError as error:
        cause = str(error.facts["cause"])
        return page(request, "issuance/help.html", replace(view, errors={"q": cause}), 422)
    if not question.text and not question.freed:
        return page(request, "issuance/help.html", view)
    answered = help_desk.answer(question)
    asked = AskedView(
        text=question.text,
        freed=question.freed,
        lang=help_desk.language_of(question),
        outcome=answered.outcome,
        passages=answered.passages,
    )
    return page(request, "issuance/help.html", replace(view, asked=asked))


@router.get("/guides/{matter}")
def guide(matter: str, request: Request, help_desk: Help) -> Response:
    """Who, what, how long, what it costs and what it rests on, by the rules of today."""
    found = help_desk.guide(matter.replace("-", "_"))
    view = GuideView(guide=found, passages=help_desk.belonging_to(found))
    return page(request, "issuance/guide.html", view)
