"""The questions of an application, one a page: the home, the face, the commitment letter."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.clock import local_date
from certstore.errors import ConflictError, MalformedError
from certstore.holdings import HoldingsDesk
from certstore.offices import source_office
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from face_auth.acceptance import FaceDesk
from issuance.application import Answers, Application, Relative, State
from issuance.apply import ApplyDesk, is_answered
from issuance.checklist import Checked, ChecklistDesk
from issuance.pages.application_pages import (
    answers_from,
    found_home,
    question,
)
from issuance.pages.views import (
    AddressView,
    CommitmentView,
    DwellingView,
    Errors,
    FaceView,
    FoundRecord,
    RelativeView,
    SourceDown,
)

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Applying = Annotated[ApplyDesk, desk(ApplyDesk)]
Checking = Annotated[ChecklistDesk, desk(ChecklistDesk)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
Face = Annotated[FaceDesk, desk(FaceDesk)]
Text = Annotated[str, Form(max_length=400)]
_FORM = [Depends(check_form)]
_LATER = "/applications"


# -- questions -----------------------------------------------------------------------------


@router.get("/applications/{ref}/dwelling")
def dwelling(
    ref: str, request: Request, me: Me, applying: Applying, holdings: Holdings
) -> Response:
    """What kind of home."""
    return _ask_dwelling(request, _draft(applying, me, ref), me, (applying, holdings))


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
    application = _draft(applying, me, ref)
    if later:
        return see_other(_LATER)
    if not dwelling:
        errors = {"dwelling": "missing"}
        return _ask_dwelling(request, application, me, (applying, holdings), errors)
    if dwelling == "here":
        found = _found(request, me, applying, holdings)
        answers = answers_from(found, applying.city, applying.districts) if found else None
        if answers is not None:
            applying.answer(me, ref, answers)
            return see_other(f"/applications/{ref}/face")
        dwelling = "rent"
    if dwelling == "other":
        return see_other("/settings#counter")
    kept = application.answers
    fresh = kept if kept.dwelling == dwelling else Answers(dwelling=dwelling)
    whose = "self" if dwelling == "dormitory" else fresh.occupier
    try:
        applying.answer(me, ref, replace(fresh, dwelling=dwelling, occupier=whose))
    except MalformedError as error:
        return _ask_dwelling(request, application, me, (applying, holdings), _errors(error))
    following = "address" if dwelling == "dormitory" else "relative"
    return see_other(f"/applications/{ref}/{following}")


@router.get("/applications/{ref}/relative")
def relative(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """Whose home."""
    application = _draft(applying, me, ref)
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
    application = _draft(applying, me, ref)
    if later:
        return see_other(_LATER)
    said = None
    if whose == "relative":
        said = Relative(relative_name, relative_id_number.strip(), relation)
    answers = replace(application.answers, occupier=whose, relative=said)
    if not whose:
        return _ask_relative(request, application, answers, {"whose": "missing"})
    try:
        applying.answer(me, ref, answers)
    except MalformedError as error:
        return _ask_relative(request, application, answers, _errors(error))
    return see_other(f"/applications/{ref}/address")


@router.get("/applications/{ref}/address")
def address(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """Where."""
    application = _draft(applying, me, ref)
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
    application = _draft(applying, me, ref)
    if later:
        return see_other(_LATER)
    answers = replace(application.answers, district=district, address=address)
    given = {"district": district, "address": address.strip()}
    errors = {name: "missing" for name, value in given.items() if not value}
    if errors:
        return _ask_address(request, application, answers, applying, errors)
    try:
        applying.answer(me, ref, answers)
    except MalformedError as error:
        return _ask_address(request, application, answers, applying, _errors(error))
    return see_other(f"/applications/{ref}/face")


# -- face and commitment -------------------------------------------------------------------


@router.get("/applications/{ref}/face")
def face(
    ref: str, request: Request, me: Me, applying: Applying, checking: Checking, faces: Face
) -> Response:
    """A face verification in place of the identity card."""
    application = _draft(applying, me, ref)
    if not is_answered(application.answers):
        return see_other(f"/applications/{ref}/dwelling")
    checked = checking.check(application)
    provider = faces.usable()
    state, reason = _face_state(faces, application, checked)
    lang = dress_of(request).lang
    view = FaceView(
        question=question(application, "face", letter=checked.decision.awaits_letter),
        state=state,  # type: ignore[arg-type]  # start, passed or failed
        provider=getattr(provider, f"name_{lang}", ""),
        reason=reason,
        sandbox=bool(provider and provider.sandbox),
        next_href=_after_face(application, checked) if state == "passed" else None,
    )
    return page(request, "issuance/face.html", view)


@router.post("/applications/{ref}/face", dependencies=_FORM)
def begin_face(ref: str, me: Me, applying: Applying, later: Text = "") -> Response:
    """Leave for the provider; the way back leads here."""
    if later:
        return see_other(_LATER)
    _draft(applying, me, ref)
    return see_other(applying.verify_face(me, ref, f"/applications/{ref}/face").url)


@router.get("/applications/{ref}/commitment")
def commitment(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """The commitment letter."""
    return _ask_commitment(request, _draft(applying, me, ref), applying)


@router.post("/applications/{ref}/commitment", dependencies=_FORM)
def sign_commitment(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    signature: Text = "",
    agreed: Text = "",
    later: Text = "",
) -> Response:
    """Sign it."""
    application = _draft(applying, me, ref)
    if later:
        return see_other(_LATER)
    errors = {} if signature.strip() else {"signature": "missing"}
    if agreed != "1":
        errors["agreed"] = "missing"
    if not errors:
        try:
            applying.sign(me, ref, signature)
        except MalformedError:
            errors["signature"] = "mismatch"
    if errors:
        return _ask_commitment(request, application, applying, signature, errors)
    return see_other(f"/applications/{ref}/check")


@router.post("/applications/{ref}/commitment/withdraw", dependencies=_FORM)
def withdraw_commitment(ref: str, me: Me, applying: Applying) -> Response:
    """Take the letter back before submission."""
    applying.take_back(me, ref)
    return see_other(f"/applications/{ref}/commitment")


# -- the pages of questions ----------------------------------------------------------------


def _ask_dwelling(
    request: Request,
    application: Application,
    me: Resident,
    desks: tuple[ApplyDesk, HoldingsDesk],
    errors: Errors | None = None,
) -> Response:
    applying, holdings = desks
    down = {"housing", "natural_resources"} & set(applying.checklist.sources_down)
    lang = dress_of(request).lang
    view = DwellingView(
        question=question(application, "dwelling", letter=False),
        found=_found(request, me, applying, holdings),
        chosen=application.answers.dwelling or None,  # type: ignore[arg-type]  # checked when kept
        source_down=SourceDown(source_office(min(down), lang)) if down else None,
        errors=errors or {},
    )
    return page(request, "issuance/dwelling.html", view, 422 if errors else 200)


def _ask_relative(
    request: Request, application: Application, said: Answers, errors: Errors | None = None
) -> Response:
    relative = said.relative
    view = RelativeView(
        question=question(application, "relative", letter=False),
        kind="own" if said.dwelling == "own" else "rent",
        whose=said.occupier or None,  # type: ignore[arg-type]  # self or relative
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
        question=question(application, "address", letter=False),
        districts=applying.districts,
        district=said.district,
        address=said.address,
        errors=errors or {},
    )
    return page(request, "issuance/address.html", view, 422 if errors else 200)


def _ask_commitment(
    request: Request,
    application: Application,
    applying: ApplyDesk,
    typed: str = "",
    errors: Errors | None = None,
) -> Response:
    answers, letter = application.answers, application.commitment
    if answers.relative is None:
        return see_other(f"/applications/{application.ref}/relative")
    view = CommitmentView(
        question=question(application, "commitment", letter=True),
        applicant=application.applicant.name,
        applicant_id_number=application.applicant.id_number,
        relative=answers.relative.name,
        relation=answers.relative.relation,  # type: ignore[arg-type]  # checked when kept
        address=answers.full_address(applying.city),
        document="lease_filing" if answers.dwelling == "rent" else "property_certificate",
        today=local_date(applying.clock.now()),
        signature=typed,
        signed_at=letter.signed_at if letter else None,
        next_href=f"/applications/{application.ref}/check" if letter else None,
        errors=errors or {},
    )
    return page(request, "issuance/commitment.html", view, 422 if errors else 200)


def _draft(applying: ApplyDesk, me: Resident, ref: str) -> Application:
    application = applying.get(me, ref)
    if application.state is not State.DRAFT:
        raise ConflictError(
            "the application was submitted; its answers are fixed",
            where=ref,
            remedy="look at its progress",
        )
    return application


def _found(
    request: Request, me: Resident, applying: ApplyDesk, holdings: HoldingsDesk
) -> FoundRecord | None:
    now = applying.clock.now()
    return found_home(holdings.of(me), me.holder.name, now, dress_of(request).lang)


def _face_state(
    faces: FaceDesk, application: Application, checked: Checked
) -> tuple[str, str | None]:
    identity = next(iter(checked.decision.materials.values()))
    if identity.asks_nothing_again:
        return "passed", None
    results = faces.results_for(application.applicant, application.ref)
    if not results:
        return "start", None
    return "failed", None


def _after_face(application: Application, checked: Checked) -> str:
    letter = checked.decision.awaits_letter and application.commitment is None
    return f"/applications/{application.ref}/{'commitment' if letter else 'check'}"


def _errors(error: MalformedError) -> dict[str, str]:
    return {error.where or "": str(error.facts.get("cause", "malformed"))}
