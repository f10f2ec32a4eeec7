"""The pages of somebody's own cards: the list, one card, where it comes to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.errors import ConflictError, MalformedError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.answers import faults_of
from issuance.matters.cards.desk import CardDesk, Wanted
from issuance.matters.cards.orders import Address
from issuance.matters.cards.pages.card_pages import card_list_view, card_view, delivery_view
from issuance.matters.cards.pages.views import DeliveryView

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Word = Annotated[str, Form(max_length=400)]
Me = Annotated[Resident, signed_in(Resident)]
Cards = Annotated[CardDesk, desk(CardDesk)]


@router.get("/cards")
def mine(request: Request, me: Me, cards: Cards) -> Response:
    """My cards, and those of the children in my care."""
    return page(request, "issuance/card_list.html", card_list_view(cards.mine(me)))


@router.get("/cards/{ref}")
def one(
    ref: Ref,
    request: Request,
    me: Me,
    cards: Cards,
    chosen: Annotated[str, Query(max_length=3)] = "",
) -> Response:
    """Where a card stands, what comes next and by when."""
    story = cards.one(me, ref)
    ward = next((name for order, name in cards.mine(me) if order.ref == ref), "")
    view = card_view(story, dress_of(request).lang, chosen=chosen == "yes", ward=ward)
    return page(request, "issuance/card.html", view)


@router.get("/cards/{ref}/delivery")
def ask(ref: Ref, request: Request, me: Me, cards: Cards) -> Response:
    """Where the card is to come to; one that has left cannot be sent elsewhere."""
    if not cards.one(me, ref).may_choose:
        return see_other(f"/cards/{ref}")
    return page(request, "issuance/card_delivery.html", _view(request, me, cards, ref))


@router.post("/cards/{ref}/delivery", dependencies=[Depends(check_form)])
def choose(
    ref: Ref,
    request: Request,
    me: Me,
    cards: Cards,
    way: Word = "",
    point: Word = "",
    recipient: Word = "",
    phone: Word = "",
    district: Word = "",
    address: Word = "",
    days: Word = "",
    slot: Word = "",
    seen: Annotated[str, Form(pattern="^[0-9]{1,6}$")] = "0",
) -> Response:
    """Keep the choice; what is wrong is said at its field, and what was typed is kept."""
    to = Address(recipient, phone, district, address, days, slot)
    wanted = Wanted(way, point, to if way == "courier" else None, int(seen))
    try:
        cards.choose(me, ref, wanted)
    except MalformedError as error:
        view = _view(request, me, cards, ref, wanted, error)
        return page(request, "issuance/card_delivery.html", view, 422)
    except ConflictError as error:
        if error.facts.get("cause") == "CHOSEN":
            view = _view(request, me, cards, ref, moved=True)
            return page(request, "issuance/card_delivery.html", view, 409)
        return see_other(f"/cards/{ref}")  # it has left: its page says where it is
    return see_other(f"/cards/{ref}?chosen=yes")


def _view(
    request: Request,
    me: Resident,
    cards: CardDesk,
    ref: str,
    typed: Wanted | None = None,
    error: MalformedError | None = None,
    *,
    moved: bool = False,
) -> DeliveryView:
    view = delivery_view(
        cards.one(me, ref), cards.giving_points(), cards.districts, dress_of(request).lang, typed
    )
    faults = faults_of(error) if error else {}
    return view.after(faults, moved=moved)
