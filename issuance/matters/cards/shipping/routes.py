"""HTTP for couriers: what became of a parcel, signed."""

from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from certstore.events.checking import DESCRIBED_HEADERS
from certstore.problem_answers import problems
from certstore.reception import desk, whole_body
from issuance.matters.cards.shipping.door import LONGEST_CALL, CourierDoor
from issuance.matters.cards.shipping.words import MOST_WORDS, Kind

router = APIRouter(prefix="/v1", tags=["cards"])
Door = Annotated[CourierDoor, desk(CourierDoor)]
_WORD: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["event_id", "kind", "at"],
    "properties": {
        "event_id": {"type": "string", "pattern": "^[!-~]{1,64}$"},
        "kind": {"enum": list(get_args(Kind))},
        "at": {"type": "string", "format": "date-time"},
        "place": {"type": "string", "maxLength": 100},
    },
}
_SAID: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["shipment", "events"],
    "properties": {
        "shipment": {
            "type": "string",
            "pattern": "^[0-9a-z]{20}$",
            "description": "our reference, as the booking named it",
        },
        "events": {"type": "array", "minItems": 1, "maxItems": MOST_WORDS, "items": _WORD},
    },
}
_EXAMPLE: Final = {
    "shipment": "k7m2x9qd4wzr5t8vbn3c",
    "events": [
        {
            "event_id": "YF-20261202-7731-2",
            "kind": "picked_up",
            "at": "2026-12-02T10:12:00+08:00",
            "place": "梧桐区营业部",
        }
    ],
}


class TakenOut(BaseModel):
    """How many words were new."""

    new: int


async def call(request: Request) -> bytes:
    """What a courier says, unread."""
    return await whole_body(request, LONGEST_CALL, "send fewer events")


@router.post(
    "/courier-events",
    summary="Tell what became of a parcel",
    responses=problems("unauthenticated", "not-found", "invalid-request", "conflict"),
    openapi_extra={
        "parameters": DESCRIBED_HEADERS,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _SAID, "example": _EXAMPLE}},
        },
    },
)
def tell(request: Request, body: Annotated[bytes, Depends(call)], door: Door) -> TakenOut:
    """For the courier this service books with; signed as Standard Webhooks 1.0 has it.

    Words count once each by `event_id`, in any order: sent again, they are answered with 0.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in _raw(request)}
    return TakenOut(new=door.take(headers, body))


def _raw(request: Request) -> list[tuple[bytes, bytes]]:
    return request.headers.raw
