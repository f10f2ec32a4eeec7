"""HTTP of somebody's own cards: where each stands, and where it comes to."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from certstore.callers import Resident
from certstore.problem_answers import problems
from certstore.reception import desk, signed_in
from certstore.web.answers import check_token
from issuance.matters.cards.desk import CardDesk, CardStory, Wanted
from issuance.matters.cards.orders import SLOTS, Address, CardOrder

router = APIRouter(prefix="/v1/me", tags=["citizen"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$", examples=["k7m2x9qd4wzr5t8vbn3c"])]
Me = Annotated[Resident, signed_in(Resident)]
Cards = Annotated[CardDesk, desk(CardDesk)]
_SLOTS = ", ".join(f"{name} {begins} to {ends}" for name, (begins, ends) in SLOTS.items())


class AddressIn(BaseModel):
    """Where the courier goes: within the city, on days and at hours agreed now."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    recipient: str = Field(max_length=100)
    phone: str = Field(max_length=20, examples=["13800000000"])
    district: str = Field(max_length=20)
    address: str = Field(max_length=200)
    days: Literal["any", "workdays", "weekend"] = "any"
    slot: Literal["morning", "afternoon", "evening"] = Field("afternoon", description=_SLOTS)

    def value(self) -> Address:
        """The same as a value."""
        return Address(**self.model_dump())


class DeliveryIn(BaseModel):
    """Pick-up at a service point, or a courier."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"way": "pickup", "point": "HG01", "seen": 0}},
    )
    way: Literal["pickup", "courier"]
    point: Annotated[str, Field(pattern="^[A-Z0-9]{2,12}$")] | None = None
    to: AddressIn | None = None
    seen: int | None = Field(
        None, ge=0, le=100_000, description="`choice` as it was when the holder chose"
    )

    def value(self) -> Wanted:
        """What the desk is asked."""
        return Wanted(self.way, self.point or "", self.to.value() if self.to else None, self.seen)


class CardOut(BaseModel):
    """One card, in short."""

    ref: str
    permit: str = Field(description="the permit's certificate")
    card_no: str
    stage: str
    since: datetime
    due_on: date | None = Field(description="by when what comes next is promised")
    due_provisional: bool = Field(description="an official calendar may still move it")
    way: str
    point: str
    choice: int
    ward: str = Field("", description="of a child in one's care: the child's name")

    @classmethod
    def of(cls, order: CardOrder, ward: str = "") -> "CardOut":
        """What its holder is told."""
        return cls(**_in_short(order), ward=ward)


class StepOut(BaseModel):
    """One step of a card."""

    at: datetime
    step: str
    stage: str


class WordOut(BaseModel):
    """One word of the courier."""

    at: datetime
    kind: str
    place: str


class WholeCardOut(CardOut):
    """One card with what became of it."""

    late: bool
    may_choose: Literal["all", "way", ""]
    courier_offered: bool
    to: AddressIn | None = None
    steps: list[StepOut]
    tracking_no: str = ""
    day: date | None = Field(None, description="when the courier comes")
    tracking: list[WordOut]


@router.get("/cards", summary="My cards")
def mine(me: Me, cards: Cards) -> list[CardOut]:
    """One's own and those of the children in one's care, latest first."""
    return [CardOut.of(order, ward) for order, ward in cards.mine(me)]


@router.get("/cards/{ref}", summary="Where a card stands", responses=problems("not-found"))
def one(ref: Ref, me: Me, cards: Cards) -> WholeCardOut:
    """Its stage, what is promised by when, every step, and what the courier says."""
    return _whole(cards.one(me, ref))


@router.post(
    "/cards/{ref}:choose-delivery",
    summary="Choose where a card comes to",
    responses=problems("not-found", "invalid-request", "conflict"),
    dependencies=[Depends(check_token)],
)
def choose(ref: Ref, body: DeliveryIn, me: Me, cards: Cards) -> WholeCardOut:
    """Until it leaves; the point can be changed until the card is sent to be made.

    The same choice again changes nothing. 409: it has left (`STAGE`), or another choice was made
    since `seen` (`CHOSEN`).
    """
    cards.choose(me, ref, body.value())
    return _whole(cards.one(me, ref))


def _in_short(order: CardOrder) -> dict[str, object]:
    return {
        "ref": order.ref,
        "permit": order.certificate_ref,
        "card_no": order.card_no,
        "stage": order.stage,
        "since": order.stage_since,
        "due_on": order.due_on,
        "due_provisional": order.due_provisional,
        "way": order.delivery.way.value,
        "point": order.delivery.point,
        "choice": order.choice,
    }


def _whole(story: CardStory) -> WholeCardOut:
    order, sent, to = story.order, story.shipment, story.order.delivery.to
    return WholeCardOut(
        **_in_short(order),
        late=story.late,
        may_choose=story.may_choose,
        courier_offered=story.courier,
        to=AddressIn(**to.as_json()) if to else None,
        steps=[
            StepOut(at=s.at, step=s.step, stage=s.stage) for s in story.steps if s.step != "look"
        ],
        tracking_no=sent.tracking_no if sent else "",
        day=sent.day if sent else None,
        tracking=[WordOut(at=w.at, kind=w.kind, place=w.place) for w in story.tracking],
    )
