"""From the queue, and from cases chosen together, to their views: mapping only, no IO."""

from collections.abc import Iterable, Mapping
from typing import Literal

from certstore.callers import Officer
from certstore.web.dress import Lang
from issuance.application import WITH_OFFICERS, Matter, State
from issuance.bulk.desk import BulkView, Chosen
from issuance.claims.claim import Claim
from issuance.findings.desk import LetterCase
from issuance.opened_case import Case
from issuance.pages.desk_queue_views import (
    ChosenLine,
    Decided,
    DeskBulkView,
    DeskQueueView,
    Due,
    FindingLine,
    HeldUp,
    InHand,
    Narrowed,
    QueueLine,
)
from issuance.procedure import procedure_of
from issuance.stations import station_name, stations
from issuance.waiting import queue as waiting

_WHAT: Mapping[State, Literal["approve", "refuse", "carried_out"]] = {
    State.REFUSED: "refuse",
    State.APPROVED: "approve",
    State.ISSUED: "approve",
    State.DONE: "carried_out",
}
_HELD_FOR = frozenset({"invalid-request", "not-found", "conflict", "payload-too-large"})
_SOON = 1  # working days
_NOT_NEXT = frozenset({"held", "decided", "source"})


def officer_name(officer: Officer) -> str:
    """An officer as the top bar names them."""
    return f"{officer.name} {officer.number}"


def queue_lines(
    found: waiting.Queue, officer: Officer | None = None, lang: Lang = "zh"
) -> tuple[QueueLine, ...]:
    """The lines of one page of the queue."""
    return tuple(_line(line, found, officer, lang) for line in found.lines)


def _line(
    line: waiting.Waiting, found: waiting.Queue, officer: Officer | None, lang: Lang
) -> QueueLine:
    hand = in_hand(line.claim, officer)
    free = (hand is None or hand.mine) and not line.proposed_by
    supervises = officer is not None and officer.supervisor
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
        held_up=held_up(line.held_up),
        in_hand=hand,
        proposed_by=line.proposed_by,
        raised=line.raised,
        clear=line.clear and free and line.state in WITH_OFFICERS,
        station=station_name(line.station, lang) if supervises and line.station else "",
    )


def in_hand(claim: Claim | None, officer: Officer | None) -> InHand | None:
    """Who has a case in hand, as the page names them."""
    if claim is None:
        return None
    mine = officer is not None and claim.is_of(officer)
    return InHand(name=claim.name, number=claim.officer, since=claim.since, mine=mine)


def _due(line: waiting.Waiting, found: waiting.Queue) -> Due:
    """How a case is marked; being overdue says more than why."""
    if line.held_up is not None:
        return "held"
    if line.state not in WITH_OFFICERS:
        return "decided"
    if line.due_on is not None and line.due_on < found.today:
        return "late"
    if line.waits_for_source:
        return "source"
    if line.due_on == found.today:
        return "today"
    return "soon" if line.days_left <= _SOON else "later"


def queue_view(  # noqa: PLR0913 - what stands on the page
    officer: Officer,
    found: waiting.Queue,
    lang: Lang,
    findings: Iterable[LetterCase] = (),
    decided: Case | None = None,
    *,
    released: str = "",
    error: str = "",
) -> DeskQueueView:
    """The queue with no case open."""
    lines = queue_lines(found, officer, lang)
    named = tuple((s.code, s.name[lang]) for s in stations()) if officer.supervisor else ()
    return DeskQueueView(
        office=officer.station,
        officer=officer_name(officer),
        queue=lines,
        counts=found.counts,  # type: ignore[arg-type]  # its words are the view's
        narrowed=narrowed(found.asked),
        number=found.asked.number,
        found=found.found,
        page=found.asked.page,
        pages=found.pages,
        matters=tuple(m.value for m in Matter if procedure_of(m).answered_in),
        stations=named,
        findings=finding_lines(findings),
        decided=decided_of(decided) if decided else None,
        released=released,
        next_ref=next((x.ref for x in lines if _is_next(x)), None) if decided else None,
        error=error,
    )


def narrowed(asked: waiting.Asked) -> Narrowed:
    """What was asked for, as addresses carry it on."""
    return Narrowed(
        which=asked.which, matter=asked.matter, hand=asked.in_hand, station=asked.station
    )


def _is_next(line: QueueLine) -> bool:
    free = line.in_hand is None or line.in_hand.mine
    return line.due not in _NOT_NEXT and free and not line.proposed_by


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
    """What was decided of a case, or proposed; None while it waits."""
    application, proposal = case.application, case.proposal
    if proposal is not None:
        return Decided(
            what="approve" if proposal.decision == "approve" else "refuse",
            by=proposal.proposed_by,
            at=proposal.proposed_at,
            case_number=application.number,
            second=True,
        )
    asked = application.asked
    if application.state is State.SUPPLEMENT and asked is not None:
        return Decided(what="ask", by=asked.by, at=asked.at, case_number=application.number)
    if case.ended is not None:
        at, number = application.decided_at, application.number
        return Decided(what=case.ended, at=at, case_number=number)
    what = _WHAT.get(application.state)
    if what is None:
        return None
    at_once = procedure_of(application.matter).answered_in == 0
    return Decided(
        what="done" if at_once else what,
        by=application.reviewed_by,
        at=application.decided_at,
        case_number=application.number,
        held_up=held_up(case.held_up),
    )


def held_up(held: waiting.HeldUp | None) -> HeldUp | None:
    """Why a certificate is held up, by a code of the texts."""
    if held is None:
        return None
    code = held.code if held.code in _HELD_FOR else "other"
    return HeldUp(code=code.replace("-", "_"), detail=held.detail, since=held.since)


def bulk_view(officer: Officer, found: BulkView, in_queue: int) -> DeskBulkView:
    """Cases chosen together: before, while and after they are approved."""
    return DeskBulkView(
        office=officer.station,
        officer=officer_name(officer),
        ref=found.ref,
        waiting=in_queue,
        chosen=tuple(_chosen(one) for one in found.chosen),
        started=found.started_at is not None,
        ended=found.ended_at is not None,
    )


def _chosen(one: Chosen) -> ChosenLine:
    application = one.application
    materials = (application.decision or {}).get("decision", {}).get("materials", {})
    satisfied = tuple(m for m, d in materials.items() if d["outcome"] != "not_applicable")
    return ChosenLine(
        ref=application.ref,
        name=application.applicant.name,
        matter=application.matter.value,
        case_number=application.number,
        state=application.state.value,
        materials=() if one.fault else satisfied,
        fault=one.fault,
        outcome=one.outcome,
    )
