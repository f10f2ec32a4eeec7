"""What an agency's matter still needs in one case. No IO: same matter and facts, same answer.

Of the groups a material accepts, the first that is whole decides. If none is, the nearest miss
says why: least missing, then least wrong, then as the matter ranks them. A source that is down
never becomes a request, and what the purpose does not cover is not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from certstore.sharing.guessing import Compared
from verifiers.materials.candidates import Candidate, best, in_order, nearest, standing
from verifiers.materials.decisions import UPLOAD_OF, Alternatives
from verifiers.materials.records import Record
from verifiers.materials.vocabulary import NEARNESS, SOURCE_OF, Outcome, Reason, Source
from verifiers.matters.case_facts import CaseFacts
from verifiers.matters.comparing import Comparing
from verifiers.matters.conditions import AgeIs
from verifiers.matters.finding import Finding
from verifiers.matters.matter import AgencyMatter, Evidence, MatterMaterial, OnlyIf

_ASKS = frozenset({Outcome.MUST_UPLOAD, Outcome.CHOOSE_ONE})
_SETTLED = frozenset({Outcome.SATISFIED, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialAnswer:
    """What became of one material."""

    material: MatterMaterial
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    satisfied_by: tuple[Record, ...] = ()
    alternatives: Alternatives = ()
    near_miss: Record | None = None
    sources_down: tuple[Source, ...] = ()
    eligible_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterAnswer:
    """What the matter still needs, material by material."""

    rule_version: str
    materials: tuple[MaterialAnswer, ...]
    compared: tuple[Compared, ...] = ()  # for the record; no part of what is sent

    @property
    def must_not_request(self) -> tuple[str, ...]:
        """Whatever is satisfied or not applicable: nobody may ask for it."""
        return tuple(a.material.code for a in self.materials if a.outcome in _SETTLED)

    @property
    def leaned_on(self) -> tuple[Record, ...]:
        """The records that satisfied something."""
        found = (record for answer in self.materials for record in answer.satisfied_by)
        return tuple({record.record_id: record for record in found}.values())


@dataclass(frozen=True, slots=True)
class _Judged:
    """One piece of evidence in one case: what serves, or what is wrong."""

    evidence: Evidence
    serves: bool
    record: Record | None = None
    reasons: tuple[Reason, ...] = ()
    by_eye: bool = False
    eligible_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """Evidence that serves together."""

    judged: tuple[_Judged, ...]
    place: int  # as the matter ranks it

    @property
    def missing(self) -> tuple[_Judged, ...]:
        return tuple(each for each in self.judged if not each.serves)

    @property
    def distance(self) -> tuple[int, int, int]:
        worst = max((NEARNESS[r] for each in self.missing for r in each.reasons), default=0)
        return (len(self.missing), worst, self.place)

    def sources_down(self, facts: CaseFacts) -> frozenset[Source]:
        """The silent sources, if all that is missing could be theirs."""
        types = [each.evidence.type for each in self.missing]
        asked = [e.type for m in self.missing if (e := m.evidence).type and _may_read(e, facts)]
        sources = {SOURCE_OF.get(kind) for kind in asked if kind}
        whole = len(asked) == len(types)
        down = frozenset(s for s in sources if s in facts.sources_down and s is not None)
        return down if whole and len(down) == len(sources) else frozenset()


def judge_matter(
    matter: AgencyMatter, facts: CaseFacts, comparing: Comparing | None = None
) -> MatterAnswer:
    """Judge every material of a matter; `comparing` knows what was found before of the case."""
    bench = Comparing.of(facts) if comparing is None else comparing
    pieces: dict[Evidence, _Judged] = {}
    answers = tuple(_judge_material(each, bench, pieces) for each in matter.materials)
    return MatterAnswer(
        rule_version=matter.rule_version, materials=answers, compared=bench.compared()
    )


def _judge_material(
    material: MatterMaterial, bench: Comparing, pieces: dict[Evidence, _Judged]
) -> MaterialAnswer:
    facts = bench.facts
    if material.only_if is not None and not _applies(material.only_if, facts.parameters):
        return MaterialAnswer(material=material, outcome=Outcome.NOT_APPLICABLE)
    groups: list[_Group] = []
    for place, group in enumerate(material.accept):
        for evidence in group:
            if evidence not in pieces:
                pieces[evidence] = _judge_evidence(evidence, bench)
        judged = _Group(tuple(pieces[evidence] for evidence in group), place)
        if not judged.missing:  # nothing further is looked at
            records = {e.record.record_id: e.record for e in judged.judged if e.record is not None}
            return MaterialAnswer(
                material=material, outcome=Outcome.SATISFIED, satisfied_by=tuple(records.values())
            )
        groups.append(judged)
    return _unsatisfied(material, sorted(groups, key=lambda group: group.distance), facts)


def _unsatisfied(
    material: MatterMaterial, groups: list[_Group], facts: CaseFacts
) -> MaterialAnswer:
    first = groups[0]
    reasons = [reason for each in first.missing for reason in each.reasons]
    if _outside(material, facts):
        reasons.append(Reason.PURPOSE_NOT_ALLOWED)
    down = frozenset[Source]().union(*(group.sources_down(facts) for group in groups))
    outcome, alternatives = material.otherwise, _alternatives(material, groups)
    if down:
        outcome, alternatives = Outcome.SOURCE_DOWN, ()
        reasons.append(Reason.SOURCE_UNAVAILABLE)
    elif all(each.by_eye for each in first.missing):
        outcome, alternatives = Outcome.OFFICER_REVIEW, ()
    elif outcome in _ASKS and not alternatives:
        outcome = Outcome.BLOCKED  # no paper makes anybody older
    days = [each.eligible_on for each in first.missing if each.eligible_on is not None]
    return MaterialAnswer(
        material=material,
        outcome=outcome,
        reasons=in_order(reasons),
        alternatives=alternatives,
        near_miss=next((each.record for each in first.missing if each.record is not None), None),
        sources_down=tuple(source for source in Source if source in down),
        eligible_on=max(days, default=None),
    )


def _judge_evidence(evidence: Evidence, bench: Comparing) -> _Judged:
    facts = bench.facts
    if evidence.type is None:
        return _judge_person(evidence, facts)
    if not _may_read(evidence, facts):
        return _Judged(evidence, serves=False, reasons=(Reason.PURPOSE_NOT_ALLOWED,))
    judged = list(bench.meant(evidence))
    candidates = {r.record_id: _candidate(r, found, facts) for r, found in judged}
    serving = best(candidates.values())
    if serving is not None:
        return _Judged(evidence, serves=True, record=serving.record)
    miss, reasons = nearest(candidates.values())
    if miss is None:
        return _Judged(evidence, serves=False, reasons=(Reason.NO_RECORD,))
    days = [f.eligible_on for r, found in judged if r is miss.record for f in found]
    return _Judged(
        evidence,
        serves=False,
        record=miss.record,
        reasons=reasons,
        by_eye=miss.for_officer,
        eligible_on=max((day for day in days if day is not None), default=None),
    )


def _judge_person(evidence: Evidence, facts: CaseFacts) -> _Judged:
    found = [c.judge_people(facts) for c in evidence.conditions if isinstance(c, AgeIs)]
    reasons = in_order(reason for finding in found for reason in finding.reasons)
    wrong = [finding for finding in found if finding.reasons]
    by_eye = bool(wrong) and all(finding.by_eye for finding in wrong)
    return _Judged(evidence, serves=not reasons, reasons=reasons, by_eye=by_eye)


def _may_read(evidence: Evidence, facts: CaseFacts) -> bool:
    return evidence.type is not None and facts.may_read(evidence.type, evidence.reads)


def _candidate(record: Record, findings: tuple[Finding, ...], facts: CaseFacts) -> Candidate:
    in_itself = standing(record, facts.day)
    reasons = in_order([*in_itself, *(r for f in findings for r in f.reasons)])
    wrong = [finding for finding in findings if finding.reasons]
    by_eye = not in_itself and bool(wrong) and all(finding.by_eye for finding in wrong)
    return Candidate(record, reasons, for_officer=by_eye)


def _applies(only_if: OnlyIf, parameters: Mapping[str, str]) -> bool:
    return parameters.get(only_if.parameter) in only_if.one_of


def _outside(material: MatterMaterial, facts: CaseFacts) -> bool:
    pieces = (evidence for group in material.accept for evidence in group if evidence.type)
    return not all(_may_read(evidence, facts) for evidence in pieces)


def _alternatives(material: MatterMaterial, groups: list[_Group]) -> Alternatives:
    """What would do, the nearest first: of each group what is missing; any of the outer."""
    if material.otherwise not in _ASKS:
        return ()
    if material.ask:
        return material.ask
    found = []
    for group in groups:
        types = [each.evidence.type for each in group.missing]
        if None not in types:
            found.append(tuple(dict.fromkeys(UPLOAD_OF[kind] for kind in types if kind)))
    return tuple(dict.fromkeys(found))
