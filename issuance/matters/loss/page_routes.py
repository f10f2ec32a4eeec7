"""The pages of a loss: what can be lost, one certificate, reporting, lifting; the counter's own."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Officer, Resident
from certstore.errors import (
    CertificateRevokedError,
    ConflictError,
    ForbiddenError,
    MalformedError,
)
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other
from issuance.matters.loss.desk import LossDesk
from issuance.matters.loss.judging import LossState
from issuance.matters.pages.loss_views import (
    DONE,
    DeskLossView,
    Done,
    LossListView,
    loss_rows,
    loss_view,
)
from issuance.pages.desk_queue_pages import officer_name

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
AtTheDesk = Annotated[Officer, signed_in(Officer)]
Losses = Annotated[LossDesk, desk(LossDesk)]
Word = Annotated[str, Query(max_length=20)]
Typed = Annotated[str, Form(max_length=40)]
FORM = [Depends(check_form)]
_REFUSED = {
    "identity_unchecked": {"identity_checked": "missing"},
    "not_theirs": {"person_number": "not_theirs"},
}


@router.get("/loss")
def losses(request: Request, me: Me, losing: Losses) -> Response:
    """Which of my certificates can be reported lost, or lifted."""
    view = LossListView(rows=loss_rows(losing.mine(me)))
    return page(request, "issuance.matters/losses.html", view)


@router.get("/certificates/{ref}/loss")
def loss(ref: str, request: Request, me: Me, losing: Losses, done: Word = "") -> Response:
    """What reporting does, or since when it is lost and how to lift it; and what there was."""
    return page(request, "issuance.matters/loss.html", loss_view(losing.state(me, ref), done))


@router.post("/certificates/{ref}/loss", dependencies=FORM)
def report(ref: str, me: Me, losing: Losses) -> Response:
    """Report it lost; a second time leads to the same page, which says since when it is."""
    try:
        found = losing.report(me, ref)
    except CertificateRevokedError:
        return see_other(_at(ref))  # the page says what became of it
    return see_other(_at(ref, "reported" if found.changed else "already"))


@router.post("/certificates/{ref}/loss/lift", dependencies=FORM)
def lift(ref: str, me: Me, losing: Losses) -> Response:
    """Lift it; where a face verification is asked for first, the page says so."""
    try:
        found = losing.lift(me, ref)
    except CertificateRevokedError:
        return see_other(_at(ref))
    except ForbiddenError as error:
        if error.facts.get("cause") != "face_needed":
            raise
        return see_other(_at(ref))
    except ConflictError as error:
        told = {"moved": "moved", "TOO_MANY_LIFTS": "too_often"}.get(str(error.facts.get("cause")))
        if told is None:
            raise
        return see_other(_at(ref, told))
    return see_other(_at(ref, "lifted" if found.changed else "not_lost"))


@router.post("/certificates/{ref}/loss/face", dependencies=FORM)
def begin_face(ref: str, me: Me, losing: Losses) -> Response:
    """Leave for the provider of face verifications; the way back leads to the page."""
    try:
        return see_other(losing.begin_face(me, ref, _at(ref)).url)
    except ConflictError as error:
        too_many = error.facts.get("cause") == "TOO_MANY_FACES"
        return see_other(_at(ref, "too_many" if too_many else ""))


# -- at the counter ----------------------------------------------------------------------------


@router.get("/desk/loss")
def counter(request: Request, me: AtTheDesk) -> Response:
    """Whose certificate it is."""
    view = DeskLossView(officer=officer_name(me), office=me.station)
    return page(request, "issuance.matters/desk_loss.html", view)


@router.post("/desk/loss", dependencies=FORM)
def find(request: Request, me: AtTheDesk, losing: Losses, person_number: Typed = "") -> Response:
    """Look for what they could have lost; by POST, as no number stands in an address."""
    return _found(request, me, losing, person_number.strip())


@router.post("/desk/loss/{ref}/{deed}", dependencies=FORM)
def at_counter(
    ref: str,
    deed: str,
    request: Request,
    me: AtTheDesk,
    losing: Losses,
    person_number: Typed = "",
    identity_checked: Typed = "",
) -> Response:
    """Report or lift for the person who is present."""
    do = {"report": losing.report_for, "lift": losing.lift_for}.get(deed)
    number = person_number.strip()
    if do is None:
        return see_other("/desk/loss")
    try:
        done: LossState = do(me, ref, number, identity_checked=identity_checked == "yes")
    except MalformedError:
        return _found(request, me, losing, number)  # which says so
    except CertificateRevokedError:
        return _found(request, me, losing, number, errors={"certificate": "ended"})
    except ConflictError as error:
        errors = _REFUSED.get(str(error.facts.get("cause")))
        if errors is None:
            raise
        return _found(request, me, losing, number, errors=errors)
    words: dict[tuple[str, bool], Done] = {
        ("report", True): "reported",
        ("report", False): "already",
        ("lift", True): "lifted",
        ("lift", False): "not_lost",
    }
    return _found(request, me, losing, number, words[deed, done.changed])


def _found(
    request: Request,
    me: Officer,
    losing: LossDesk,
    number: str,
    done: Done = "",
    errors: dict[str, str] | None = None,
) -> Response:
    template, status = "issuance.matters/desk_loss.html", 422 if errors else 200
    empty = DeskLossView(officer=officer_name(me), office=me.station, number=number)
    try:
        rows = loss_rows(losing.find_for(me, number))
    except MalformedError:
        wrong = {"person_number": "malformed" if number else "missing"}
        return page(request, template, replace(empty, errors=wrong), 422)
    view = replace(empty, number=number.upper(), found=rows, errors=errors, done=done)
    return page(request, template, view, status)


def _at(ref: str, done: str = "") -> str:
    return f"/certificates/{ref}/loss{f'?done={done}' if done in DONE else ''}"
