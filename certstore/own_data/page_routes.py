"""The page where somebody takes along everything held about them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.own_data.desk import OwnDataDesk
from certstore.own_data.routes import as_download
from certstore.pages.own_data_views import ExportView
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other

router = APIRouter(prefix="/export", include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
OwnData = Annotated[OwnDataDesk, desk(OwnDataDesk)]


@router.get("")
def explain(request: Request, me: Me, own_data: OwnData) -> Response:
    """What is in the archive, and the button; signing in anew first, where that is long ago."""
    view = ExportView(own_data.is_fresh(me), "/sign-in?return_to=/export")
    return page(request, "certstore/export.html", view)


@router.post("", dependencies=[Depends(check_form)])
def export(me: Me, own_data: OwnData) -> Response:
    """The archive; who signed in too long ago is led back to the page that says so."""
    if not own_data.is_fresh(me):
        return see_other("/export")
    return as_download(own_data.export(me))
