"""From letters and findings to the views of the officers' pages: mapping only, no IO."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast, get_args

from certstore.callers import Officer
from issuance.application import WITH_OFFICERS, State
from issuance.findings.desk import Affected, LetterCase
from issuance.findings.tables import OPEN
from issuance.pages.application_pages import matter_word
from issuance.pages.desk_queue_pages import finding_lines, officer_name
from issuance.pages.desk_views import (
    AffectedLine,
    DeskFindingView,
    DeskLettersView,
    LetterView,
    Outcome,
)
from issuance.pages.letter_lines import letter_lines
from issuance.pages.question_views import Relation
from issuance.pages.views import Errors

_RELATIONS: Mapping[str, Relation] = {word: word for word in get_args(Relation)}


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands on every page of letters: who sits here, what waits."""

    officer: Officer
    waiting: int
    findings: tuple[LetterCase, ...] = ()
    troubled: int = 0


@dataclass(frozen=True, slots=True)
class LateTyped:
    """What was typed before an error; or by whom and when somebody else was faster."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    came_late: tuple[str, datetime] | None = None
    about: str | None = None  # the application whose form it was


def letters_view(
    desk: Desk,
    case: LetterCase | None = None,
    *,
    number: str = "",
    nothing_found: bool = False,
    typed: LateTyped | None = None,
) -> DeskLettersView:
    """Searching for a letter, or one letter with what leans on it."""
    typed = typed or LateTyped()
    return DeskLettersView(
        office=desk.officer.station,
        officer=officer_name(desk.officer),
        waiting=desk.waiting,
        number=number,
        nothing_found=nothing_found,
        troubled=desk.troubled,
        findings=finding_lines(desk.findings),
        letter=_letter(case) if case else None,
        affected=affected_lines(case.affected) if case else (),
        typed=typed.chosen.get("reason", ""),
        errors=typed.errors,
        came_late=typed.came_late,
    )


def finding_view(
    desk: Desk, case: LetterCase, done: str | None, typed: LateTyped | None = None
) -> DeskFindingView:
    """A letter found false, and the decisions this opened again."""
    finding, typed = case.finding, typed or LateTyped()
    if finding is None:
        raise ValueError("a finding's page needs the finding")
    lines = affected_lines(case.affected)
    return DeskFindingView(
        office=desk.officer.station,
        officer=officer_name(desk.officer),
        ref=finding.ref,
        letter=_letter(case),
        reason=finding.reason,
        found_by=finding.found_by,
        found_at=finding.found_at,
        affected=lines,
        waiting=desk.waiting,
        done=next((line.case_number for line in lines if line.ref == done), None),
        in_error=typed.about,
        chosen=typed.chosen,
        errors=typed.errors,
        came_late=typed.came_late,
    )


def affected_lines(affected: Iterable[Affected]) -> tuple[AffectedLine, ...]:
    """Every decision that leaned on the letter, with what became of it."""
    return tuple(_line(one) for one in affected)


def _line(one: Affected) -> AffectedLine:
    application, certificate, decided = one.application, one.certificate, one.reopened
    return AffectedLine(
        ref=application.ref,
        case_number=application.number,
        matter=matter_word(application),
        name=application.applicant.name,
        state=application.state.value,
        certificate_number=certificate.number if certificate else None,
        certificate_status=certificate.status.value if certificate else None,
        outcome=_outcome(one),
        decided_by=decided.decided_by if decided else "",
        decided_at=decided.decided_at if decided else None,
        sentence=decided.sentence if decided else "",
    )


def _outcome(one: Affected) -> Outcome:
    if one.reopened is not None and one.reopened.outcome != OPEN:
        return cast("Outcome", one.reopened.outcome)
    if one.decidable:
        return "open"
    waits = one.application.state in WITH_OFFICERS | {State.APPROVED}
    return "in_case" if waits else "ended"


def _letter(case: LetterCase) -> LetterView:
    letter, said = case.letter, case.letter.fields
    numbers = tuple(said[n] for n in ("id_number", "signer_id_number", "relative_id_number"))
    return LetterView(
        ref=letter.ref,
        number=letter.number,
        status=letter.status.value,
        lines=letter_lines(said["letter_text"], numbers),
        name=said["name"],
        signer=said["signer"],
        relative=said["relative"],
        relation=_RELATIONS[said["relation"]],
        address=said["address"],
        signed_at=datetime.fromisoformat(said["signed_at"]),
        level=said["level"],
        document_href=f"/desk/letters/{letter.ref}/document",
    )
