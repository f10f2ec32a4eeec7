"""Approving together: chosen on the list, read on one page, approved, and what became of each."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from certstore.callers import Officer
from certstore.errors import MalformedError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other
from issuance.bulk.desk import BulkDesk
from issuance.pages.desk_queue_pages import bulk_view
from issuance.review import ReviewDesk
from issuance.waiting.queue import PAGE, Asked

router = APIRouter(prefix="/desk/bulk", include_in_schema=False)
Me = Annotated[Officer, signed_in(Officer)]
Bulk = Annotated[BulkDesk, desk(BulkDesk)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
Ref = Annotated[str, Form(max_length=24)]
_FORM = [Depends(check_form)]


@router.post("", dependencies=_FORM)
def choose(
    me: Me, bulk: Bulk, case: Annotated[list[Ref] | None, Form(max_length=4 * PAGE)] = None
) -> Response:
    """Keep which cases were chosen, and show them before anything is approved."""
    try:
        return see_other(f"/desk/bulk/{bulk.choose(me, case or [])}")
    except MalformedError as error:
        return see_other(f"/desk?which=clear&chosen={error.facts['cause']}")


@router.get("/{ref}")
def look(ref: str, request: Request, me: Me, bulk: Bulk, reviewing: Reviewing) -> Response:
    """What was chosen: what would be approved; then, what became of each."""
    in_queue = reviewing.waiting(Asked(), me).counts["all"]
    view = bulk_view(me, bulk.look(me, ref), in_queue)
    return page(request, "issuance/desk_bulk.html", view)


@router.post("/{ref}", dependencies=_FORM)
def start(ref: str, me: Me, bulk: Bulk) -> Response:
    """Approve what was chosen; sent twice, it is done once."""
    bulk.start(me, ref)
    return see_other(f"/desk/bulk/{ref}")
