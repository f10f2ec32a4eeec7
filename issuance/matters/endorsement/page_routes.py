"""The page of a permit's endorsement: from when to when, what happens if not, years counted."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.reception import desk, signed_in
from certstore.web.answers import page
from issuance.matters.endorsement.desk import EndorsementDesk
from issuance.matters.pages.endorsement_views import endorsement_view

router = APIRouter(include_in_schema=False)
APPLY_HREF: Final = "/apply/endorsement"


@router.get("/certificates/{ref}/endorsement")
def endorsement(
    ref: str,
    request: Request,
    me: Annotated[Resident, signed_in(Resident)],
    endorsing: Annotated[EndorsementDesk, desk(EndorsementDesk)],
) -> Response:
    """How the endorsement of my permit stands, or of my child's."""
    view = endorsement_view(endorsing.of(me, ref), APPLY_HREF)
    return page(request, "issuance.matters/endorsement.html", view)
