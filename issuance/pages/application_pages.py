"""From applications and decisions to the views of the applicant's pages: mapping only, no IO."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from certstore.certificates import Certificate, Status
from certstore.clock import local_date
from certstore.offices import office_name, source_office
from certstore.pages.holdings_pages import card
from certstore.pages.views import Matter as MatterWord
from certstore.pages.views import Reason
from certstore.web.dress import Lang
from issuance.application import Answers, Application, State
from issuance.checklist import Checked
from issuance.pages.progress_views import (
    ApplicationLine,
    ApplicationsView,
    ProgressView,
    Step,
)
from issuance.pages.progress_views import (
    State as StateWord,
)
from issuance.pages.views import (
    Answer,
    CheckView,
    FoundRecord,
    MaterialRow,
    Question,
    SubmittedView,
)
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.records import EarlierVerification, FaceResult, Record
from verifiers.materials.vocabulary import Material
from verifiers.materials.vocabulary import Reason as ReasonWord

QUESTIONS = ("dwelling", "relative", "address", "face", "commitment")
_OFFICE_OF = {
    "photo": "police",
    "kinship": "police",
    "guardianship": "police",
}


def matter_word(application: Application) -> MatterWord:
    """The matter as pages write it."""
    return application.matter.value


def questions_for(answers: Answers, *, letter: bool) -> tuple[str, ...]:
    """The questions this applicant is asked, in their order."""
    skipped = set()
    if answers.dwelling == "dormitory":
        skipped.add("relative")
    if not letter:
        skipped.add("commitment")
    return tuple(q for q in QUESTIONS if q not in skipped)


def question(application: Application, name: str, *, letter: bool) -> Question:
    """Where a question stands in this application."""
    names = questions_for(application.answers, letter=letter or name == "commitment")
    place = names.index(name) if name in names else 0
    back = f"/applications/{application.ref}/{names[place - 1]}" if place else "/applications"
    return Question(
        ref=application.ref,
        matter=matter_word(application),
        number=place + 1,
        of=len(names),
        back_href=back,
    )


def found_home(
    records: Iterable[Certificate], name: str, checked_at: datetime, lang: Lang
) -> FoundRecord | None:
    """A home on file in the applicant's own name, to be confirmed rather than typed."""
    today = local_date(checked_at)
    for record in records:
        usable = record.status_on(today) is Status.VALID and record.validity.covers(today)
        usable = usable and not record.under_dispute and record.holders[0].name == name
        if record.type_code in _HOMES and usable and record.fields.get("address"):
            return FoundRecord(
                type_code=record.type_code,
                address=str(record.fields["address"]),
                holder=record.holders[0].name,
                relation=None,
                valid_from=record.validity.valid_from,
                valid_to=record.validity.valid_to,
                office=office_name(record.issuer_uscc, lang),
                checked_at=checked_at,
            )
    return None


_SENTENCES = frozenset(word.value for word in ReasonWord)
_HOMES: Mapping[str, str] = {
    "lease_filing": "rent",
    "property_certificate": "own",
    "dormitory_certificate": "dormitory",
}


def answers_from(found: FoundRecord, city: str, districts: Iterable[str]) -> Answers | None:
    """The answers a confirmed record gives; None if its address names none of our districts."""
    rest = found.address.removeprefix(city)
    for district in districts:
        if rest.startswith(district):
            return Answers(
                dwelling=_HOMES[found.type_code],
                occupier="self",
                district=district,
                address=rest.removeprefix(district),
            )
    return None


def check_view(
    application: Application, checked: Checked, due: date, city: str, lang: Lang
) -> CheckView:
    """Every material with what came of it, and the answers to change."""
    rows = tuple(
        material_row(application, decision, checked.facts.as_of, lang)
        for decision in checked.decision.materials.values()
    )
    return CheckView(
        ref=application.ref,
        matter=matter_word(application),
        materials=rows,
        answers=tuple(_answers(application, city)),
        must_not_request=tuple(m.value for m in checked.decision.must_not_request),
        back_href=f"/applications/{application.ref}/face",
        due=due,
    )


def material_row(
    application: Application, decision: MaterialDecision, at: datetime, lang: Lang
) -> MaterialRow:
    """One material as a row."""
    how, office = _evidence(application, decision, lang)
    return MaterialRow(
        material=decision.material.value,
        outcome=decision.outcome.value,
        how=how,
        reasons=tuple(reasons_of(decision, lang)),
        office=office,
        checked_at=at if how or decision.reasons else None,
        actions=tuple(_actions(application, decision)),
    )


def _evidence(
    application: Application, decision: MaterialDecision, lang: Lang
) -> tuple[str | None, str | None]:
    signed = application.commitment is not None
    if decision.outcome == "satisfied_by_commitment" and signed:
        return "commitment_letter", None
    match decision.satisfied_by:
        case Record() as record:
            return record.type.value, office_name(record.issuer_uscc, lang)
        case FaceResult():
            return "face_verification", None
        case EarlierVerification():
            return "earlier_verification", None
        case None:
            return None, None


def reasons_of(decision: MaterialDecision, lang: Lang) -> Iterable[Reason]:
    """The reasons with the values their sentences take."""
    record = decision.near_miss
    down = " ".join(source_office(source.value, lang) for source in decision.sources_down)
    for word in decision.reasons:
        values: dict[str, Any] = {}
        if word is ReasonWord.SOURCE_UNAVAILABLE:
            values["office"] = down or source_office(_OFFICE_OF.get(decision.material, ""), lang)
        elif word is ReasonWord.PHOTO_TOO_OLD:
            taken = record.claims.taken_on if record else None
            values = {"date": taken or "", "n": decision.limit or 0}
        elif word is ReasonWord.PHOTO_QUALITY:
            values["detail"] = ""
        elif word is ReasonWord.NOT_YET_ELIGIBLE:
            values["date"] = decision.eligible_on or ""
        elif word is ReasonWord.CERT_EXPIRED:
            values["date"] = (record.valid_to if record else None) or ""
        elif word is ReasonWord.NOT_YET_VALID:
            values["date"] = (record.valid_from if record else None) or ""
        elif word is ReasonWord.TOO_OLD:
            values["date"] = (record.issued_on if record else None) or ""
        yield Reason(word.value, values)


def _actions(application: Application, decision: MaterialDecision) -> Iterable[tuple[str, str]]:
    at = f"/applications/{application.ref}"
    waits = decision.outcome.value
    if decision.material is Material.IDENTITY and waits == "choose_one":
        yield "face", f"{at}/face"
    elif decision.material is Material.KINSHIP and waits == "satisfied_by_commitment":
        yield ("letter" if application.commitment else "sign"), f"{at}/commitment"
    elif decision.material is Material.DWELLING and waits == "must_upload":
        yield "address", f"{at}/address"
        yield "dwelling", f"{at}/dwelling"
    elif waits in {"must_upload", "choose_one", "blocked"}:
        yield "counter", "/settings#counter"


def _answers(application: Application, city: str) -> Iterable[Answer]:
    said, at = application.answers, f"/applications/{application.ref}"
    yield Answer("dwelling", said.dwelling, f"{at}/dwelling")
    if said.dwelling != "dormitory":
        yield Answer("whose", said.occupier, f"{at}/relative")
    if said.occupier == "relative" and said.relative is not None:
        yield Answer("relative", said.relative.name, f"{at}/relative")
    yield Answer("address", said.full_address(city).removeprefix(city), f"{at}/address")


def submitted_view(
    application: Application, certificate: Certificate | None, today: date, *, again: bool = False
) -> SubmittedView:
    """The result, or when it comes."""
    source = application.state is State.IN_REVIEW and _waits_for_source(application)
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
        again_href=f"/apply/{application.matter.path}"
        if application.state is State.REFUSED
        else None,
    )


def state_word(application: Application, today: date) -> StateWord:
    """The state as pages write it."""
    overdue = application.due_on is not None and today > application.due_on
    if application.state in {State.IN_REVIEW, State.APPROVED} and overdue:
        return "overdue"
    if application.state is State.IN_REVIEW:
        return "waiting_source" if _waits_for_source(application) else "in_review"
    return cast("StateWord", application.state.value)


def _steps(application: Application) -> Iterable[Step]:
    decided = application.decided_at
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
        on=application.due_on,
        href=f"{at}/dwelling" if draft else at,
    )
