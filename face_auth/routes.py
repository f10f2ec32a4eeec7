"""HTTP for face results: providers hand in, the person's own pages ask how it stands."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from certstore.callers import Resident
from certstore.errors import UnavailableError
from certstore.reception import desk, signed_in
from certstore.verdict import Accepted, Refused, Verdict
from face_auth.acceptance import FaceDesk
from face_auth.reasons import Reason

router = APIRouter(prefix="/v1", tags=["face"])
_SEE_OTHER = 303
_LONGEST_BODY = 65_536  # beyond the longest token, so that too long a one is refused by its name


class ResultIn(BaseModel):
    """A signed face result (`face-result+jwt`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    token: str = Field(max_length=_LONGEST_BODY)


class VerdictOut(BaseModel):
    """Our answer: accepted, or refused with every reason."""

    outcome: Literal["accepted", "refused"]
    reasons: tuple[str, ...] = ()


class TransactionOut(BaseModel):
    """How a verification stands."""

    transaction: str
    state: Literal["open", "passed", "failed", "expired"]
    reasons: tuple[str, ...] = ()


@router.post("/face-results", summary="Hand in a face-verification result")
def hand_in(
    body: ResultIn, request: Request, face: Annotated[FaceDesk, desk(FaceDesk)]
) -> VerdictOut:
    """Judge a provider's result; a refusal is an answer (200), not an error.

    A provider needs no session: its signature is its word. When a signed-in person's browser
    brings the result, the verification must be that account's.
    """
    caller = request.state.caller
    account = caller.account if isinstance(caller, Resident) else None
    return _told(face.accept(body.token, account))


def _told(verdict: Verdict) -> VerdictOut:
    match verdict:
        case Accepted():
            return VerdictOut(outcome="accepted")
        case Refused(reasons):  # no `case _`: a new verdict must fail the type check, never pass
            return VerdictOut(outcome="refused", reasons=reasons)


@router.post("/face-transactions/{txn}/result", summary="Fetch a result from its provider")
def fetch(
    txn: str,
    face: Annotated[FaceDesk, desk(FaceDesk)],
    resident: Annotated[Resident, signed_in(Resident)],
) -> VerdictOut:
    """Ask the provider how this person's verification ended, by the id that we kept.

    A provider that cannot be reached or understood is 503, and asking again is safe.
    """
    return _told(face.fetch(txn, resident.holder, resident.account))


@router.get("/face-transactions/{txn}/return", include_in_schema=False)
def come_back(
    txn: str,
    face: Annotated[FaceDesk, desk(FaceDesk)],
    resident: Annotated[Resident, signed_in(Resident)],
) -> Response:
    """Where a provider outside leads the person back to: fetch the result, and go on.

    What the provider adds to the address is not looked at. How the result was judged, the page
    it leads back to asks the desk; where none was to be had yet, it is told so (`waiting=1`) and
    asks once more.
    """
    way_back = face.way_back(txn, resident.account)
    try:
        verdict: Verdict = face.fetch(txn, resident.holder, resident.account)
    except UnavailableError:
        verdict = Refused((Reason.NOT_DONE_YET,))
    if verdict == Refused((Reason.NOT_DONE_YET,)):
        way_back += f"{'&' if '?' in way_back else '?'}waiting=1"
    return RedirectResponse(way_back, _SEE_OTHER)


@router.get("/face-transactions/{txn}", summary="How a face verification stands")
def standing(
    txn: str,
    face: Annotated[FaceDesk, desk(FaceDesk)],
    resident: Annotated[Resident, signed_in(Resident)],
) -> TransactionOut:
    """Tell the person who began it; anybody else is told that there is none (404)."""
    found = face.outcome(txn, resident.account)
    return TransactionOut(transaction=txn, state=found.state.value, reasons=found.reasons)
