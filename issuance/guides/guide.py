"""The guide to a matter, made from the rules that decide it: frozen values, no IO.

Who may apply, what is needed and how each thing is shown without handing it in, how long it
takes: each line comes from the rules, the procedure or the catalogue as they are on the day. Fee
and legal basis are no rules of the service; they stand in `guides.toml` with their source.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from issuance.application import Matter, State
from issuance.guides.listed import Listed
from issuance.procedure import Procedure, procedure_of
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import Dwelling, Material, RecordType
from verifiers.materials.vocabulary import Matter as JudgedAs


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said: a code of the closed list, a figure, kinds of record."""

    code: str
    n: int = 0
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material, and each way in which it is shown."""

    material: str
    ways: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """Everything to know before one begins, as it is on `day` under the rules `version`."""

    ref: str
    day: date
    version: str
    rules_title: Mapping[str, str]
    begin: str
    conditions: tuple[Line, ...]
    materials: tuple[MaterialLine, ...]
    also: tuple[Line, ...]  # what a workflow beside the core asks for
    at_once: bool  # nobody needs to look where everything is found
    answered_in: int  # working days; 0: it holds at once
    stages: tuple[Line, ...]
    result: str
    valid_years: int
    fee: str
    basis: tuple[Mapping[str, str], ...]
    passages: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"/guides/{self.ref.replace('_', '-')}"


def guide_of(listed: Listed, rules: Rules, figures: Mapping[str, int], day: date) -> Guide:
    """The guide as these rules and figures make it."""
    matter = Matter(listed.matter) if listed.matter else None
    procedure = procedure_of(matter) if matter else None
    result = _result(matter) if matter else listed.result
    return Guide(
        ref=listed.ref,
        day=day,
        version=rules.version,
        rules_title={"zh": rules.title_zh, "en": rules.title_en},
        begin=listed.begin,
        conditions=(
            *(_conditions(matter, rules, figures) if matter else ()),
            *(Line(code, figures.get(_FIGURE_OF.get(code, ""), 0)) for code in listed.conditions),
        ),
        materials=tuple(_materials(matter, rules)) if matter else (),
        also=tuple(Line(code) for code in listed.materials),
        at_once=procedure is None or procedure.by_rules,
        answered_in=procedure.answered_in if procedure else figures.get(listed.days, 0),
        stages=tuple(_stages(procedure)) if procedure else (),
        result=result,
        valid_years=figures.get(_YEARS_OF.get(result, ""), 0),
        fee=listed.fee,
        basis=listed.basis,
        passages=listed.passages,
    )


_FIGURE_OF: Final = {
    "lease_parties": "lease_adult_age",
    "lease_term": "lease_longest_years",
    "lease_crowd": "lease_most_people",
}
_YEARS_OF: Final = {"residence_voucher": "voucher_years", "residence_permit": "permit_years"}


_RESULTS: Final = {Matter.ENDORSEMENT: "endorsed", Matter.CANCELLATION: "cancelled"}


def _result(matter: Matter) -> str:
    if matter in _RESULTS:
        return _RESULTS[matter]
    return "residence_voucher" if matter.is_registration else "residence_permit"


# -- conditions ---------------------------------------------------------------------------


def _conditions(matter: Matter, rules: Rules, figures: Mapping[str, int]) -> Iterator[Line]:
    wanted = rules.matters[JudgedAs(matter.judged_as)].materials
    yield Line("mainland")
    if matter is Matter.REISSUE:
        yield Line("permit_stands")
    elif matter is Matter.CANCELLATION:
        yield Line("something_stands")
    elif matter is Matter.ENDORSEMENT:
        yield Line("has_permit")
    elif matter.rests_on_registration or matter is Matter.ADDRESS_CHANGE:
        yield Line("registered")
    if Material.HALF_YEAR in wanted:
        yield Line("half_year", rules.half_year.months)
        if rules.half_year.insurance_months_instead:
            yield Line("half_year_instead", rules.half_year.insurance_months_instead)
    if Material.BASIS in wanted:
        yield Line("basis")
    window = procedure_of(matter).opens_days_before or figures.get(f"{matter.value}_window_days")
    if window:
        yield Line("window", window)
    if Material.GUARDIANSHIP in wanted:
        yield Line("child", rules.guardianship.needed_below)


def _stages(procedure: Procedure) -> Iterator[Line]:
    if State.ROUTED in procedure.stages:  # a matter of one stage is told whole
        yield from (Line(state.value, days) for state, days in procedure.stages.items())


# -- materials ----------------------------------------------------------------------------


def _materials(matter: Matter, rules: Rules) -> Iterator[MaterialLine]:
    for material in rules.matters[JudgedAs(matter.judged_as)].materials:
        yield MaterialLine(material.value, tuple(_ways(material, matter, rules)))


def _ways(material: Material, matter: Matter, rules: Rules) -> Iterator[Line]:
    rule = rules.matters[JudgedAs(matter.judged_as)]
    match material:
        case Material.IDENTITY:
            yield from _identity(rules)
        case Material.PHOTO:
            yield Line("photo_on_file")
            if rule.ask_for_photo:
                yield Line("photo_take")
        case Material.DWELLING:
            if rule.waive_unchanged_dwelling:
                yield Line("unchanged")
            yield from (_said(f"dwelling_{d}", rules.dwelling_proofs(d)) for d in Dwelling)
        case Material.KINSHIP:
            yield Line("letter")
            yield _said("kinship_records", rules.kinship)
        case Material.GUARDIANSHIP:
            yield _said("guardian_records", rules.guardianship.proven_by)
        case Material.HALF_YEAR:
            yield _said("since", rules.half_year.shown_by)
        case Material.BASIS:
            yield Line("insurance", rules.basis.insurance_months)
            yield _said("stable_dwelling", rules.basis.stable_dwelling)
            yield _said("study", rules.basis.study)


def _identity(rules: Rules) -> Iterator[Line]:
    yield Line("face")
    age = rules.face.earlier_verification_max_age
    if age is not None:
        yield Line("earlier", age.days)
    yield Line("card_upload")


def _said(code: str, records: Iterable[RecordType]) -> Line:
    return Line(code, records=tuple(r.value for r in RecordType if r in set(records)))
