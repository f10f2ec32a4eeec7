"""What an applicant does to prove: the face verification, the commitment letter."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.errors import ConflictError, MalformedError, UnavailableError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from face_auth.acceptance import FaceDesk
from face_auth.challenge import State as FaceState
from issuance.answers import is_answered
from issuance.application import Application
from issuance.apply import MOST_FACES_A_DAY, ApplyDesk
from issuance.checklist import Checked
from issuance.commitment import digest_of
from issuance.drafts import the_draft
from issuance.pages.question_pages import after_former, question
from issuance.pages.question_views import CommitmentView, FaceView
from issuance.pages.views import Errors
from verifiers.materials.vocabulary import Material

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Applying = Annotated[ApplyDesk, desk(ApplyDesk)]
Face = Annotated[FaceDesk, desk(FaceDesk)]
Text = Annotated[str, Form(max_length=400)]
Flag = Annotated[str, Query(max_length=1)]
_FORM = [Depends(check_form)]
_LATER = "/applications"


@router.get("/applications/{ref}/face")
def face(
    ref: str, request: Request, me: Me, applying: Applying, faces: Face, waiting: Flag = ""
) -> Response:
    """A face verification in place of the identity card; one that is waited for is asked about."""
    application = the_draft(applying, me, ref)
    if not is_answered(application.answers):  # perhaps any more: another window changed it
        return see_other(f"/applications/{ref}/dwelling?unanswered=1")
    if applying.is_child_alone(application):  # no face of theirs is looked at
        return see_other(f"/applications/{ref}/check")
    txn = applying.last_face(me, ref) if waiting else None
    if txn is not None:
        with suppress(UnavailableError):  # not to be had yet
            faces.fetch(txn, me.holder, me.account)
    return _ask_face(request, application, me, (applying, faces), waiting=txn is not None)


@router.post("/applications/{ref}/face", dependencies=_FORM)
def begin_face(
    ref: str, request: Request, me: Me, applying: Applying, faces: Face, later: Text = ""
) -> Response:
    """Leave for the provider; the way back leads here."""
    if later:
        return see_other(_LATER)
    application = the_draft(applying, me, ref)
    if applying.is_child_alone(application):
        return see_other(f"/applications/{ref}/check")
    try:
        return see_other(applying.verify_face(me, ref, f"/applications/{ref}/face").url)
    except ConflictError as error:
        if error.facts.get("cause") != "TOO_MANY_FACES":
            raise
        return _ask_face(request, application, me, (applying, faces), too_many=True)


@router.get("/applications/{ref}/commitment")
def commitment(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """The commitment letter."""
    return _ask_commitment(request, the_draft(applying, me, ref), me, applying)


@router.post("/applications/{ref}/commitment", dependencies=_FORM)
def sign_commitment(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    signature: Text = "",
    agreed: Text = "",
    letter_sha256: Text = "",
    later: Text = "",
) -> Response:
    """Sign it, as it was shown: `letter_sha256` is of the text on the page."""
    application = the_draft(applying, me, ref)
    if later:
        return see_other(_LATER)
    errors = {} if signature.strip() else {"signature": "missing"}
    if agreed != "1":
        errors["agreed"] = "missing"
    if letter_sha256 and letter_sha256 != digest_of(applying.letter(application)):
        errors["agreed"] = "changed"  # in another window, or at midnight
    if not errors:
        try:
            applying.sign(me, ref, signature)
        except MalformedError:
            errors["signature"] = "mismatch"
    if errors:
        return _ask_commitment(request, application, me, applying, signature, errors)
    return see_other(f"/applications/{ref}/check")


@router.post("/applications/{ref}/commitment/withdraw", dependencies=_FORM)
def withdraw_commitment(ref: str, me: Me, applying: Applying) -> Response:
    """Take the letter back before submission."""
    applying.take_back(me, ref)
    return see_other(f"/applications/{ref}/commitment")


def _ask_face(
    request: Request,
    application: Application,
    me: Resident,
    desks: tuple[ApplyDesk, FaceDesk],
    *,
    too_many: bool = False,
    waiting: bool = False,
) -> Response:
    applying, faces = desks
    checked = applying.check(me, application.ref)
    passed = checked.decision.materials[Material.IDENTITY].asks_nothing_again
    tried, because = _last_try(applying, faces, me, application.ref)
    failed = too_many or tried in {FaceState.FAILED, FaceState.EXPIRED}
    pending = waiting and tried is FaceState.OPEN
    provider, lang = faces.usable(), dress_of(request).lang
    letter = _letter(application, checked) if passed else None
    asked = question(application, "face", letter=letter)
    if application.matter.rests_on_registration:  # its first page
        asked = after_former(asked, applying.former(me, application.ref))
    view = FaceView(
        question=asked,
        state="passed" if passed else "failed" if failed else "pending" if pending else "start",
        provider=getattr(provider, f"name_{lang}", ""),
        reason=because,
        most_a_day=MOST_FACES_A_DAY,
        too_many=too_many,
        sandbox=bool(provider and provider.sandbox),
        next_href=_after_face(application, checked) if passed or pending else None,
        upload_href=f"/applications/{application.ref}/materials/identity",
    )
    return page(request, "issuance/face.html", view, 409 if too_many else 200)


def _last_try(
    applying: ApplyDesk, faces: FaceDesk, me: Resident, ref: str
) -> tuple[FaceState | None, str | None]:
    """How the last face verification stands, and why it failed, as a code of the pages."""
    txn = applying.last_face(me, ref)
    if txn is None:
        return None, None
    standing = faces.outcome(txn, me.account)
    return standing.state, standing.because


def _ask_commitment(
    request: Request,
    application: Application,
    me: Resident,
    applying: ApplyDesk,
    typed: str = "",
    errors: Errors | None = None,
) -> Response:
    answers, letter, at = application.answers, application.commitment, application.ref
    if answers.relative is None:
        return see_other(f"/applications/{at}/relative")
    if letter is None and not applying.check(me, at).asks_for_letter:
        return see_other(f"/applications/{at}/check")
    text = letter.text if letter else applying.letter(application)
    view = CommitmentView(
        question=question(application, "commitment", letter=True),
        lines=tuple(text.split("\n")),
        relative=answers.relative.name,
        relation=answers.relative.relation,  # type: ignore[arg-type]  # checked when kept
        address=answers.full_address(applying.city),
        letter_sha256=digest_of(text),
        dwelling="rent" if answers.dwelling == "rent" else "own",
        signature=typed,
        signed_at=letter.signed_at if letter else None,
        next_href=f"/applications/{at}/check" if letter else None,
        errors=errors or {},
    )
    return page(request, "issuance/commitment.html", view, 422 if errors else 200)


def _letter(application: Application, checked: Checked) -> bool:
    return checked.asks_for_letter or application.commitment is not None


def _after_face(application: Application, checked: Checked) -> str:
    letter = checked.asks_for_letter and application.commitment is None
    return f"/applications/{application.ref}/{'commitment' if letter else 'check'}"
