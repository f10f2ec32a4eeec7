"""From a checked application to the view of the page before submitting: mapping only, no IO."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from certstore.pages.views import Reason
from certstore.web.dress import Lang
from issuance.application import Answers, Application, Matter
from issuance.checklist import Checked
from issuance.handed_in import materials_of, papers_for
from issuance.pages.handed_in_rows import with_handed_in
from issuance.pages.material_rows import material_row
from issuance.pages.views import Answer, CheckView, Counter, Errors, MaterialRow
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.vocabulary import Material, Outcome
from verifiers.materials.vocabulary import Reason as ReasonWord

_TO_DO = frozenset({Outcome.MUST_UPLOAD, Outcome.CHOOSE_ONE, Outcome.BLOCKED})
_ELSEWHERE = {
    "NOT_REGISTERED": "/apply/residence-registration",
    "REGISTERED_ALREADY": "/apply/address-change",
    "ADDRESS_NOT_REGISTERED": "/apply/address-change",
    "RENEWS_LATER": "/certificates",
    "HAS_PERMIT": "/certificates",
    "ENDORSES_LATER": "/certificates",
    "PERMIT_LOST": "/loss",
    "NO_PERMIT": "/apply/residence-permit",
    "NOTHING_TO_CANCEL": "/certificates",
    "BEING_ISSUED": "/certificates",
    "HOUSEHOLD_HERE": "/certificates",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a check page takes beside the application: the day, the city, what can be pressed."""

    due: date
    city: str
    lang: Lang
    child_alone: bool = False  # no face of a child is looked at
    counters: tuple[Counter, ...] = ()
    ends: tuple[str, ...] = ()  # what a cancellation ends
    errors: Errors = field(default_factory=dict)


def check_view(application: Application, checked: Checked, around: Around) -> CheckView:
    """Every material with what came of it, and the answers to change."""
    rows = tuple(
        _row(application, checked, decision, around)
        for decision in checked.decision.materials.values()
    )
    rows = tuple(sorted(rows, key=lambda row: row.outcome != "blocked"))  # first what stops it
    child, letter = application.answers.child, checked.asks_for_letter
    return CheckView(
        ref=application.ref,
        matter=application.matter.value,
        materials=rows,
        answers=tuple(_answers(application, around.city)),
        must_not_request=tuple(
            m.value for m in checked.decision.must_not_request if m not in checked.not_looked_up
        ),
        back_href=f"/applications/{application.ref}/{'commitment' if letter else 'face'}",
        due=around.due,
        child=child.name if child else None,
        obstacle=Reason(checked.obstacle) if checked.obstacle else None,
        obstacle_href=_way_out(application, checked.obstacle),
        counters=around.counters,
        together_href=f"/together/{application.joint_ref}" if application.joint_ref else None,
        ends=around.ends,
        errors=around.errors,
    )


def _way_out(application: Application, obstacle: str) -> str | None:
    at = f"/applications/{application.ref}"
    if obstacle == "ADDRESS_UNCHANGED":
        return f"{at}/address"
    if obstacle == "REGISTERED_ALREADY" and application.answers.child:
        return "/certificates"
    return _ELSEWHERE.get(obstacle, "/windows" if obstacle else None)


def _row(
    application: Application, checked: Checked, decision: MaterialDecision, around: Around
) -> MaterialRow:
    material = decision.material
    if material in checked.too_many:
        return MaterialRow(
            material=material.value,
            outcome="blocked",
            reasons=(Reason("TOO_MANY_LOOKED_UP"),),
            actions=(("counter", "/windows"),),
        )
    if material in checked.not_looked_up:
        return MaterialRow(
            material=material.value, outcome="not_looked_up", after=_first(application, checked)
        )
    said = checked.confirmed.by_record
    row = material_row(application, decision, checked.facts.as_of, around.lang, said)
    if material is Material.DWELLING and application.other_relative is not None:
        row = _neutral(row)
    of_time = material is Material.HALF_YEAR
    actions = _while_time_runs(decision) if of_time else _actions(application, decision, around)
    row = replace(row, actions=tuple(actions))
    return with_handed_in(row, f"/applications/{application.ref}", checked.handed_in)


def _first(
    application: Application, checked: Checked
) -> Literal["face", "letter", "guardianship", "officer"]:
    """What must be done before somebody else is looked up."""
    given = materials_of(checked.handed_in)
    decided, waiting = checked.decision.materials, checked.not_looked_up
    identity, guardianship = decided.get(Material.IDENTITY), decided.get(Material.GUARDIANSHIP)
    if given & {Material.IDENTITY, Material.GUARDIANSHIP, Material.KINSHIP}:
        return "officer"
    if identity is not None and not identity.asks_nothing_again:
        return "face"
    proven = guardianship is None or guardianship.asks_nothing_again
    if not proven and Material.GUARDIANSHIP not in waiting:
        return "guardianship"
    return "letter" if application.commitment is None else "face"


def _neutral(row: MaterialRow) -> MaterialRow:
    """What is told of a relative's records: that they show the home, or that they do not."""
    if row.outcome == "must_upload":
        return replace(row, reasons=(Reason("NOT_AS_DESCRIBED"),))
    if row.outcome == "unknown_source_down":
        down = tuple(r for r in row.reasons if r.code == ReasonWord.SOURCE_UNAVAILABLE.value)
        return replace(row, reasons=down)
    return replace(row, reasons=())


def _while_time_runs(decision: MaterialDecision) -> Iterable[tuple[str, str]]:
    """What can be pressed about half a year: no counter makes a day come sooner."""
    lost = ReasonWord.CERT_SUSPENDED_LOSS in decision.reasons
    if decision.outcome is Outcome.BLOCKED and lost:
        yield "lift", "/loss"


def _actions(
    application: Application, decision: MaterialDecision, around: Around
) -> Iterable[tuple[str, str]]:
    """What can be pressed; where something must be handed in, a counter always can be chosen."""
    at, material = f"/applications/{application.ref}", decision.material
    letter = decision.outcome is Outcome.BY_COMMITMENT
    if letter:
        yield ("letter" if application.commitment else "sign"), f"{at}/commitment"
    if material is Material.PHOTO and decision.outcome is Outcome.OFFICER_REVIEW:
        yield "another_photo", f"{at}/photo"
    elif material is Material.PHOTO and application.matter is Matter.REISSUE:
        yield "new_photo", f"{at}/photo"
    if decision.outcome not in _TO_DO and not (letter and application.commitment is None):
        return
    if material is Material.IDENTITY and not around.child_alone:
        yield "face", f"{at}/face"
    if material is Material.PHOTO:
        yield "photo", f"{at}/photo"
    if papers_for(decision):
        yield "upload", f"{at}/materials/{material.value}"
    if material is Material.DWELLING:
        yield "address", f"{at}/dwelling"
    if not letter:
        yield "counter", "/windows"


def _answers(application: Application, city: str) -> Iterable[Answer]:
    said, at = application.answers, f"/applications/{application.ref}"
    applicant = application.applicant
    if said.child:
        yield Answer("child", applicant.name, f"{at}/child", applicant.id_number)
    else:
        yield Answer("applicant", applicant.name, None, applicant.id_number)
    if not application.matter.asks_home:
        yield from ground_answers(application, f"{at}/why")
        return
    yield Answer("dwelling", said.dwelling, f"{at}/dwelling")
    if said.dwelling != "dormitory":
        own = said.relative is not None and application.other_relative is None
        yield Answer("whose", _whose(said, own=own), f"{at}/relative")
    if application.other_relative is not None:
        yield Answer("relative", application.other_relative.name, f"{at}/relative")
    yield Answer("address", said.full_address(city).removeprefix(city), f"{at}/address")


def ground_answers(application: Application, change_href: str | None = None) -> Iterable[Answer]:
    """What is cancelled, and why; or why another card is asked for."""
    said = application.answers
    if said.about:
        yield Answer("about", said.about, change_href)
    if said.why:
        yield Answer("why", f"{application.matter.value}.{said.why}", change_href)


def _whose(said: Answers, *, own: bool) -> str:
    """Whose home it is, from the side of whoever acts: of a child's, `self` is the child."""
    if own:
        return "guardian"
    return "child" if said.child and said.occupier == "self" else said.occupier
