"""The source authority's page: its batches, what was refused of them, objections to answer."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certstore.callers import Clerk
from certstore.counter.desk import CounterDesk
from certstore.disputes.answering import AnswerDesk
from certstore.organisations import OrganisationDesk
from certstore.pages.clerk_views import source_view
from certstore.reception import desk, signed_in
from certstore.source_account import SourceDesk
from certstore.web.answers import dress_of, page

router = APIRouter(include_in_schema=False)


@router.get("/source")
def source(
    request: Request,
    me: Annotated[Clerk, signed_in(Clerk)],
    sources: Annotated[SourceDesk, desk(SourceDesk)],
    organisations: Annotated[OrganisationDesk, desk(OrganisationDesk)],
    answers: Annotated[AnswerDesk, desk(AnswerDesk)],
    counter: Annotated[CounterDesk, desk(CounterDesk)],
) -> Response:
    """What this clerk's authority handed in, and what became of it; nobody else's."""
    account, lang = sources.account(me), dress_of(request).lang
    view = source_view(me, account, organisations.find(me), answers.open(me), lang)
    if counter.is_open_to(me):
        view = replace(view, rooms=("pull", *view.rooms))
    more: tuple[str, ...] = request.app.state.rooms_beside(me)
    view = replace(view, rooms=(*more, *view.rooms))
    return page(request, "certstore/source.html", view)
