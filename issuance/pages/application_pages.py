"""From applications to the views of the pages after submitting: mapping only, no IO."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, cast

from certstore.certificates import Certificate
from certstore.clock import local_date
from certstore.pages.holdings_pages import card
from certstore.pages.views import Material, Reason
from certstore.pages.views import Matter as MatterWord
from certstore.web.dress import Lang
from issuance.application import ENDED_STATES, WITH_OFFICERS, Application, Matter, State
from issuance.beginning import BEGUN_AGAIN
from issuance.conduct import PREDECESSOR_ENDED
from issuance.pages.check_pages import ground_answers
from issuance.pages.material_rows import material_row as material_row
from issuance.pages.material_rows import reasons_of as reasons_of
from issuance.pages.progress_views import (
    ApplicationLine,
    ApplicationsView,
    AskedFor,
    CardStep,
    Coming,
    FollowingCard,
    OtherLine,
    ProgressView,
    Step,
)
from issuance.pages.progress_views import (
    State as StateWord,
)
from issuance.pages.question_pages import first_open
from issuance.pages.views import SubmittedView
from issuance.progress.desk import Progress
from issuance.progress.sequel import Besides, Sequel
from issuance.progress.sequel import Step as CaseStep
from issuance.progress.steps import Next, waits_for_source
from verifiers.materials.vocabulary import Reason as ReasonWord

_ENDED = frozenset(state.value for state in ENDED_STATES)
_SENTENCES = frozenset(word.value for word in ReasonWord)


def matter_word(application: Application) -> MatterWord:
    """The matter as pages write it."""
    return application.matter.value


def submitted_view(
    application: Application, certificate: Certificate | None, today: date, *, again: bool = False
) -> SubmittedView:
    """The result, or when it comes."""
    source = application.state in WITH_OFFICERS and waits_for_source(application)
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


def progress_view(found: Progress, lang: Lang) -> ProgressView:
    """Where a case stands."""
    application, certificate = found.application, found.certificate
    code, _, sentence = application.reason.partition("\n")
    return ProgressView(
        ref=application.ref,
        matter=matter_word(application),
        case_number=application.number,
        state=state_word(found),
        steps=tuple(_step(step) for step in found.steps),
        next=_coming(found.next),
        card_steps=tuple(_card_step(step) for step in _steps_of_card(found)),
        follows=_follows(found.sequel, lang) if found.sequel else None,
        card=card(certificate, found.today) if certificate else None,
        reasons=(Reason(code),) if code in _SENTENCES | {PREDECESSOR_ENDED} else (),
        sentence=sentence or None,
        due=application.due_on,
        again_href=f"/applications/{application.ref}/again"
        if application.state in BEGUN_AGAIN
        else None,
        child=_child(application),
        withdraw_href=f"/applications/{application.ref}/withdraw"
        if application.state in WITH_OFFICERS | {State.SUPPLEMENT, State.WAITING}
        else None,
        together_href=_together(application),
        said=tuple(ground_answers(application)),
        about_href=_lost(application),
        by_you=found.taken_back,
    )


def _step(step: CaseStep) -> Step:
    name = cast('Literal["submitted"]', step.name)  # a word of the view's
    return Step(name=name, state=step.state, at=step.at, due=step.due)


def _card_step(step: CaseStep) -> CardStep:
    name = cast('Literal["ordered"]', step.name)  # a word of the view's
    return CardStep(name=name, state=step.state, at=step.at, due=step.due)


def _steps_of_card(found: Progress) -> Iterable[CaseStep]:
    if found.sequel is not None:
        return found.sequel.steps
    return (CaseStep(name, "later") for name in found.planned)


def _coming(coming: Next | None) -> Coming | None:
    if coming is None or coming.what not in {"accept", "decide", "source", "issue"}:
        return None
    return Coming(cast('Literal["accept"]', coming.what), coming.by)


def _follows(sequel: Sequel, lang: Lang) -> FollowingCard:
    return FollowingCard(
        stage=sequel.stage,
        way=sequel.way,
        href=sequel.href,
        late=sequel.late,
        due=sequel.due_on,
        provisional=sequel.due_provisional,
        place=sequel.place[lang] if sequel.place else "",
        tracking_no=sequel.tracking_no,
        day=sequel.day,
        words=sequel.words,
    )


def _lost(application: Application) -> str | None:
    """The page of what was reported lost, or lifted; that it leads nowhere is said there."""
    of_loss = application.matter in {Matter.LOSS_REPORT, Matter.LOSS_LIFT}
    return f"/certificates/{application.certificate_ref}/loss" if of_loss else None


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


def state_word(found: Progress) -> StateWord:
    """The state as pages write it, on with the card."""
    application, sequel = found.application, found.sequel
    if application.state is State.ISSUED:
        return "card" if sequel is not None and not sequel.ended else "issued"
    return "overdue" if found.late else state_of(application)


def application_word(application: Application, today: date) -> StateWord:
    """The state as pages write it, without what follows of a card."""
    return "overdue" if application.is_late(today) else state_of(application)


def state_of(application: Application) -> StateWord:
    """The state as pages write it, whatever the day."""
    if application.state in WITH_OFFICERS:
        if waits_for_source(application):
            return "waiting_source"
        return "submitted" if application.state is State.ROUTED else "in_review"
    if application.state is State.SUPPLEMENT:
        return "asked"
    return cast("StateWord", application.state.value)


def applications_view(found: Iterable[Progress], others: Sequence[Besides]) -> ApplicationsView:
    """The list of cases, open ones first; those in one go lead to one page."""
    known = list(found)
    lines = [_line(case) for case in known]
    going_on = (c.application for c in known if c.application.state not in ENDED_STATES)
    joint = Counter(href for a in going_on if (href := _together(a)))
    return ApplicationsView(
        open=tuple(line for line in lines if line.state not in _ENDED),
        ended=tuple(line for line in lines if line.state in _ENDED),
        others_open=tuple(_other(case) for case in others if case.open),
        others_ended=tuple(_other(case) for case in others if not case.open),
        together=tuple(joint.items()),
    )


def _line(found: Progress) -> ApplicationLine:
    application, sequel = found.application, found.sequel
    state = state_word(found)
    on = sequel.due_on if sequel is not None and state == "card" else application.due_on
    draft = application.state is State.DRAFT
    if state in _ENDED and application.decided_at is not None:
        on = local_date(application.decided_at)
    return ApplicationLine(
        ref=application.ref,
        matter=matter_word(application),
        case_number=application.number,
        state=state,
        on=application.kept_until if draft else on,
        href=first_open(application),
        child=_child(application),
        together=application.joint_ref is not None,
        by_you=found.taken_back,
    )


def _other(case: Besides) -> OtherLine:
    return OtherLine(
        kind=case.kind,
        number=case.number,
        state=case.state,
        href=case.href,
        yours=case.yours,
        on=case.on,
    )


def _together(application: Application) -> str | None:
    return f"/together/{application.joint_ref}" if application.joint_ref else None


def _child(application: Application) -> str | None:
    child = application.answers.child
    return child.name if child else None
