"""From cases to the views of the officer's desk: mapping only, no IO."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from certstore.callers import Officer
from certstore.offices import office_name
from certstore.web.dress import Lang
from issuance.application import Application, State
from issuance.handed_in import for_officer, read_kept
from issuance.pages.application_pages import material_row, matter_word, reasons_of
from issuance.pages.progress_views import (
    Compared,
    DeskCaseView,
    DeskQueueView,
    Judgement,
    QueueLine,
)
from issuance.pages.upload_views import desk_files
from issuance.pages.views import Errors
from issuance.review import REFUSAL_REASONS, Case
from verifiers.materials.addresses import compare_addresses
from verifiers.materials.decisions import Decision, MaterialDecision
from verifiers.materials.facts import Facts
from verifiers.materials.holdings import Confirmation
from verifiers.materials.vocabulary import Material as MaterialWord

_KIND: Mapping[MaterialWord, Literal["address", "photo", "record"]] = {
    MaterialWord.DWELLING: "address",
    MaterialWord.PHOTO: "photo",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What an officer typed before an error, and the errors by form field."""

    chosen: Mapping[str, str]
    errors: Errors


def queue_lines(waiting: Iterable[tuple[Application, int]]) -> tuple[QueueLine, ...]:
    """What waits, by due date."""
    return tuple(
        QueueLine(
            ref=application.ref,
            name=application.applicant.name,
            matter=matter_word(application),
            case_number=application.number,
            days_left=days_left,
        )
        for application, days_left in waiting
    )


def queue_view(
    officer: Officer,
    waiting: Iterable[tuple[Application, int]],
    decided: Application | None = None,
) -> DeskQueueView:
    """The desk with no case open."""
    what = None
    if decided is not None:
        what = "refuse" if decided.state is State.REFUSED else "approve"
    return DeskQueueView(
        office=officer.station,
        officer=f"{officer.name} {officer.number}",
        queue=queue_lines(waiting),
        decided=cast("Literal['approve', 'refuse'] | None", what),
        decided_case=decided.number if decided else None,
    )


def case_view(
    officer: Officer,
    waiting: Sequence[tuple[Application, int]],
    case: Case,
    judged: tuple[Facts, Decision],
    lang: Lang,
    typed: Typed,
) -> DeskCaseView:
    """One case: what a person must judge first, then what was checked by itself."""
    application, (facts, decision) = case.application, judged
    open_ones = for_officer(decision, read_kept(application.decision))
    rest = [d for d in decision.materials.values() if d not in open_ones]
    said = _confirmations(application)
    ended = {State.REFUSED: "refuse", State.APPROVED: "approve", State.ISSUED: "approve"}
    return DeskCaseView(
        office=officer.station,
        officer=f"{officer.name} {officer.number}",
        queue=queue_lines(waiting),
        ref=application.ref,
        case_number=application.number,
        matter=matter_word(application),
        name=application.applicant.name,
        guardian=application.guardian.name if application.guardian else None,
        submitted_at=application.submitted_at or application.begun_at,
        due=application.due_on,
        judgements=tuple(_judgement(d, facts, case, lang) for d in open_ones),
        checked=tuple(material_row(application, d, facts.as_of, lang, said) for d in rest),
        may_ask=(),
        may_refuse_for=REFUSAL_REASONS,
        must_not_request=tuple(m.value for m in decision.must_not_request),
        chosen=typed.chosen,
        errors=typed.errors,
        decided=cast("Literal['approve', 'refuse'] | None", ended.get(application.state)),
    )


def _confirmations(application: Application) -> dict[str, Confirmation]:
    """On whose word each record stands; decisions of earlier days kept none."""
    kept = (application.decision or {}).get("confirmations", ())
    return {c["record_id"]: Confirmation.from_json(c) for c in kept}


def _judgement(decision: MaterialDecision, facts: Facts, case: Case, lang: Lang) -> Judgement:
    files = desk_files(case.application.ref, decision.material, case.application.decision)
    photo = decision.material is MaterialWord.PHOTO  # the same question, wherever it comes from
    kind = "upload" if files and not photo else _KIND.get(decision.material, "record")
    record = decision.near_miss
    picture = None
    if kind == "photo" and record is not None:
        picture = f"/desk/photos/{case.application.ref}/{record.record_id}"
    return Judgement(
        kind=kind,
        material=decision.material.value,
        reasons=tuple(reasons_of(decision, lang)),
        compared=_compared(facts, decision, lang) if kind == "address" else None,
        picture_href=picture,
        files=files,
        said=_said(facts) if files and decision.material is MaterialWord.DWELLING else None,
    )


def _said(facts: Facts) -> str:
    """What the applicant said about the home, to be held against the picture of a paper."""
    relative = facts.context.relative
    return facts.context.address + (f"（{relative.name}）" if relative else "")


def _compared(facts: Facts, decision: MaterialDecision, lang: Lang) -> Compared | None:
    record = decision.near_miss
    if record is None or record.claims.address is None:
        return None
    said, recorded = facts.context.address, record.claims.address
    differences = compare_addresses(said, recorded).differences
    return Compared(
        left=_marked(said, [d.a for d in differences]),
        right=_marked(recorded, [d.b for d in differences]),
        right_office=office_name(record.issuer_uscc, lang),
    )


def _marked(text: str, parts: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """The text in pieces, those that differ marked; a part not found as written is left plain."""
    marks = [False] * len(text)
    for part in parts:
        at = text.find(part) if part else -1
        if at >= 0:
            marks[at : at + len(part)] = [True] * len(part)
    pieces: list[tuple[str, bool]] = []
    for character, differs in zip(text, marks, strict=True):
        if pieces and pieces[-1][1] == differs:
            pieces[-1] = (pieces[-1][0] + character, differs)
        else:
            pieces.append((character, differs))
    return tuple(pieces)
