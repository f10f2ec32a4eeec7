"""The applicant's pages around the questions: the list, checking, submitting, the result."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.certificates import Certificate, Status
from certstore.clock import local_date
from certstore.errors import ConflictError, NotFoundError
from certstore.holdings import HoldingsDesk
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from certstore.web.dress import Lang
from issuance.answers import is_answered
from issuance.application import WITH_OFFICERS, Application, Matter, State
from issuance.apply import ApplyDesk
from issuance.counters import ServiceCounter, counters, counters_near
from issuance.findings.desk import FindingDesk
from issuance.grounds import ended_with
from issuance.joint.desk import JointDesk
from issuance.pages.application_pages import (
    applications_view,
    progress_view,
    submitted_view,
    with_asked,
)
from issuance.pages.check_pages import Around, check_view
from issuance.pages.decision_words import as_decided
from issuance.pages.joint_pages import followed_view
from issuance.pages.question_pages import drop_view, first_open
from issuance.pages.views import Counter, Errors, WindowsView
from issuance.progress.desk import ProgressDesk
from issuance.ratings.desk import RatingDesk
from issuance.ratings.rating import RATED_STATES
from issuance.ratings.words import RatingWord, rating_word
from issuance.supplementing import SupplementDesk

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Applying = Annotated[ApplyDesk, desk(ApplyDesk)]
Following = Annotated[ProgressDesk, desk(ProgressDesk)]
Supplements = Annotated[SupplementDesk, desk(SupplementDesk)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
Joints = Annotated[JointDesk, desk(JointDesk)]
Findings = Annotated[FindingDesk, desk(FindingDesk)]
Ratings = Annotated[RatingDesk, desk(RatingDesk)]
_FORM = [Depends(check_form)]


@router.get("/applications")
def applications(request: Request, me: Me, following: Following) -> Response:
    """My applications, and my cases that are none."""
    view = applications_view(following.all_of(me), following.besides(me))
    return page(request, "issuance/applications.html", view)


@router.get("/windows")
def windows(request: Request, applying: Applying) -> Response:
    """Every counter that takes these matters; where cards are made, the service points beside."""
    has_points = applying.offers(Matter.RESIDENCE_PERMIT)
    view = WindowsView(_counters(counters(), dress_of(request).lang), has_points)
    return page(request, "issuance/windows.html", view)


@router.get("/applications/{ref}")
def progress(
    ref: str,
    request: Request,
    me: Me,
    following: Following,
    supplements: Supplements,
    findings: Findings,
    joints: Joints,
    ratings: Ratings,
) -> Response:
    """Where an application stands, as far as the card in hand; a draft goes on with its questions.

    What comes next and by when, what is asked for, and what a courier said of its card.
    """
    found = following.one(me, ref)
    application = found.application
    if application.state is State.DRAFT:
        return see_other(first_open(application))
    view = progress_view(found, dress_of(request).lang)
    view = replace(view, revoked_why=_why_revoked(application, found.certificate, findings))
    view = with_asked(view, application, supplements.given(me, ref))
    view = replace(view, rating=_rating(me, application, ratings))
    if application.state is State.WAITING:
        view = replace(view, waits_for=followed_view(joints.follows(application)))
    return page(request, "issuance/progress.html", as_decided(view, application))


@router.post("/applications/{ref}/supply", dependencies=_FORM)
def supply(ref: str, me: Me, supplements: Supplements) -> Response:
    """Send what an officer asked for."""
    supplements.supply(me, ref)
    return see_other(f"/applications/{ref}")


@router.get("/applications/{ref}/withdraw")
def confirm_drop(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """Ask before a draft is given up; what was sent is withdrawn on its own page."""
    application = applying.get(me, ref)
    if application.state is not State.DRAFT:
        return see_other(f"/applications/{ref}")
    return page(request, "issuance/drop.html", drop_view(application))


@router.post("/applications/{ref}/withdraw", dependencies=_FORM)
def withdraw(ref: str, me: Me, applying: Applying) -> Response:
    """Withdraw an application that is not decided yet, or give a draft up."""
    applying.withdraw(me, ref)
    return see_other(f"/applications/{ref}")


# -- check and submit ----------------------------------------------------------------------


@router.get("/applications/{ref}/check")
def check(ref: str, request: Request, me: Me, applying: Applying) -> Response:
    """What is missing, what needs nothing, what was said."""
    application = applying.get(me, ref)
    if application.state is not State.DRAFT:
        return see_other(f"/applications/{ref}/submitted")
    if not is_answered(application.answers):
        return see_other(f"/applications/{ref}/dwelling?unanswered=1")
    return _ask_check(request, me, applying, application)


@router.post("/applications/{ref}/check", dependencies=_FORM)
def submit(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    understood: Annotated[str, Form(max_length=1)] = "",
    ends: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Submit; what is still to be done leads back to where it is done.

    Who cancels says first that they know what ends: `ends` is what the page said.
    """
    application = applying.get(me, ref)
    again = application.state is not State.DRAFT
    ending = () if again else _ends(me, applying, application)
    if ending and (understood != "1" or ends != ",".join(ending)):
        fault = "changed" if understood == "1" else "missing"
        return _ask_check(request, me, applying, application, {"understood": fault})
    try:
        applying.submit(me, ref)
    except ConflictError as error:
        missing = error.facts.get("missing")
        if not isinstance(missing, list):
            raise
        letter = missing == ["commitment_letter"]
        return see_other(f"/applications/{ref}/{'commitment' if letter else 'check'}")
    return see_other(f"/applications/{ref}/submitted{'?again=1' if again else ''}")


def _ends(me: Resident, applying: ApplyDesk, application: Application) -> tuple[str, ...]:
    """The types that a cancellation ends; none of any other matter."""
    about = application.answers.about
    return ended_with(about, applying.cancellable(me, application.ref)) if about else ()


def _ask_check(
    request: Request,
    me: Resident,
    applying: ApplyDesk,
    application: Application,
    errors: Errors | None = None,
) -> Response:
    lang = dress_of(request).lang
    around = Around(
        due=applying.due(application.matter),
        city=applying.city,
        lang=lang,
        child_alone=applying.is_child_alone(application),
        counters=_counters(counters_near(application.answers.district), lang),
        ends=_ends(me, applying, application),
        errors=errors or {},
    )
    view = check_view(application, applying.check(me, application.ref), around)
    return page(request, "issuance/check.html", view, 422 if errors else 200)


@router.get("/applications/{ref}/submitted")
def submitted(
    ref: str,
    request: Request,
    me: Me,
    applying: Applying,
    holdings: Holdings,
    findings: Findings,
    ratings: Ratings,
    again: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """The result, or when it comes."""
    application = applying.get(me, ref)
    if application.state is State.DRAFT:
        return see_other(f"/applications/{ref}/check")
    decided = not application.matter.asks_home and application.state not in WITH_OFFICERS
    if decided or application.state in {
        State.SUPPLEMENT,
        State.REFUSED,
        State.WITHDRAWN,
        State.WAITING,
        State.DONE,
    }:
        return see_other(f"/applications/{ref}")
    found, today = _certificate(me, application, holdings), local_date(applying.clock.now())
    view = submitted_view(application, found, today, again=again == "1")
    why, rating = _why_revoked(application, found, findings), _rating(me, application, ratings)
    view = replace(view, revoked_why=why, rating=rating)
    return page(request, "issuance/submitted.html", view)


def _rating(me: Resident, application: Application, ratings: RatingDesk) -> RatingWord | None:
    """How far its applicant has rated it; None of what is not decided, or cannot be rated."""
    if application.state not in RATED_STATES:
        return None
    _, known = ratings.of(me, application.ref)
    return rating_word(known, ratings.clock.now())


def _certificate(
    me: Resident, application: Application, holdings: HoldingsDesk
) -> Certificate | None:
    if application.state is not State.ISSUED or application.certificate_ref is None:
        return None
    try:
        return holdings.one(me, application.certificate_ref)
    except NotFoundError:  # a child's, once the guardian may act for it no longer
        return None


def _why_revoked(
    application: Application, found: Certificate | None, findings: FindingDesk
) -> str | None:
    if found is None or found.status is not Status.REVOKED:
        return None
    return findings.why_revoked(application.ref)


def _counters(found: Iterable[ServiceCounter], lang: Lang) -> tuple[Counter, ...]:
    return tuple(Counter(c.name[lang], c.address[lang], c.hours, c.saturday) for c in found)
