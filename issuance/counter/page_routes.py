"""The counter's pages before a case: who is here, what they applied for, what is begun."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from certstore.callers import Officer
from certstore.clock import local_date
from certstore.errors import ConflictError, ForbiddenError, MalformedError
from certstore.pages.views import Reason
from certstore.reception import House, desk, signed_in
from certstore.web.answers import check_form, page, see_other
from issuance.answers import faults_of
from issuance.application import Application, Child, Matter
from issuance.counter.cases.desk import IntakeDesk
from issuance.counter.presence import Arrival, PresenceDesk
from issuance.counter.visit import IdentityDocument
from issuance.pages.counter_pages import MATTERS, persons_cases, present_view
from issuance.pages.counter_views import (
    AtDesk,
    ChildTyped,
    CounterPersonView,
    CounterView,
)
from issuance.pages.desk_queue_pages import officer_name
from issuance.review import ReviewDesk
from issuance.waiting.queue import Asked

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Me = Annotated[Officer, signed_in(Officer)]
Presence = Annotated[PresenceDesk, desk(PresenceDesk)]
Intake = Annotated[IntakeDesk, desk(IntakeDesk)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Word = Annotated[str, Form(max_length=400)]
CaseRef = Annotated[str, Form(alias="ref", pattern="^[0-9a-z]{20}$")]
FORM = [Depends(check_form)]
_NOT_HERE = {"CHECK_AGAIN": ("again", 409), "NOT_PRESENT": ("nobody", 403)}
_PERSON = "issuance/desk_counter_person.html"


class CounterRoute(APIRoute):
    """A route of the counter: that nobody is there (any more) leads to comparing a card."""

    def get_route_handler(self) -> Handler:
        """The handler, its refusals told on the counter's own page."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except (ConflictError, ForbiddenError) as error:
                return await run_in_threadpool(self.told, request, error)

        return answer

    def told(self, request: Request, error: ConflictError | ForbiddenError) -> Response:
        """The page that says what was refused; raises what has no page."""
        known = _NOT_HERE.get(str(error.facts.get("cause")))
        me = request.state.caller
        if known is None or not isinstance(me, Officer):
            raise error
        house: House = request.app.state.house
        view = _empty(me, house.find(ReviewDesk))
        return page(request, "issuance/desk_counter.html", replace(view, why=known[0]), known[1])


router = APIRouter(prefix="/desk/counter", include_in_schema=False, route_class=CounterRoute)


@router.get("")
def counter(request: Request, me: Me, reviewing: Reviewing) -> Response:
    """Whose card is compared."""
    return page(request, "issuance/desk_counter.html", _empty(me, reviewing))


@router.post("", dependencies=FORM)
def arrive(
    request: Request,
    me: Me,
    presence: Presence,
    reviewing: Reviewing,
    person_name: Word = "",
    person_number: Word = "",
    identity_document: Word = "",
    identity_checked: Word = "",
    as_on_card: Word = "",
) -> Response:
    """Keep that somebody is here; by POST, as no number stands in an address."""
    said = Arrival(
        name=person_name,
        id_number=person_number,
        document=identity_document,
        compared=identity_checked == "yes",
        as_on_card=as_on_card == "1",
    )
    try:
        return see_other(f"/desk/counter/people/{presence.arrive(me, said).ref}")
    except MalformedError as error:
        typed = replace(
            _empty(me, reviewing),
            name=person_name,
            number=person_number,
            document=identity_document,
            errors=faults_of(error),
        )
        return page(request, "issuance/desk_counter.html", typed, 422)


@router.get("/people/{visit}")
def person(visit: Ref, request: Request, me: Me, intake: Intake, reviewing: Reviewing) -> Response:
    """What they applied for, and what can be begun."""
    return page(request, _PERSON, _person(me, intake, reviewing, visit))


@router.post("/people/{visit}/begin", dependencies=FORM)
def begin(
    visit: Ref,
    request: Request,
    me: Me,
    intake: Intake,
    reviewing: Reviewing,
    matter: Word = "",
    whom: Word = "",
    child_name: Word = "",
    child_id_number: Word = "",
    guardian_relation: Word = "",
    consented: Word = "",
) -> Response:
    """Begin an application, or go on with the one that is open."""
    child = Child(child_name, child_id_number, guardian_relation, consented == "1")
    wanted = matter if matter in MATTERS else ""
    errors = {} if wanted else {"matter": "missing"}
    if whom not in {"self", "child"}:
        errors["whom"] = "missing"
    view = replace(
        _person(me, intake, reviewing, visit),
        matter=wanted,
        whom=whom,
        child=ChildTyped(
            name=child_name,
            id_number=child_id_number,
            relation=guardian_relation,
            consented=child.consented,
        ),
    )
    if errors:
        return page(request, _PERSON, replace(view, errors=errors), 422)
    for_whom = child if whom == "child" else None
    return _begun(request, view, lambda: intake.begin(me, visit, Matter(wanted), for_whom))


@router.post("/people/{visit}/open", dependencies=FORM)
def open_case(visit: Ref, me: Me, intake: Intake, ref: CaseRef) -> Response:
    """Go on with a case of theirs."""
    return see_other(f"/desk/counter/{intake.open(me, visit, ref).ref}")


@router.post("/people/{visit}/again", dependencies=FORM)
def begin_again(
    visit: Ref, request: Request, me: Me, intake: Intake, reviewing: Reviewing, ref: CaseRef
) -> Response:
    """Begin anew what was refused or has ended, its answers kept."""
    view = _person(me, intake, reviewing, visit)
    return _begun(request, view, lambda: intake.begin_again(me, visit, ref))


def _begun(request: Request, view: CounterPersonView, do: Callable[[], Application]) -> Response:
    """On to the case; or why there is none, on the page of the person."""
    try:
        return see_other(f"/desk/counter/{do().ref}")
    except MalformedError as error:
        return page(request, _PERSON, replace(view, errors=faults_of(error)), 422)
    except ConflictError as error:
        cause = str(error.facts.get("cause", ""))
        if not cause or cause in _NOT_HERE:
            raise
        return page(request, _PERSON, replace(view, cannot=Reason(cause)), 409)


def _person(
    me: Officer, intake: IntakeDesk, reviewing: ReviewDesk, visit_ref: str
) -> CounterPersonView:
    visit, found = intake.cases(me, visit_ref)
    bar = at_desk(me, reviewing)
    return CounterPersonView(
        officer=bar.officer,
        office=bar.office,
        waiting=bar.waiting,
        ref=visit.ref,
        present=present_view(visit, intake.presence.life),
        cases=persons_cases(found, local_date(intake.applying.clock.now())),
        matters=MATTERS,
    )


def at_desk(me: Officer, reviewing: ReviewDesk) -> AtDesk:
    """What stands in the bar of every page."""
    waiting = reviewing.waiting(Asked(), me).counts["all"]
    return AtDesk(officer=officer_name(me), office=me.station, waiting=waiting)


def _empty(me: Officer, reviewing: ReviewDesk) -> CounterView:
    bar = at_desk(me, reviewing)
    return CounterView(
        officer=bar.officer,
        office=bar.office,
        waiting=bar.waiting,
        documents=tuple(kind.value for kind in IdentityDocument),
    )
