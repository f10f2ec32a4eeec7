"""From cases to the views of the officers' queue and case: mapping only, no IO."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from certstore.callers import Officer
from certstore.web.dress import Lang
from issuance.application import Application, State
from issuance.findings.desk import LetterCase
from issuance.judging import NO, settled
from issuance.pages.application_pages import material_row, matter_word, reasons_of
from issuance.pages.decision_words import reads_of_refusal
from issuance.pages.desk_addresses import compared
from issuance.pages.desk_people import whose
from issuance.pages.desk_views import (
    Decided,
    DeskCaseView,
    DeskQueueView,
    Due,
    FindingLine,
    HeldUp,
    Judgement,
    QueueLine,
    Reads,
)
from issuance.pages.upload_views import desk_files
from issuance.pages.views import Errors
from issuance.review import REFUSAL_REASONS, Case
from issuance.waiting import queue as waiting
from verifiers.materials.decisions import Decision, MaterialDecision
from verifiers.materials.facts import Facts
from verifiers.materials.holdings import Confirmation
from verifiers.materials.vocabulary import Material as MaterialWord
from verifiers.materials.vocabulary import Reason as ReasonWord

_WHAT: Mapping[State, Literal["approve", "refuse"]] = {
    State.REFUSED: "refuse",
    State.APPROVED: "approve",
    State.ISSUED: "approve",
}
_HELD_FOR = frozenset({"invalid-request", "not-found", "conflict", "payload-too-large"})
_SOON = 1  # working days


@dataclass(frozen=True, slots=True)
class Typed:
    """What an officer typed before an error, and the errors by form field."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    came_late: bool = False  # somebody else's decision was faster


def officer_name(officer: Officer) -> str:
    """An officer as the top bar names them."""
    return f"{officer.name} {officer.number}"


def queue_lines(found: waiting.Queue) -> tuple[QueueLine, ...]:
    """The lines of one page of the queue."""
    return tuple(_line(line, found) for line in found.lines)


def _line(line: waiting.Waiting, found: waiting.Queue) -> QueueLine:
    return QueueLine(
        ref=line.ref,
        name=line.name,
        matter=line.matter.value,
        case_number=line.number,
        due=_due(line, found),
        due_on=line.due_on,
        submitted_at=line.submitted_at,
        days=line.days_left,
        state=line.state.value,
        held_up=_held(line.held_up),
    )


def _due(line: waiting.Waiting, found: waiting.Queue) -> Due:
    """How a case is marked; being overdue says more than why."""
    if line.held_up is not None:
        return "held"
    if line.state is not State.IN_REVIEW:
        return "decided"
    if line.due_on is not None and line.due_on < found.today:
        return "late"
    if line.waits_for_source:
        return "source"
    if line.due_on == found.today:
        return "today"
    return "soon" if line.days_left <= _SOON else "later"


def queue_view(
    officer: Officer,
    found: waiting.Queue,
    findings: Iterable[LetterCase] = (),
    decided: Case | None = None,
) -> DeskQueueView:
    """The queue with no case open."""
    lines = queue_lines(found)
    return DeskQueueView(
        office=officer.station,
        officer=officer_name(officer),
        queue=lines,
        counts=found.counts,  # type: ignore[arg-type]  # its words are the view's
        which=found.asked.which,
        number=found.asked.number,
        found=found.found,
        page=found.asked.page,
        pages=found.pages,
        findings=finding_lines(findings),
        decided=decided_of(decided) if decided else None,
        next_ref=next((x.ref for x in lines if x.due not in {"held", "decided", "source"}), None)
        if decided
        else None,
    )


def finding_lines(cases: Iterable[LetterCase]) -> tuple[FindingLine, ...]:
    """Letters found false with something left to decide."""
    return tuple(
        FindingLine(
            ref=case.finding.ref,
            number=case.letter.number,
            found_at=case.finding.found_at,
            left=sum(one.waits for one in case.affected),
        )
        for case in cases
        if case.finding is not None
    )


def decided_of(case: Case) -> Decided | None:
    """What was decided of a case; None while it waits."""
    application = case.application
    what = _WHAT.get(application.state)
    if what is None:
        return None
    return Decided(
        what=what,
        by=application.reviewed_by,
        at=application.decided_at,
        case_number=application.number,
        held_up=_held(case.held_up),
    )


def _held(held: waiting.HeldUp | None) -> HeldUp | None:
    if held is None:
        return None
    code = held.code if held.code in _HELD_FOR else "other"
    return HeldUp(code=code.replace("-", "_"), detail=held.detail, since=held.since)


def case_view(
    officer: Officer,
    found: waiting.Queue,
    case: Case,
    judged: tuple[Facts, Decision, tuple[MaterialDecision, ...]],
    lang: Lang,
    typed: Typed,
) -> DeskCaseView:
    """One case: what a person must judge first, then what was checked by itself."""
    application, (facts, decision, open_ones) = case.application, judged
    rest = [d for d in decision.materials.values() if d not in open_ones]
    judgements = tuple(_judgement(d, facts, case, lang) for d in open_ones)
    said = _confirmations(application)
    return DeskCaseView(
        office=officer.station,
        officer=officer_name(officer),
        queue=queue_lines(found),
        waiting=found.counts["all"],
        ref=application.ref,
        case_number=application.number,
        matter=matter_word(application),
        name=application.applicant.name,
        submitted_at=application.submitted_at or application.begun_at,
        due=application.due_on,
        judgements=judgements,
        checked=tuple(material_row(application, d, facts.as_of, lang, said) for d in rest),
        done=len(settled(decision, open_ones)),
        may_ask=(),
        may_refuse_for=REFUSAL_REASONS,
        reads=tuple(_reads()),
        must_not_request=tuple(m.value for m in decision.must_not_request),
        chosen=typed.chosen,
        errors=_in_words(typed, judgements),
        decided=decided_of(case),
        came_late=typed.came_late,
        false_letters=tuple(finding.ref for finding in case.false_letters),
        letter_ref=case.letter_ref,
        guardian=application.guardian.name if application.guardian else None,
    )


def _in_words(typed: Typed, judgements: Iterable[Judgement]) -> Errors:
    """The errors; that something was judged no quotes the button with which it was said."""
    if typed.errors.get("decision") != "conflict":
        return typed.errors
    kinds = [j.kind for n, j in enumerate(judgements, 1) if typed.chosen.get(f"judge_{n}") == NO]
    return {**typed.errors, "decision": f"conflict_{kinds[0]}"}


def _confirmations(application: Application) -> dict[str, Confirmation]:
    """On whose word each record stands; decisions of earlier days kept none."""
    kept = (application.decision or {}).get("confirmations", ())
    return {c["record_id"]: Confirmation.from_json(c) for c in kept}


def _reads() -> Iterable[Reads]:
    """What the applicant will read of each decision that can be made."""
    yield Reads(choice="approve", state="issued")
    for code in REFUSAL_REASONS:
        reasons, _ = reads_of_refusal(f"{code}\n")
        yield Reads(choice=f"refuse {code}", state="refused", reasons=reasons)


def _judgement(decision: MaterialDecision, facts: Facts, case: Case, lang: Lang) -> Judgement:
    application, record = case.application, decision.near_miss
    files = desk_files(application.ref, decision.material, application.decision)
    beside = None
    if ReasonWord.ADDRESS_UNSURE in decision.reasons and record is not None:
        beside = compared(facts.context.address, record, facts.as_of, lang)
    kind = "record"
    if decision.material is MaterialWord.PHOTO:
        kind = "photo"  # the same question, wherever it comes from
    elif files:
        kind = "upload"
    elif beside is not None:
        kind = "address"
    shown = kind == "photo" and record is not None and _is_theirs(record.record_id, case)
    return Judgement(
        kind=cast("Literal['address', 'photo', 'record', 'upload']", kind),
        material=decision.material.value,
        reasons=tuple(reasons_of(decision, lang)),
        compared=beside if kind == "address" else None,
        picture_href=f"/desk/photos/{application.ref}/{record.record_id}"
        if shown and record
        else None,
        taken_in=record.claims.taken_on.year if record and record.claims.taken_on else None,
        files=files,
        said=_said(facts) if files and decision.material is MaterialWord.DWELLING else None,
        whose=whose(application, decision.material) if kind in {"photo", "upload"} else (),
    )


def _said(facts: Facts) -> str:
    """What the applicant said about the home, to be held against the picture of a paper."""
    relative = facts.context.relative
    return facts.context.address + (f"（{relative.name}）" if relative else "")


def _is_theirs(record_ref: str, case: Case) -> bool:
    return any(record.ref == record_ref for record in case.photos)


def judgements_by_material(
    open_ones: Iterable[MaterialDecision], chosen: Mapping[str, str]
) -> dict[str, str]:
    """What was judged, by material, from the form's fields by place."""
    return {
        d.material.value: chosen.get(f"judge_{place}", "")
        for place, d in enumerate(open_ones, start=1)
    }
