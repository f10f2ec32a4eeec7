"""The page where a holder takes a copy of a certificate along: for one purpose, or the file."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.holdings import HoldingsDesk
from certstore.pages.copy_views import CopyView
from certstore.reception import desk, signed_in
from certstore.sharing.own_copies import DAYS, CopyWish, OwnCopyDesk
from certstore.wallets.kinds import wallet_kinds
from certstore.web.answers import check_form, page

router = APIRouter(prefix="/certificates", include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Copies = Annotated[OwnCopyDesk, desk(OwnCopyDesk)]
Ref = str
_UNPROCESSABLE = 422


@router.get("/{ref}/download")
def ask(ref: Ref, request: Request, me: Me, copies: Copies) -> Response:
    """Ask what the copy is for; the file itself is one tap further."""
    certificate = copies.asked_for(me, ref)
    view = _view(certificate, me)
    return page(request, "certstore/copy.html", view)


@router.post("/{ref}/download", dependencies=[Depends(check_form)])
def make(
    ref: Ref,
    request: Request,
    me: Me,
    copies: Copies,
    cause: Annotated[str, Form(max_length=200)] = "",
    days: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """The annotated copy; what is wrong is said at its field."""
    certificate = copies.asked_for(me, ref)
    made = copies.make(me, ref, CopyWish(cause, days))
    if isinstance(made, bytes):
        return _pdf(made, f"{certificate.type_code}_copy")
    view = replace(_view(certificate, me), cause=cause, chosen=days, errors=made)
    return page(request, "certstore/copy.html", view, _UNPROCESSABLE)


@router.get("/{ref}/document")
def document(
    ref: Ref,
    me: Me,
    holdings: Annotated[HoldingsDesk, desk(HoldingsDesk)],
    issued: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query of the address
) -> Response:
    """The signed document itself; with `?issued=1` as it was before it was time-stamped."""
    certificate, data = holdings.copy(me, ref, as_issued=issued)
    return _pdf(data, certificate.type_code)


def _view(certificate: Certificate, me: Resident) -> CopyView:
    own = me.holder.id_number.upper() in {h.id_number for h in certificate.holders}
    return CopyView(
        ref=certificate.ref,
        type_code=certificate.type_code,
        days=DAYS,
        for_wallets=own and certificate.type_code in wallet_kinds(),
    )


def _pdf(data: bytes, name: str) -> Response:
    """A file to keep; its name says nothing about the person."""
    shown = name.replace("_", "-")
    headers = {"Content-Disposition": f'attachment; filename="{shown}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)
