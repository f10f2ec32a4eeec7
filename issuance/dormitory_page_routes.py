"""The page where an enrolled employer or school issues dormitory certificates (集体宿舍证明)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Clerk
from certstore.certificates import Certificate
from certstore.clock import local_date
from certstore.errors import ConflictError
from certstore.reception import desk, signed_in
from certstore.source_account import SourceDesk
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.dormitory import DormitoryDesk, Lodger
from issuance.pages.dormitory_views import AtTheDesk, Typed, dormitory_view

router = APIRouter(prefix="/dormitory", include_in_schema=False)
Me = Annotated[Clerk, signed_in(Clerk)]
Dormitory = Annotated[DormitoryDesk, desk(DormitoryDesk)]
Sources = Annotated[SourceDesk, desk(SourceDesk)]
Word = Annotated[str, Form(max_length=200)]


@router.get("")
def issued(
    request: Request,
    me: Me,
    dormitory: Dormitory,
    sources: Sources,
    done: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """What the organisation has issued, and the form for one more."""
    typed = Typed(done="issued" if done == "issued" else "ended" if done == "ended" else None)
    return _show(request, me, (dormitory, sources), typed)


@router.post("", dependencies=[Depends(check_form)])
def issue(
    request: Request,
    me: Me,
    dormitory: Dormitory,
    sources: Sources,
    lodger_name: Word = "",
    lodger_id_number: Word = "",
    district: Word = "",
    address: Word = "",
    valid_from: Word = "",
    valid_to: Word = "",
) -> Response:
    """Issue a certificate; what is wrong is said at its field, and what was typed is kept."""
    lodger = Lodger(lodger_name, lodger_id_number, district, address, valid_from, valid_to)
    try:
        found = dormitory.issue(me, lodger)
    except ConflictError as error:
        errors = {error.where or "lodger_id_number": str(error.facts.get("cause", "malformed"))}
        return _show(request, me, (dormitory, sources), Typed(lodger, errors))
    if not isinstance(found, Certificate):
        return _show(request, me, (dormitory, sources), Typed(lodger, found.errors))
    return see_other("/dormitory?done=issued")


@router.post("/{ref}/end", dependencies=[Depends(check_form)])
def end(ref: str, me: Me, dormitory: Dormitory) -> Response:
    """End a certificate of one's own organisation."""
    dormitory.end(me, ref)
    return see_other("/dormitory?done=ended")


def _show(
    request: Request, me: Clerk, desks: tuple[DormitoryDesk, SourceDesk], typed: Typed
) -> Response:
    dormitory, sources = desks
    at = AtTheDesk(
        clerk=me,
        organisation=dormitory.organisations.of(me),
        hands_in=sources.is_source(me),
        districts=dormitory.districts,
        today=local_date(dormitory.clock.now()),
        lang=dress_of(request).lang,
    )
    view = dormitory_view(at, dormitory.issued(me), typed)
    return page(request, "issuance/dormitory.html", view, 422 if typed.errors else 200)
