"""The basis of a permit: stable employment, stable dwelling or continuous study; one will do."""

from verifiers.materials.candidates import (
    Ask,
    Candidate,
    holder_reason,
    is_named_like,
    settle,
    standing,
)
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.dwelling import dwelling_candidates
from verifiers.materials.employment import insurance_candidates
from verifiers.materials.facts import Facts
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import Material, RecordType

_UPLOADS = (
    ("employment_proof_upload",),
    ("dwelling_proof_upload",),
    ("study_proof_upload",),
)


def judge_basis(facts: Facts, rules: Rules) -> MaterialDecision:
    """Judge insurance, dwelling and enrolment together; whichever serves decides.

    A dwelling counts by its own record, even where the dwelling proof itself is waived.
    """
    rule = rules.basis
    homes = rules.dwelling_proofs(facts.context.dwelling) & rule.stable_dwelling
    candidates = [
        *insurance_candidates(
            facts, rule.insurance_months, may_lag_months=rule.insurance_may_lag_months
        ),
        *dwelling_candidates(facts, homes),
        *_study(facts, rule.study),
    ]
    types = homes | rule.study | {RecordType.INSURANCE}
    return settle(facts, candidates, Ask(Material.BASIS, types, _UPLOADS))


def _study(facts: Facts, types: frozenset[RecordType]) -> list[Candidate]:
    found = []
    for record in facts.current:
        if record.type in types and is_named_like(record.holders, (facts.applicant,)):
            holder = holder_reason(record.holders, (facts.applicant,))
            faults = standing(record, facts.day)
            found.append(Candidate(record, faults if holder is None else (holder, *faults)))
    return found
