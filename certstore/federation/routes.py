"""HTTP of what services ask of other cities through this one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from certstore.authorization.routes import Pulling
from certstore.federation.bodies import PullAbroadIn, SearchAbroadIn
from certstore.federation.desk import FederationDesk
from certstore.reception import desk

router = APIRouter()
City = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Federation = Annotated[FederationDesk, desk(FederationDesk)]


@router.post(
    "/v1/peers/{city}/evidence:search", tags=["federation"], summary="Find references elsewhere"
)
def search(
    city: City, body: SearchAbroadIn, caller: Pulling, federation: Federation
) -> dict[str, Any]:
    """References and status of what a person holds in another city; recorded in both."""
    return federation.search(caller, city, body.request())


@router.post(
    "/v1/peers/{city}/certificates/{ref}:pull", tags=["federation"], summary="Pull from elsewhere"
)
def pull(
    city: City, ref: Ref, body: PullAbroadIn, caller: Pulling, federation: Federation
) -> dict[str, Any]:
    """The granted fields of one certificate of another city, with its receipt inside ours."""
    return federation.pull(caller, city, body.request(ref))
