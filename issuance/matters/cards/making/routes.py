"""HTTP for the card maker: files to fetch and acknowledge, reports to hand in."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from certstore.authorization.routes import Pulling
from certstore.problem_answers import problems
from certstore.reception import desk
from issuance.matters.cards.making.bodies import (
    AcknowledgedOut,
    AcknowledgeIn,
    FileOut,
    FilesOut,
    ReportedOut,
    ReportIn,
)
from issuance.matters.cards.making.desk import MakingDesk

router = APIRouter(prefix="/v1", tags=["cards"])
Number = Annotated[int, Path(ge=1, le=2_000_000_000, examples=[1])]
Making = Annotated[MakingDesk, desk(MakingDesk)]
_GRANT = ("insufficient-purpose", "field-not-granted", "quota-exceeded")


@router.get("/card-files", summary="Files of cards to make", responses=problems(*_GRANT))
def files(
    caller: Pulling,
    making: Making,
    after: Annotated[int, Query(ge=0, le=2_000_000_000, description="after this number")] = 0,
) -> FilesOut:
    """Up to 100 files after a number, in order: 1, 2, 3, without gaps. And the cards to stop."""
    found, stopped = making.files(caller, after)
    return FilesOut(files=[FileOut.of(each) for each in found], stopped=stopped)


@router.get(
    "/card-files/{number}",
    summary="A file of cards",
    response_class=Response,
    responses={
        **problems(*_GRANT, "not-found", "ledger-unavailable", "unavailable"),
        200: {
            "description": "A compact JWS (RFC 7515, typ `card-file+jws`) over canonical JSON "
            "(RFC 8785): the face and the photograph of each card. The same bytes each time.",
            "content": {
                "application/jose": {
                    "schema": {"type": "string"},
                    "example": "eyJhbGciOiJFUzI1NiIs….eyJjYXJkcyI6W3siY2FyZF9ubyI6….9m4x…",
                }
            },
        },
    },
)
def file(number: Number, caller: Pulling, making: Making) -> Response:
    """Signed by this service; each holder sees that the maker was given the face of their card."""
    data = making.file(caller, number)
    headers = {"Cache-Control": "no-store"}
    return Response(data, media_type="application/jose", headers=headers)


@router.post(
    "/card-files/{number}:acknowledge",
    summary="Acknowledge a file of cards",
    responses=problems(*_GRANT, "not-found", "invalid-request", "conflict"),
)
def acknowledge(
    number: Number, body: AcknowledgeIn, caller: Pulling, making: Making
) -> AcknowledgedOut:
    """Taken or refused, every card of the file once.

    The same words again get the same answer, other words 409. A card without `go_on` was stopped
    since the file was made: it is not made.
    """
    told = making.acknowledge(caller, number, [each.said() for each in body.cards])
    return AcknowledgedOut.of(number, told)


@router.post(
    "/card-reports",
    summary="Report cards made or spoiled",
    responses=problems(*_GRANT, "invalid-request", "conflict"),
)
def report(body: ReportIn, caller: Pulling, making: Making) -> ReportedOut:
    """Each report has a number of the maker's own and counts once: again, it is answered as before.

    `noted`; `known`: said before, or overtaken; `stopped`: destroy the card; `replaced`: another
    card was ordered in its place; `not_acknowledged`: its file was not; `unknown`: not ours.
    """
    told = making.report(caller, body.report, [each.said() for each in body.cards])
    return ReportedOut.model_validate(dict(told))
