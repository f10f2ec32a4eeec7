"""The pages of ratings: one's own, and the supervisor's list."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Officer, Resident
from certstore.errors import ConflictError, MalformedError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other
from issuance.pages.desk_queue_pages import officer_name
from issuance.pages.rating_views import DeskRatingsView, rating_line, rating_view
from issuance.ratings.desk import RatingDesk
from issuance.ratings.rating import Opinion
from issuance.review import ReviewDesk
from issuance.waiting.queue import Asked

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Supervisor = Annotated[Officer, signed_in(Officer)]
Ratings = Annotated[RatingDesk, desk(RatingDesk)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
Word = Annotated[str, Form(max_length=20)]
Words = Annotated[str, Form(max_length=1000)]
Tags = Annotated[list[Word] | None, Form(max_length=20)]
_FORM = [Depends(check_form)]
_SENT, _FREED = "1", "freed"  # kept as it was typed; kept without what said who wrote it


@router.get("/applications/{ref}/rating")
def ask(
    ref: str,
    request: Request,
    me: Me,
    ratings: Ratings,
    sent: Annotated[str, Query(max_length=5)] = "",
) -> Response:
    """How content was I? What was said already stands there."""
    application, known = ratings.of(me, ref)
    thanks = sent in {_SENT, _FREED}
    view = rating_view(application, known, ratings.clock.now(), thanks=thanks)
    return page(request, "issuance/rating.html", replace(view, freed=sent == _FREED))


@router.post("/applications/{ref}/rating", dependencies=_FORM)
def rate(
    ref: str,
    request: Request,
    me: Me,
    ratings: Ratings,
    grade: Word = "",
    tags: Tags = None,
    words: Words = "",
) -> Response:
    """Say it; sent twice, it is said once."""
    try:
        opinion = Opinion.typed(grade, tags or [], words, me.holder.name)
        ratings.rate(me, ref, opinion)
    except MalformedError as error:
        application, known = ratings.of(me, ref)
        shown = rating_view(application, known, ratings.clock.now())
        again = replace(
            shown,
            grade=int(grade) if grade.isascii() and grade.isdigit() else 0,
            tags=tuple(tags or ()),
            words=words,
            errors={str(error.where): "wrong"},
        )
        return page(request, "issuance/rating.html", again, 422)
    return see_other(f"/applications/{ref}/rating?sent={_FREED if opinion.freed else _SENT}")


@router.get("/desk/ratings")
def waiting(
    request: Request,
    me: Supervisor,
    ratings: Ratings,
    reviewing: Reviewing,
    done: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """What waits for an answer: bad ones first."""
    view = _list(me, ratings, reviewing)
    view = replace(view, moved=done == "moved", answered=done == "answered")
    return page(request, "issuance/desk_ratings.html", view)


@router.post("/desk/ratings/{ref}", dependencies=_FORM)
def reply(
    ref: str,
    request: Request,
    me: Supervisor,
    ratings: Ratings,
    reviewing: Reviewing,
    read: Word = "",
    words: Words = "",
) -> Response:
    """Answer one, once."""
    try:
        ratings.reply(me, ref, read, words)
    except ConflictError:
        return see_other("/desk/ratings?done=moved")
    except MalformedError:
        view = replace(_list(me, ratings, reviewing), wrong=ref, typed=words)
        return page(request, "issuance/desk_ratings.html", view, 422)
    return see_other("/desk/ratings?done=answered")


def _list(me: Officer, ratings: RatingDesk, reviewing: ReviewDesk) -> DeskRatingsView:
    return DeskRatingsView(
        officer=officer_name(me),
        office=me.station,
        waiting=reviewing.waiting(Asked(), me).counts["all"],
        ratings=tuple(map(rating_line, ratings.waiting(me))),
        lately=tuple(map(rating_line, ratings.answered(me))),
    )
