"""From cases to the views of the officers' queue and case: mapping only, no IO."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

from certstore.callers import Officer
from certstore.web.dress import Lang
from issuance.application import Application, Matter
from issuance.four_eyes.proposal import Proposal, why_not_second
from issuance.four_eyes.rules import APPROVE
from issuance.judging import NO, settled
from issuance.opened_case import Case
from issuance.pages.application_pages import material_row, matter_word, reasons_of
from issuance.pages.check_pages import ground_answers
from issuance.pages.decision_words import reads_of_refusal
from issuance.pages.desk_addresses import compared
from issuance.pages.desk_people import whose
from issuance.pages.desk_queue_pages import (
    decided_of,
    in_hand,
    narrowed,
    officer_name,
    queue_lines,
)
from issuance.pages.desk_views import DeskCaseView, Judgement, Proposed, Reads
from issuance.pages.upload_views import desk_files
from issuance.pages.views import Errors, MaterialRow
from issuance.procedure import procedure_of
from issuance.refusals.reasons import reasons_for
from issuance.supplementing import may_ask
from issuance.waiting import queue as waiting
from verifiers.materials.decisions import Decision, MaterialDecision
from verifiers.materials.facts import Facts
from verifiers.materials.holdings import Confirmation
from verifiers.materials.vocabulary import Material as MaterialWord
from verifiers.materials.vocabulary import Reason as ReasonWord

if TYPE_CHECKING:
    from certstore.pages.views import Material


Judged = tuple[Facts, Decision, tuple[MaterialDecision, ...]]


@dataclass(frozen=True, slots=True)
class Typed:
    """What an officer typed before an error, and the errors by form field; why it was not taken."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    came_late: bool = False  # somebody else's decision was faster
    alone_late: str = ""  # held | proposed | answered: somebody else has the case


def case_view(  # noqa: PLR0913 - what stands on the page
    officer: Officer,
    found: waiting.Queue,
    case: Case,
    judged: Judged | None,
    lang: Lang,
    typed: Typed,
    *,
    claim_minutes: int = 30,
) -> DeskCaseView:
    """One case: what a person must judge first, then what was checked by itself.

    Of what was done as it was asked for nothing was judged.
    """
    application = case.application
    judgements = _judgements(judged, case, lang)
    codes = reasons_for(application.matter.value)
    return DeskCaseView(
        office=officer.station,
        officer=officer_name(officer),
        queue=queue_lines(found, officer, lang),
        waiting=found.counts["all"],
        ref=application.ref,
        case_number=application.number,
        matter=matter_word(application),
        name=application.applicant.name,
        submitted_at=application.submitted_at or application.begun_at,
        due=application.due_on,
        judgements=judgements,
        checked=_checked(judged, application, lang),
        done=len(settled(judged[1], judged[2])) if judged else 0,
        may_ask=cast("tuple[Material, ...]", may_ask(application)),
        may_refuse_for=codes,
        reads=tuple(_reads(application, codes)),
        must_not_request=tuple(m.value for m in judged[1].must_not_request) if judged else (),
        chosen=typed.chosen,
        errors=_in_words(typed, judgements),
        decided=None if case.proposal else decided_of(case),
        came_late=typed.came_late,
        false_letters=tuple(finding.ref for finding in case.false_letters),
        letter_ref=case.letter_ref,
        by_officer=not procedure_of(application.matter).by_rules,
        guardian=application.guardian.name if application.guardian else None,
        in_hand=in_hand(case.claim, officer),
        may_take_over=officer.supervisor,
        claim_minutes=claim_minutes,
        taken_by=application.taken_by,
        proposal=_proposed(case.proposal, officer),
        sent_back=_proposed(case.sent_back, officer),
        narrowed=narrowed(found.asked),
        alone_late=typed.alone_late,
        ends_too=tuple(matter.value for matter in case.ends_too),
        said=tuple(ground_answers(application)),
        ends=case.ends,
    )


def _judgements(judged: Judged | None, case: Case, lang: Lang) -> tuple[Judgement, ...]:
    if judged is None:
        return ()
    facts, _, open_ones = judged
    return tuple(_judgement(d, facts, case, lang) for d in open_ones)


def _checked(
    judged: Judged | None, application: Application, lang: Lang
) -> tuple[MaterialRow, ...]:
    if judged is None:
        return ()
    facts, decision, open_ones = judged
    said = _confirmations(application)
    rest = (d for d in decision.materials.values() if d not in open_ones)
    return tuple(material_row(application, d, facts.as_of, lang, said) for d in rest)


def _proposed(proposal: Proposal | None, officer: Officer) -> Proposed | None:
    if proposal is None:
        return None
    reasons, sentence = reads_of_refusal(proposal.reason)
    return Proposed(
        ref=proposal.ref,
        what="approve" if proposal.decision == APPROVE else "refuse",
        name=proposal.proposed_name,
        number=proposal.proposed_by,
        at=proposal.proposed_at,
        rule=proposal.rule,
        reasons=reasons,
        sentence=sentence or "",
        why_not=why_not_second(proposal, officer) or "",
        back_by=proposal.second_by,
        back_at=proposal.second_at,
        words=proposal.words,
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


def _reads(application: Application, codes: Iterable[str]) -> Iterable[Reads]:
    """What the applicant will read of each decision that can be made, each reason by itself."""
    cancels = application.matter is Matter.CANCELLATION
    yield Reads(choice="approve", state="done" if cancels else "issued")
    for code in codes:
        reasons, _ = reads_of_refusal(f"{code}\n")
        yield Reads(choice=f"refuse {code}", state="refused", reasons=reasons)


def _judgement(decision: MaterialDecision, facts: Facts, case: Case, lang: Lang) -> Judgement:
    application, record = case.application, decision.near_miss
    proposed = case.proposal or case.sent_back
    answer = proposed.judged.get(decision.material.value) if proposed else None
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
        answer=cast("Literal['yes', 'no'] | None", answer),
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
