"""From applications to the views of the pages after submitting: mapping only, no IO."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import cast

from certstore.certificates import Certificate
from certstore.pages.holdings_pages import card
from certstore.pages.views import Material, Reason
from certstore.pages.views import Matter as MatterWord
from issuance.application import WITH_OFFICERS, Application, State
from issuance.beginning import BEGUN_AGAIN
from issuance.pages.material_rows import material_row as material_row
from issuance.pages.material_rows import reasons_of as reasons_of
from issuance.pages.progress_views import (
    ApplicationLine,
    ApplicationsView,
    AskedFor,
    ProgressView,
    Step,
)
from issuance.pages.progress_views import (
    State as StateWord,
)
from issuance.pages.views import MaterialRow, SubmittedView
from verifiers.materials.vocabulary import Reason as ReasonWord

_SENTENCES = frozenset(word.value for word in ReasonWord)


def matter_word(application: Application) -> MatterWord:
    """The matter as pages write it."""
    return application.matter.value


def submitted_view(
    application: Application, certificate: Certificate | None, today: date, *, again: bool = False
) -> SubmittedView:
    """The result, or when it comes."""
    source = application.state in WITH_OFFICERS and _waits_for_source(application)
    waiting = "source" if source else "officer"
    result = {State.ISSUED: "issued", State.APPROVED: "working"}.get(application.state, waiting)
    return SubmittedView(
        ref=application.ref,
        matter=matter_word(application),
        case_number=application.number,
        result=result,  # type: ignore[arg-type]  # the four words of the view
        card=card(certificate, today) if certificate else None,
        due=application.due_on,
        again=again,
        child=_child(application),
    )


def _waits_for_source(application: Application) -> bool:
    materials = (application.decision or {}).get("decision", {}).get("materials", {})
    outcomes = {m["outcome"] for m in materials.values()}
    return "unknown_source_down" in outcomes and "officer_review" not in outcomes


def progress_view(
    application: Application,
    certificate: Certificate | None,
    today: date,
    materials: tuple[MaterialRow, ...] = (),
) -> ProgressView:
    """Where an application stands."""
    code, _, sentence = application.reason.partition("\n")
    return ProgressView(
        ref=application.ref,
        matter=matter_word(application),
        case_number=application.number,
        state=state_word(application, today),
        steps=tuple(_steps(application)),
        card=card(certificate, today) if certificate else None,
        materials=materials,
        reasons=(Reason(code),) if code in _SENTENCES else (),
        sentence=sentence or None,
        due=application.due_on,
        again_href=f"/applications/{application.ref}/again"
        if application.state in BEGUN_AGAIN
        else None,
        child=_child(application),
        withdraw_href=f"/applications/{application.ref}/withdraw"
        if application.state in WITH_OFFICERS | {State.SUPPLEMENT}
        else None,
    )


def with_asked(view: ProgressView, application: Application, given: frozenset[str]) -> ProgressView:
    """With what an officer asks for; it can be sent once all of it was handed in."""
    asked, at = application.asked, f"/applications/{application.ref}"
    if asked is None or application.state is not State.SUPPLEMENT:
        return view
    lines = tuple(
        AskedFor(
            cast("Material", material),
            f"{at}/photo" if material == "photo" else f"{at}/materials/{material}",
            material in given,
        )
        for material in asked.materials
    )
    return replace(
        view,
        asked=lines,
        asked_until=asked.until,
        sentence=asked.sentence,
        supply_href=f"{at}/supply" if all(line.given for line in lines) else None,
    )


def state_word(application: Application, today: date) -> StateWord:
    """The state as pages write it."""
    overdue = application.due_on is not None and today > application.due_on
    if application.state in WITH_OFFICERS | {State.APPROVED} and overdue:
        return "overdue"
    if application.state in WITH_OFFICERS:
        return "waiting_source" if _waits_for_source(application) else "in_review"
    if application.state is State.SUPPLEMENT:
        return "asked"
    return cast("StateWord", application.state.value)


def _steps(application: Application) -> Iterable[Step]:
    decided = application.decided_at
    if application.submitted_at is None:
        return  # a draft that was ended
    yield Step(name="submitted", state="done", at=application.submitted_at)
    if application.state is State.REFUSED:
        yield Step(name="refused", state="done", at=decided)
        return
    yield Step(
        name="reviewed",
        state="done" if decided else "now",
        at=decided,
        due=None if decided else application.due_on,
    )
    issued = application.state is State.ISSUED
    yield Step(
        name="issued",
        state="done" if issued else "now" if decided else "later",
        at=decided if issued else None,
        due=None if issued else application.due_on,
    )


def applications_view(found: Iterable[Application], today: date) -> ApplicationsView:
    """The list of applications, open ones first."""
    lines = [_line(application, today) for application in found]
    ended = {"issued", "refused", "withdrawn"}
    return ApplicationsView(
        open=tuple(line for line in lines if line.state not in ended),
        ended=tuple(line for line in lines if line.state in ended),
    )


def _line(application: Application, today: date) -> ApplicationLine:
    draft = application.state is State.DRAFT
    at = f"/applications/{application.ref}"
    return ApplicationLine(
        ref=application.ref,
        matter=matter_word(application),
        case_number=application.number,
        state=state_word(application, today),
        on=application.kept_until if draft else application.due_on,
        href=f"{at}/dwelling" if draft else at,
        child=_child(application),
    )


def _child(application: Application) -> str | None:
    child = application.answers.child
    return child.name if child else None
