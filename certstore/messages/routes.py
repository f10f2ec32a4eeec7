"""HTTP for gateways of messages: what became of them, signed."""

from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from certstore.events.checking import DESCRIBED_HEADERS
from certstore.messages.report_desk import LONGEST_CALL, MOST_REPORTS, Ending, ReportDesk
from certstore.problem_answers import problems
from certstore.reception import desk, whole_body

router = APIRouter(prefix="/v1/messages", tags=["messages"])
_REPORT: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["message", "state"],
    "properties": {
        "message": {
            "type": "string",
            "pattern": "^[0-9a-z]{20}$",
            "description": "what it was handed over under (Idempotency-Key)",
        },
        "state": {"enum": list(get_args(Ending))},
        "at": {"type": ["string", "null"], "format": "date-time"},
    },
}
_SAID: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["reports"],
    "properties": {
        "reports": {"type": "array", "minItems": 1, "maxItems": MOST_REPORTS, "items": _REPORT}
    },
}
_EXAMPLE: Final = {
    "reports": [
        {
            "message": "k7m2x9qd4wzr5t8vbn3c",
            "state": "delivered",
            "at": "2026-12-02T10:12:00+08:00",
        }
    ]
}


class TakenOut(BaseModel):
    """How many reports were news, and which messages are not known here."""

    new: int
    unknown: list[str]


async def call(request: Request) -> bytes:
    """What a gateway says, unread."""
    return await whole_body(request, LONGEST_CALL, "send fewer reports")


@router.post(
    "/reports",
    summary="Tell what became of messages",
    responses=problems("unauthenticated", "not-found", "invalid-request"),
    openapi_extra={
        "parameters": DESCRIBED_HEADERS,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _SAID, "example": _EXAMPLE}},
        },
    },
)
def tell(
    request: Request,
    body: Annotated[bytes, Depends(call)],
    reports: Annotated[ReportDesk, desk(ReportDesk)],
) -> TakenOut:
    """For the gateways this service sends by; signed as Standard Webhooks 1.0 has it.

    The first ending of a message counts: sent again, or another one later, it changes nothing.
    """
    raw = request.headers.raw
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
    taken = reports.take(headers, body)
    return TakenOut(new=taken.new, unknown=list(taken.unknown))
