"""This service as a witness of other logs, over HTTP (c2sp.org/tlog-witness)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from certstore.errors import StaleTreeSizeError
from certstore.reception import desk, whole_body
from certstore.witness import MAX_SUBMISSION, WitnessDesk
from certstore.witnessing import SIZE_TYPE

router = APIRouter(prefix="/v1/witness", tags=["witness"])
_TEXT = "text/plain; charset=utf-8"
_CONFLICT = 409


async def submission(request: Request) -> bytes:
    """What a log hands in, unread."""
    remedy = "see c2sp.org/tlog-witness, add-checkpoint"
    return await whole_body(request, MAX_SUBMISSION, remedy)


@router.post("/add-checkpoint", summary="Have a log's checkpoint cosigned")
def add_checkpoint(
    body: Annotated[bytes, Depends(submission)], witness: Annotated[WitnessDesk, desk(WitnessDesk)]
) -> Response:
    """200 with the cosignature; 409 with the size cosigned last, as the specification has it."""
    try:
        line = witness.add_checkpoint(body)
    except StaleTreeSizeError as error:
        said = f"{error.facts['tree_size']}\n"
        # Starlette adds a charset to text types, and the specification names the type bare.
        return Response(said.encode(), _CONFLICT, headers={"Content-Type": SIZE_TYPE})
    return Response(line, media_type=_TEXT)


@router.get("/key", summary="The witness's verifier key")
def key(witness: Annotated[WitnessDesk, desk(WitnessDesk)]) -> Response:
    """A C2SP vkey line of type 4, for policies; 404 where this service is no witness."""
    return Response(witness.key.line() + "\n", media_type=_TEXT)
