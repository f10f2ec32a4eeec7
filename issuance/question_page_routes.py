"""The questions about the home, one a page: what kind, whose, where."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.errors import MalformedError
from certstore.holdings import HoldingsDesk
from certstore.offices import source_office
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.answers import Fault, faults_of
from issuance.application import Answers, Application, Relative
from issuance.apply import ApplyDesk
from issuance.drafts import the_draft
from issuance.pages.question_pages import (
    after_former,
    answers_from,
    found_home,
    guardians_home,
    question,
)
from issuance.pages.question_views import (
    AddressView,
    DwellingView,
    FoundRecord,
    RelativeView,
    SourceDown,
)
from issuance.pages.views import Errors

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Applying = Annotated[ApplyDesk, desk(ApplyDesk)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
Text = Annotated[str, Form(max_length=400)]
Flag = Annotated[str, Query(max_length=1)]
_FORM = [Depends(check_form)]
_LATER = "/applications"


@router.get("/applications/{ref}/dwelling")
def dwelling(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    holdings: Holdings,
    unanswered: Flag = "",
) -> Response:
    """What kind of home; of a matter that asks nothing about it, its own question instead.

    `unanswered`: led back here from a later page, as an answer is missing by now.
    """
    application = the_draft(applying, me, ref)
    if not application.matter.asks_home:
        return see_other(f"/applications/{ref}/why")
    view = _dwelling_view(request, application, me, (applying, holdings))
    return page(request, "issuance/dwelling.html", replace(view, unanswered=unanswered == "1"))


@router.post("/applications/{ref}/dwelling", dependencies=_FORM)
def answer_dwelling(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    holdings: Holdings,
    dwelling: Text = "",
    later: Text = "",
) -> Response:
    """Keep the kind of home; `here` takes over what is on file."""
    application = the_draft(applying, me, ref)
    if later:
        return see_other(_LATER)
    if not dwelling:
        errors = {"dwelling": "missing"}
        return _ask_dwelling(request, application, me, (applying, holdings), errors)
    if dwelling == "here":
        found = _found(request, me, application, (applying, holdings))
        if found is not None and (taken := _take_over(applying, me, application, found)):
            return see_other(f"/applications/{taken.ref}/face")
        dwelling = "rent"
    if dwelling == "other":
        return see_other("/windows")
    try:
        applying.answer(me, ref, _with_dwelling(application.answers, dwelling))
    except MalformedError as error:
        return _ask_dwelling(request, application, me, (applying, holdings), faults_of(error))
    following = "address" if dwelling == "dormitory" else "relative"
    return see_other(f"/applications/{ref}/{following}")


@router.get("/applications/{ref}/relative")
def relative(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """Whose home."""
    application = the_draft(applying, me, ref)
    if application.answers.dwelling not in {"rent", "own"}:
        return see_other(f"/applications/{ref}/dwelling")
    return _ask_relative(request, application, application.answers)


@router.post("/applications/{ref}/relative", dependencies=_FORM)
def answer_relative(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    whose: Text = "",
    relation: Text = "",
    relative_name: Text = "",
    relative_id_number: Text = "",
    later: Text = "",
) -> Response:
    """Keep whose home it is."""
    application = the_draft(applying, me, ref)
    if later:
        return see_other(_LATER)
    said = None
    if whose == "relative":
        said = Relative(relative_name, relative_id_number.strip(), relation)
    own = guardians_home(application) if whose == "guardian" else None
    occupier = "relative" if own else whose
    answers = replace(application.answers, occupier=occupier, relative=own or said, confirmed=False)
    if not whose:
        return _ask_relative(request, application, answers, {"whose": "missing"})
    try:
        applying.answer(me, ref, answers)
    except MalformedError as error:
        return _ask_relative(request, application, answers, faults_of(error))
    return see_other(f"/applications/{ref}/address")


@router.get("/applications/{ref}/address")
def address(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """Where."""
    application = the_draft(applying, me, ref)
    if not application.matter.asks_home:
        return see_other(f"/applications/{ref}/why")
    return _ask_address(request, application, application.answers, applying)


@router.post("/applications/{ref}/address", dependencies=_FORM)
def answer_address(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    district: Text = "",
    address: Text = "",
    later: Text = "",
) -> Response:
    """Keep the address."""
    application = the_draft(applying, me, ref)
    if later:
        return see_other(_LATER)
    answers = replace(application.answers, district=district, address=address, confirmed=False)
    given = {"district": district, "address": address.strip()}
    missing: dict[str, Fault] = {n: Fault("missing") for n, value in given.items() if not value}
    try:
        if not missing:
            applying.answer(me, ref, answers)
    except MalformedError as error:
        missing = faults_of(error)
    if missing:
        return _ask_address(request, application, answers, applying, missing)
    return see_other(f"/applications/{ref}/face")


# -- the pages of questions ---------------------------------------------------------------


def _ask_dwelling(
    request: Request,
    application: Application,
    me: Resident,
    desks: tuple[ApplyDesk, HoldingsDesk],
    errors: Errors,
) -> Response:
    view = replace(_dwelling_view(request, application, me, desks), errors=errors)
    return page(request, "issuance/dwelling.html", view, 422)


def _dwelling_view(
    request: Request,
    application: Application,
    me: Resident,
    desks: tuple[ApplyDesk, HoldingsDesk],
) -> DwellingView:
    applying, _ = desks
    down = {"housing", "natural_resources"} & set(applying.checklist.sources_down)
    lang = dress_of(request).lang
    return DwellingView(
        question=after_former(
            question(application, "dwelling"), applying.former(me, application.ref)
        ),
        found=_found(request, me, application, desks),
        chosen=_chosen(application.answers),  # type: ignore[arg-type]  # checked when kept
        source_down=SourceDown(source_office(min(down), lang)) if down else None,
    )


def _ask_relative(
    request: Request, application: Application, said: Answers, errors: Errors | None = None
) -> Response:
    own = _whose(application, said) == "guardian"
    relative = None if own else said.relative
    view = RelativeView(
        question=question(application, "relative"),
        kind="own" if said.dwelling == "own" else "rent",
        whose=_whose(application, said),  # type: ignore[arg-type]  # the words of the view
        guardian=guardians_home(application) is not None,
        relation=(relative.relation or None) if relative else None,  # type: ignore[arg-type]  # as above
        relative_name=relative.name if relative else "",
        relative_id_number=relative.id_number if relative else "",
        errors=errors or {},
    )
    return page(request, "issuance/relative.html", view, 422 if errors else 200)


def _ask_address(
    request: Request,
    application: Application,
    said: Answers,
    applying: ApplyDesk,
    errors: Errors | None = None,
) -> Response:
    view = AddressView(
        question=question(application, "address"),
        districts=applying.districts,
        district=said.district,
        address=said.address,
        errors=errors or {},
    )
    return page(request, "issuance/address.html", view, 422 if errors else 200)


def _whose(application: Application, said: Answers) -> str | None:
    own = said.relative is not None and said.relative.id_number == application.actor.id_number
    return "guardian" if own and application.guardian else said.occupier or None


def _chosen(said: Answers) -> str | None:
    return "here" if said.confirmed else said.dwelling or None


def _with_dwelling(said: Answers, dwelling: str) -> Answers:
    """The answers with this kind of home; another kind begins them anew."""
    kept = said if said.dwelling == dwelling else Answers(child=said.child)
    whose = "self" if dwelling == "dormitory" else kept.occupier
    return replace(kept, dwelling=dwelling, occupier=whose, confirmed=False)


def _take_over(
    applying: ApplyDesk, me: Resident, application: Application, found: FoundRecord
) -> Application | None:
    """Answer by a home on file; None where its address does not do, so that it is asked."""
    answers = answers_from(found, application, applying.city, applying.districts)
    if answers is None:
        return None
    try:
        return applying.answer(me, application.ref, answers)
    except MalformedError:
        return None


def _found(
    request: Request,
    me: Resident,
    application: Application,
    desks: tuple[ApplyDesk, HoldingsDesk],
) -> FoundRecord | None:
    applying, holdings = desks
    if application.guardian and guardians_home(application) is None:
        return None
    left: Callable[[str], bool] = lambda address: applying.is_left(application, address)  # noqa: E731
    now, lang = applying.clock.now(), dress_of(request).lang
    return found_home(holdings.of(me), application, now, lang, left)
