"""The officers' pages of cards: what arrived, one card, handing it over."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from certstore.callers import Officer
from certstore.errors import ConflictError, MalformedError
from certstore.objects import ObjectStore
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.answers import faults_of
from issuance.matters.cards.centre.arriving import ArrivingDesk
from issuance.matters.cards.centre.desk import CentreDesk
from issuance.matters.cards.centre.handover import HandOver
from issuance.matters.cards.overdue.desk import LateCardDesk
from issuance.matters.cards.pages.desk_card_pages import (
    arrival_lines,
    desk_card_view,
    desk_cards_view,
    late_cards_view,
)
from issuance.matters.cards.pages.views import DeskCardsView, DeskCardView
from issuance.review import ReviewDesk
from issuance.waiting.queue import Asked

router = APIRouter(prefix="/desk/cards", include_in_schema=False)
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Me = Annotated[Officer, signed_in(Officer)]
Arriving = Annotated[ArrivingDesk, desk(ArrivingDesk)]
Lateness = Annotated[LateCardDesk, desk(LateCardDesk)]
Centre = Annotated[CentreDesk, desk(CentreDesk)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
Objects = Annotated[ObjectStore, desk(ObjectStore)]
Word = Annotated[str, Form(max_length=4000)]
_FORM = [Depends(check_form)]
_DONE = {"collected", "handed_to_courier", "spoiled", "ordered"}


@router.get("")
def room(
    request: Request,
    me: Me,
    arriving: Arriving,
    reviewing: Reviewing,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """What is coming, what is here, what is late."""
    view = _room(request, me, arriving, reviewing)
    return page(
        request, "issuance/desk_cards.html", replace(view, done=done if done in _DONE else "")
    )


@router.post("/arrive", dependencies=_FORM)
def arrive(
    request: Request, me: Me, arriving: Arriving, reviewing: Reviewing, numbers: Word = ""
) -> Response:
    """Take in the cards of these numbers, each by itself."""
    try:
        found = arriving.arrive(me, numbers)
    except MalformedError as error:
        view = _room(request, me, arriving, reviewing)
        wrong = replace(view, numbers=numbers, errors=faults_of(error))
        return page(request, "issuance/desk_cards.html", wrong, 422)
    lines = arrival_lines(found, arriving.points, dress_of(request).lang)
    view = _room(request, me, arriving, reviewing)
    return page(request, "issuance/desk_cards.html", replace(view, arrivals=lines))


@router.post("/find", dependencies=_FORM)
def find(
    request: Request, me: Me, arriving: Arriving, reviewing: Reviewing, number: Word = ""
) -> Response:
    """Open the card of this number; by POST, as no number stands in an address."""
    found = arriving.find(me, number)
    if found is not None:
        return see_other(f"/desk/cards/{found}")
    view = _room(request, me, arriving, reviewing)
    nothing = replace(view, number=number[:80], nothing_found=True)
    return page(request, "issuance/desk_cards.html", nothing)


@router.get("/late")
def late(request: Request, me: Me, lateness: Lateness, reviewing: Reviewing) -> Response:
    """Cards of every service point that are late by more than may be: for supervisors."""
    found, lang = lateness.raised(me), dress_of(request).lang
    view = late_cards_view(me, _waiting(reviewing), found, lang)
    return page(request, "issuance/desk_late_cards.html", view)


@router.get("/{ref}")
def one(ref: Ref, request: Request, me: Me, centre: Centre, reviewing: Reviewing) -> Response:
    """One card; opening it is recorded for its holder to see."""
    return page(request, "issuance/desk_card.html", _one(me, centre, reviewing, ref))


@router.get("/{ref}/photo")
def photo(ref: Ref, me: Me, centre: Centre, objects: Objects) -> Response:
    """The holder's photo, to compare with who stands here."""
    return Response(objects.get(centre.photo(me, ref)), media_type="image/jpeg")


@router.post("/{ref}/hand-over", dependencies=_FORM)
def hand_over(
    ref: Ref,
    request: Request,
    me: Me,
    centre: Centre,
    reviewing: Reviewing,
    who: Word = "",
    check: Word = "",
    seen: Word = "",
    code: Word = "",
    guardian_number: Word = "",
) -> Response:
    """Hand the card over; what is missing is said at its field."""
    said = HandOver(
        who=who, check=check, seen=seen == "yes", code=code, guardian_number=guardian_number
    )
    try:
        centre.hand_over(me, ref, said)
    except MalformedError as error:
        view = replace(
            _one(me, centre, reviewing, ref),
            who=who,
            check=check,
            seen=said.seen,
            guardian_number=guardian_number,
            errors=faults_of(error),
        )
        return page(request, "issuance/desk_card.html", view, 422)
    except ConflictError:
        return _late(request, _one(me, centre, reviewing, ref))
    return see_other("/desk/cards?done=collected")


@router.post("/{ref}/courier", dependencies=_FORM)
def send(ref: Ref, request: Request, me: Me, centre: Centre, reviewing: Reviewing) -> Response:
    """Hand the card to the courier."""
    try:
        centre.give_to_courier(me, ref)
    except ConflictError:
        return _late(request, _one(me, centre, reviewing, ref))
    return see_other("/desk/cards?done=handed_to_courier")


@router.post("/{ref}/spoiled", dependencies=_FORM)
def spoiled(
    ref: Ref,
    request: Request,
    me: Me,
    centre: Centre,
    reviewing: Reviewing,
    spoiled_reason: Word = "",
) -> Response:
    """Put a damaged card away; another is ordered."""
    try:
        centre.find_spoiled(me, ref, spoiled_reason)
    except MalformedError as error:
        view = _one(me, centre, reviewing, ref)
        wrong = replace(view, reason=spoiled_reason, errors=faults_of(error))
        return page(request, "issuance/desk_card.html", wrong, 422)
    except ConflictError:
        return _late(request, _one(me, centre, reviewing, ref))
    return see_other("/desk/cards?done=spoiled")


@router.post("/{ref}/again", dependencies=_FORM)
def again(ref: Ref, request: Request, me: Me, centre: Centre, reviewing: Reviewing) -> Response:
    """Order a refused card again."""
    try:
        centre.order_again(me, ref)
    except ConflictError:
        return _late(request, _one(me, centre, reviewing, ref))
    return see_other("/desk/cards?done=ordered")


def _late(request: Request, view: DeskCardView) -> Response:
    """The card moved meanwhile: as it stands now."""
    return page(request, "issuance/desk_card.html", replace(view, came_late=True), 409)


def _one(me: Officer, centre: CentreDesk, reviewing: ReviewDesk, ref: str) -> DeskCardView:
    return desk_card_view(me, _waiting(reviewing), centre.look(me, ref))


def _room(
    request: Request, me: Officer, arriving: ArrivingDesk, reviewing: ReviewDesk
) -> DeskCardsView:
    lang = dress_of(request).lang
    return desk_cards_view(me, _waiting(reviewing), arriving.room(me), lang)


def _waiting(reviewing: ReviewDesk) -> int:
    return reviewing.waiting(Asked()).counts["all"]
