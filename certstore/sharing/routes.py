"""HTTP of what services ask for: search and pull."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from certstore.authorization.resource_gate import ResourceGate
from certstore.authorization.routes import Admitted, Pulling, challenged
from certstore.reception import desk
from certstore.sharing.bodies import PullIn, SearchIn
from certstore.sharing.desk import SharingDesk
from certstore.sharing.lane import PullLane

router = APIRouter()
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Sharing = Annotated[SharingDesk, desk(SharingDesk)]


@router.post("/v1/evidence:search", tags=["sharing"], summary="Find references, no content")
def search(body: SearchIn, caller: Pulling, sharing: Sharing) -> dict[str, Any]:
    """References and status of what a person holds, of granted types only."""
    return sharing.search(caller, body.request())


@router.post("/v1/certificates/{ref}:pull", tags=["sharing"], summary="Pull granted fields")
def pull(
    ref: Ref,
    body: PullIn,
    opened: Admitted,
    lane: Annotated[PullLane, desk(PullLane)],
    gate: Annotated[ResourceGate, desk(ResourceGate)],
) -> dict[str, Any]:
    """Exactly the fields named; one outside the grant refuses the whole pull, by name."""
    with challenged(gate.mint.issuer):
        return lane.sharing.answer(lane.submit(opened, body.request(ref)).result())
