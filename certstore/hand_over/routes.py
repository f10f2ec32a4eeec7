"""HTTP for hosts' servers: a signed assertion in, a ticket out."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from certstore.hand_over.assertion import TYP
from certstore.hand_over.desk import TICKET_S, HandOverDesk
from certstore.problem_answers import problems
from certstore.reception import desk

router = APIRouter(prefix="/v1", tags=["entry"])


class HandOverIn(BaseModel):
    """What a host's server sends."""

    model_config = ConfigDict(extra="forbid")
    assertion: Annotated[
        str, Field(min_length=20, max_length=4096, description=f"compact JWS, typ `{TYP}`")
    ]


class TicketOut(BaseModel):
    """What the app posts as a form to `enter`, in its web view: never in an address."""

    ticket: str
    expires_in: int = Field(description="seconds")
    enter: str = Field(description="the address that takes the form")


@router.post(
    "/hand-overs",
    status_code=201,
    summary="Hand over who is signed in with an app",
    responses=problems("invalid-token", "conflict"),
)
def hand_over(
    body: HandOverIn, hand_overs: Annotated[HandOverDesk, desk(HandOverDesk)]
) -> TicketOut:
    """A ticket that lets this person in once, within a minute, at the page the assertion names."""
    ticket = hand_overs.ticket(body.assertion)
    return TicketOut(ticket=ticket, expires_in=TICKET_S, enter=f"{hand_overs.audience}/enter")
