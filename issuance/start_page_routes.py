"""Beginning an application: for whom, fresh, or again with the answers kept."""

from dataclasses import replace
from datetime import date
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.chance import reference
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.pages.views import ProblemView, Reason
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other
from issuance.answers import faults_of
from issuance.application import Application, Child, Matter, State
from issuance.apply import ApplyDesk
from issuance.joint.choosing import ChoosingDesk, Prospect
from issuance.pages.question_pages import drafts_of, first_open
from issuance.pages.question_views import (
    GROUND_STEPS,
    HOME_STEPS,
    PERMIT_STEPS,
    REGISTERED_STEPS,
    ChildView,
    FreshView,
    GuardianRelation,
    NotNow,
    StartView,
)
from issuance.procedure import procedure_of

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Applying = Annotated[ApplyDesk, desk(ApplyDesk)]
Choosing = Annotated[ChoosingDesk, desk(ChoosingDesk)]
Text = Annotated[str, Form(max_length=400)]
_FORM = [Depends(check_form)]
_INSTEAD = {
    "NOT_REGISTERED": Matter.RESIDENCE_REGISTRATION,
    "REGISTERED_ALREADY": Matter.ADDRESS_CHANGE,
    "NO_PERMIT": Matter.RESIDENCE_PERMIT,
}
_OF_A_CHILD = frozenset({*_INSTEAD, "HAS_PERMIT", "RENEWS_LATER"})  # said of a child in words
_TO_LOSSES = frozenset({"VOUCHER_LOST"})
_TO_CHOICES = frozenset({"HALF_YEAR_NOT_FULL", "HOUSEHOLD_HERE"})  # what can be done in one go
_TO_CERTIFICATES = frozenset(
    {
        *("RENEWS_LATER", "HAS_PERMIT", "ENDORSES_LATER", "PERMIT_LOST"),
        *("NOTHING_TO_CANCEL", "BEING_ISSUED"),
    }
)
_TO_COUNTERS = frozenset({"NO_HOUSEHOLD_RECORD", "PERMIT_HELD", "NOT_OFFERED"})


@router.get("/apply/{matter}")
def start(
    matter: str, request: Request, me: Me, applying: Applying, choosing: Choosing
) -> Response:
    """What this matter is, and for whom; drafts already begun are offered first."""
    wanted = _matter(matter)
    try:
        applying.require_offered(wanted)
    except ConflictError as error:
        return other_matter(request, error)
    view = _start_view(wanted, me, applying)
    found = Prospect() if view.own_draft else choosing.prospect(me, wanted)
    return page(request, "issuance/start.html", replace(view, not_now=_not_now(found)))


@router.post("/apply/{matter}", dependencies=_FORM)
def begin(matter: str, request: Request, me: Me, applying: Applying, fresh: Text = "") -> Response:
    """Begin for oneself, or go on with what is open; `fresh` ends a draft first."""
    try:
        application = applying.begin(me, _matter(matter), fresh=fresh == "1")
    except ConflictError as error:
        return other_matter(request, error)
    return see_other(first_open(application))


@router.get("/apply/{matter}/fresh")
def confirm_fresh(matter: str, request: Request, me: Me, applying: Applying) -> Response:
    """Ask before a draft is ended to begin a new one."""
    view = _start_view(_matter(matter), me, applying)
    if view.own_draft is None:
        return see_other(view.path)
    fresh = FreshView(matter=view.matter, path=view.path, draft=view.own_draft)
    return page(request, "issuance/fresh.html", fresh)


@router.get("/apply/{matter}/child")
def which_child(matter: str, request: Request, me: Me) -> Response:  # noqa: ARG001 - whoever is signed in
    """Which child."""
    return ask_child(request, _new_child(_matter(matter)))


@router.post("/apply/{matter}/child", dependencies=_FORM)
def begin_for_child(
    matter: str,
    request: Request,
    me: Me,
    applying: Applying,
    child_name: Text = "",
    child_id_number: Text = "",
    guardian_relation: Text = "",
    consented: Text = "",
) -> Response:
    """Begin for a child; the answer is the same whether or not anything is on file about it."""
    said = Child(child_name, child_id_number, guardian_relation, consented == "1")
    wanted = _matter(matter)
    try:
        application = applying.begin(me, wanted, said)
    except ConflictError as error:
        return other_matter(request, error)
    except MalformedError as error:
        return ask_child(request, with_typed(_new_child(wanted), said), error)
    return see_other(first_open(application))


@router.get("/applications/{ref}/child")
def child(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """Which child a draft is for."""
    application = _draft_for_child(applying, me, ref)
    view = _named_child(application)
    named = application.answers.child
    return ask_child(request, with_typed(view, named) if named else view)


@router.post("/applications/{ref}/child", dependencies=_FORM)
def name_child(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    child_name: Text = "",
    child_id_number: Text = "",
    guardian_relation: Text = "",
    consented: Text = "",
) -> Response:
    """Name the child otherwise; one whose application is open already is gone on with."""
    said = Child(child_name, child_id_number, guardian_relation, consented == "1")
    application = _draft_for_child(applying, me, ref)
    try:
        applying.name_child(me, ref, said)
    except MalformedError as error:
        return ask_child(request, with_typed(_named_child(application), said), error)
    except ConflictError as error:
        return see_other(f"/applications/{error.where}")
    return see_other(f"/applications/{ref}/dwelling")


@router.post("/applications/{ref}/again", dependencies=_FORM)
def begin_again(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """Begin anew what was refused, the answers kept."""
    try:
        application = applying.begin_again(me, ref)
    except ConflictError as error:
        return other_matter(request, error)
    return see_other(_read_again(application))


def _not_now(found: Prospect) -> NotNow | None:
    if not found.fault:
        return None
    waits = found.fault == "HALF_YEAR_LATER"
    return NotNow(
        reason=Reason(found.fault),
        on=found.on,
        waits=waits,
        href=None if waits else _way_out(found.fault),
    )


def _start_view(matter: Matter, me: Resident, applying: ApplyDesk) -> StartView:
    begun = (a for a in applying.all_of(me) if a.matter is matter and a.state is State.DRAFT)
    return StartView(
        matter=matter.value,
        path=f"/apply/{matter.path}",
        working_days=procedure_of(matter).answered_in,
        drafts=drafts_of(begun),
        steps=_steps(matter),
    )


def _steps(matter: Matter) -> tuple[str, ...]:
    """How it goes; what rests on a registration asks for no home again."""
    if matter is Matter.RESIDENCE_PERMIT:
        return PERMIT_STEPS
    if matter.rests_on_registration:
        return REGISTERED_STEPS
    return HOME_STEPS if matter.asks_home else GROUND_STEPS


def _new_child(matter: Matter) -> ChildView:
    path = f"/apply/{matter.path}"
    return ChildView(matter=matter.value, action=f"{path}/child", back_href=path)


def _named_child(application: Application) -> ChildView:
    at = f"/applications/{application.ref}"
    return ChildView(
        matter=application.matter.value, action=f"{at}/child", back_href=f"{at}/dwelling"
    )


def with_typed(view: ChildView, said: Child) -> ChildView:
    """The page with what was typed before."""
    relation = cast("GuardianRelation", said.relation) if said.relation else None
    return replace(
        view, child_name=said.name, child_id_number=said.id_number, guardian_relation=relation
    )


def ask_child(request: Request, view: ChildView, error: MalformedError | None = None) -> Response:
    """The page that asks which child; with what is wrong about what was typed."""
    errors = faults_of(error) if error else {}
    shown = replace(view, errors=errors)
    return page(request, "issuance/child.html", shown, 422 if errors else 200)


def _draft_for_child(applying: ApplyDesk, me: Resident, ref: str) -> Application:
    application = applying.get(me, ref)
    if application.state is not State.DRAFT:
        raise ConflictError("the application was submitted; its answers are fixed", where=ref)
    if application.answers.child is None:
        raise NotFoundError("this application is for no child", where=ref)
    return application


def _read_again(application: Application) -> str:
    """The first question, its answer kept, to be read again; not of what one is registered with."""
    at = f"/applications/{application.ref}"
    if application.state is not State.DRAFT or application.matter.rests_on_registration:
        return first_open(application)
    return f"{at}/dwelling" if application.matter.asks_home else f"{at}/why"


def other_matter(request: Request, error: ConflictError) -> Response:
    """Say why this matter cannot be begun, and lead to the one that can."""
    cause, on = str(error.facts.get("cause", "")), error.facts.get("on")
    href = _way_out(cause)
    if href is None:
        raise error
    ward = bool(error.facts.get("ward")) and cause in _OF_A_CHILD
    view = ProblemView(
        kind="not_begun",
        code=error.code,
        reference=reference(8),
        reason=Reason(f"CHILD_{cause}" if ward else cause),
        on=on if isinstance(on, date) else None,
        href=f"{href}/child" if ward and cause in _INSTEAD else href,
    )
    return page(request, "certstore/problem.html", view, 409)


def _way_out(cause: str) -> str | None:
    if cause in _INSTEAD:
        return f"/apply/{_INSTEAD[cause].path}"
    if cause in _TO_CHOICES:
        return "/together"
    if cause in _TO_LOSSES:
        return "/loss"
    if cause in _TO_CERTIFICATES:
        return "/certificates"
    return "/windows" if cause in _TO_COUNTERS else None


def _matter(path: str) -> Matter:
    for matter in Matter:
        if matter.path == path and matter.applied_for:
            return matter
    raise NotFoundError("there is no such matter here", where=path)
