"""The counter's pages of one case, while its person is present."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from certstore.callers import Officer
from certstore.clock import local_date
from certstore.errors import ConflictError, ForbiddenError, MalformedError
from certstore.holdings import HoldingsDesk
from certstore.reception import House, desk
from certstore.web.answers import dress_of, page, see_other
from issuance.answers import faults_of
from issuance.application import Answers, Application, Relative, State
from issuance.commitment import AT_COUNTER
from issuance.counter.cases.desk import AtCounter, IntakeDesk
from issuance.counter.page_routes import FORM, CounterRoute, Intake, Me, Ref, Reviewing, at_desk
from issuance.pages.counter_pages import Beside, case_view, receipt_view
from issuance.pages.counter_views import CounterCaseView, HomeTyped
from issuance.pages.question_pages import answers_from, found_home, guardians_home
from issuance.pages.question_views import FoundRecord
from issuance.review import ReviewDesk

TEMPLATE = "issuance/desk_counter_case.html"
_FAULTS = {"MOVED": "moved", "TOO_MANY_FILES": "room"}
Text = Annotated[str, Form(max_length=400)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]


class CaseRoute(CounterRoute):
    """A route of one case: what moved meanwhile is told on its page, as it stands now."""

    def told(self, request: Request, error: ConflictError | ForbiddenError) -> Response:
        """The case as it stands, and why nothing was done; raises what has no page."""
        cause = str(error.facts.get("cause"))
        missing = isinstance(error.facts.get("missing"), list)
        me, ref = request.state.caller, request.path_params.get("ref", "")
        known = _FAULTS.get(cause) or ("missing" if missing else "")
        if not known or not isinstance(me, Officer):
            return super().told(request, error)
        house: House = request.app.state.house
        shown = CaseDesks(house.find(IntakeDesk), house.find(ReviewDesk), house.find(HoldingsDesk))
        view = shown.view(request, me, shown.intake.look(me, ref))
        return page(request, TEMPLATE, replace(view, fault=known), 409)


router = APIRouter(prefix="/desk/counter", include_in_schema=False, route_class=CaseRoute)


class CaseDesks:
    """What a page of a case is put together from."""

    def __init__(self, intake: Intake, reviewing: Reviewing, holdings: Holdings) -> None:
        """As the house has them."""
        self.intake, self.reviewing, self.holdings = intake, reviewing, holdings

    def beside(self, request: Request, me: Officer, at: AtCounter) -> Beside:
        """What stands beside the case."""
        applying, application = self.intake.applying, at.application
        bar, lang = at_desk(me, self.reviewing), dress_of(request).lang
        letter = ""
        if at.checked is not None and at.checked.asks_for_letter and application.answers.relative:
            letter = applying.letter(application, AT_COUNTER)
        return Beside(
            officer=bar.officer,
            office=bar.office,
            waiting=bar.waiting,
            today=local_date(applying.clock.now()),
            due=applying.due(application.matter),
            city=applying.city,
            districts=applying.districts,
            lang=lang,
            life=self.intake.presence.life,
            letter=letter,
            found=self.found(request, at),
        )

    def found(self, request: Request, at: AtCounter) -> FoundRecord | None:
        """A home on file in the person's own name, to be confirmed rather than typed."""
        application, me = at.application, at.visit.resident
        if application.state is not State.DRAFT:
            return None
        if application.guardian and guardians_home(application) is None:
            return None
        applying = self.intake.applying
        return found_home(
            self.holdings.of(me),
            application,
            applying.clock.now(),
            dress_of(request).lang,
            lambda address: applying.is_left(application, address),
        )

    def view(self, request: Request, me: Officer, at: AtCounter) -> CounterCaseView:
        """The page of the case."""
        return case_view(at, self.beside(request, me, at))


Desks = Annotated[CaseDesks, Depends(CaseDesks)]


@router.get("/{ref}")
def case(ref: Ref, request: Request, me: Me, desks: Desks) -> Response:
    """The case as it stands, with what can be done."""
    return page(request, TEMPLATE, desks.view(request, me, desks.intake.look(me, ref)))


@router.get("/{ref}/receipt")
def receipt(ref: Ref, request: Request, me: Me, desks: Desks) -> Response:
    """The notice that it was taken in, to be printed."""
    at = desks.intake.look(me, ref)
    received = at.application.submitted_at
    if received is None:
        return see_other(f"/desk/counter/{ref}")
    view = receipt_view(at, desks.beside(request, me, at), received)
    return page(request, "issuance/desk_counter_receipt.html", view)


@router.get("/{ref}/document")
def document(ref: Ref, me: Me, intake: Intake) -> Response:
    """The signed certificate, to be printed; its name says nothing about the person."""
    headers = {"Content-Disposition": 'inline; filename="certificate.pdf"'}
    data = intake.document(me, ref)
    return Response(data, media_type="application/pdf", headers=headers)


# -- a draft -------------------------------------------------------------------------------


@router.post("/{ref}/home", dependencies=FORM)
def home(
    ref: Ref,
    request: Request,
    me: Me,
    desks: Desks,
    dwelling: Text = "",
    whose: Text = "",
    relation: Text = "",
    relative_name: Text = "",
    relative_id_number: Text = "",
    district: Text = "",
    address: Text = "",
) -> Response:
    """Keep what the person says about the home, all of it at once."""
    at = desks.intake.look(me, ref)
    said = _said(at.application, (dwelling, whose), (district, address))
    if said.occupier == "relative" and whose == "relative":
        said = replace(said, relative=Relative(relative_name, relative_id_number, relation))
    errors = {} if dwelling else {"dwelling": "missing"}
    if dwelling != "dormitory" and not whose:
        errors["whose"] = "missing"
    errors |= {n: "missing" for n, v in (("district", district), ("address", address)) if not v}
    try:
        if not errors:
            desks.intake.answer(me, ref, said)
    except MalformedError as error:
        errors = dict(faults_of(error))
    if not errors:
        return see_other(f"/desk/counter/{ref}")
    view = desks.view(request, me, at)
    typed = HomeTyped(
        dwelling=dwelling,
        whose=whose,
        relation=relation,
        relative_name=relative_name,
        relative_id_number=relative_id_number,
        district=district,
        address=address,
    )
    mended = replace(view, home=typed, failed="home", errors=errors)
    return page(request, TEMPLATE, mended, 422)


@router.post("/{ref}/why", dependencies=FORM)
def why(
    ref: Ref, request: Request, me: Me, desks: Desks, ground: Text = "", about: Text = ""
) -> Response:
    """Keep why a card is issued anew, or what is cancelled and why."""
    try:
        desks.intake.say_why(me, ref, ground, about)
    except MalformedError as error:
        view = desks.view(request, me, desks.intake.look(me, ref))
        faults = dict(faults_of(error))
        again = replace(view, why=ground, about=about, failed="why", errors=faults)
        return page(request, TEMPLATE, again, 422)
    return see_other(f"/desk/counter/{ref}")


@router.post("/{ref}/here", dependencies=FORM)
def here(ref: Ref, request: Request, me: Me, desks: Desks) -> Response:
    """Answer by the home on file; where it does not do, the questions are asked."""
    at, applying = desks.intake.look(me, ref), desks.intake.applying
    found = desks.found(request, at)
    said = found and answers_from(found, at.application, applying.city, applying.districts)
    try:
        if said:
            desks.intake.answer(me, ref, said)
    except MalformedError as error:
        mended = replace(desks.view(request, me, at), failed="home", errors=faults_of(error))
        return page(request, TEMPLATE, mended, 422)
    return see_other(f"/desk/counter/{ref}")


@router.post("/{ref}/letter", dependencies=FORM)
def sign(
    ref: Ref,
    request: Request,
    me: Me,
    desks: Desks,
    signature: Text = "",
    agreed: Text = "",
    letter_sha256: Text = "",
) -> Response:
    """The person signs the letter as it was shown, by typing their name."""
    errors = {} if signature.strip() else {"signature": "missing"}
    if agreed != "1":
        errors["agreed"] = "missing"
    try:
        if not errors:
            desks.intake.sign(me, ref, signature, letter_sha256)
    except MalformedError:
        errors = {"signature": "mismatch"}
    if not errors:
        return see_other(f"/desk/counter/{ref}")
    view = desks.view(request, me, desks.intake.look(me, ref))
    return page(request, TEMPLATE, replace(view, failed="letter", errors=errors), 422)


@router.post("/{ref}/letter/withdraw", dependencies=FORM)
def take_letter_back(ref: Ref, me: Me, intake: Intake) -> Response:
    """Take the letter back before it is sent."""
    intake.take_letter_back(me, ref)
    return see_other(f"/desk/counter/{ref}")


@router.post("/{ref}/submit", dependencies=FORM)
def submit(
    ref: Ref,
    request: Request,
    me: Me,
    desks: Desks,
    seal: Text = "",
    understood: Text = "",
    ends: Text = "",
) -> Response:
    """Send it; the second click leads to the same page. Who cancels has understood what ends."""
    if ends and understood != "1":
        view = desks.view(request, me, desks.intake.look(me, ref))
        unsaid = replace(view, failed="submit", errors={"understood": "missing"})
        return page(request, TEMPLATE, unsaid, 422)
    desks.intake.submit(me, ref, seal, ends)
    return see_other(f"/desk/counter/{ref}")


@router.post("/{ref}/supply", dependencies=FORM)
def supply(ref: Ref, me: Me, intake: Intake) -> Response:
    """Send what was asked for."""
    intake.supply(me, ref)
    return see_other(f"/desk/counter/{ref}")


@router.post("/{ref}/withdraw", dependencies=FORM)
def withdraw(ref: Ref, me: Me, intake: Intake, seal: Text = "") -> Response:
    """Withdraw it for the person."""
    intake.withdraw(me, ref, seal)
    return see_other(f"/desk/counter/{ref}")


def _said(application: Application, home: tuple[str, str], where: tuple[str, str]) -> Answers:
    """The answers of the form, without a relative who must be named first."""
    dwelling, whose = home
    own = guardians_home(application) if whose == "guardian" else None
    whose = "self" if dwelling == "dormitory" else "relative" if own else whose
    return Answers(
        dwelling=dwelling,
        occupier=whose,
        relative=own,
        district=where[0],
        address=where[1],
        child=application.answers.child,
    )
