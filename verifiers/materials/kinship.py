"""Kinship to the relative whose home it is: a record that shows it, else a commitment letter.

The relations are those of Civil Code 1045; the vocabulary holds no others.
"""

from verifiers.materials.candidates import Candidate, best, holder_reason, nearest, standing
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.dwelling import unchanged_address
from verifiers.materials.facts import Facts
from verifiers.materials.persons import Likeness, Person
from verifiers.materials.records import Record
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import Material, Outcome, RecordStatus, RecordType

_LETTER = (("commitment_letter",), ("kinship_certificate_upload",))


def judge_kinship(facts: Facts, rules: Rules) -> MaterialDecision:
    """Judge what shows the kinship; a letter always will do, signed or still to be signed.

    `satisfied_by` of a letter is the signed one on file, None if it is still to be signed.
    It serves the dwelling proof only, so it goes where that one is waived. Where a letter about
    this relative was revoked before, it is `near_miss`, and a person looks at the next one
    (`MaterialDecision.letter_was_revoked`).
    """
    relative = facts.context.relative
    if relative is None or unchanged_address(facts, rules) is not None:
        return MaterialDecision(material=Material.KINSHIP, outcome=Outcome.NOT_APPLICABLE)
    proofs = [
        candidate
        for record in facts.current
        if record.type in rules.kinship and (candidate := _proof(record, facts, relative))
    ]
    proof = best(proofs)
    if proof is not None:
        return MaterialDecision(
            material=Material.KINSHIP, outcome=Outcome.SATISFIED, satisfied_by=proof.record
        )
    letters = _letters(facts, relative)
    revoked = [c for c in letters if c.record.status is RecordStatus.REVOKED]
    miss, reasons = nearest(revoked or proofs)
    signed = best(letters)
    return MaterialDecision(
        material=Material.KINSHIP,
        outcome=Outcome.BY_COMMITMENT,
        reasons=reasons,
        alternatives=_LETTER,
        satisfied_by=None if signed is None else signed.record,
        near_miss=miss.record if miss else None,
    )


def _letters(facts: Facts, relative: Person) -> list[Candidate]:
    """The signed commitment letters of this applicant about this relative, standing or not."""
    return [
        Candidate(record, standing(record, facts.day))
        for record in facts.current
        if record.type is RecordType.LETTER
        and record.names(facts.applicant)
        and record.claims.relative is not None
        and record.claims.relative.is_same(relative)
        and record.claims.signed is not False
    ]


def _proof(record: Record, facts: Facts, relative: Person) -> Candidate | None:
    """Judge a record that names both, either as its holder; None if it is about others."""
    for holder, other in ((facts.applicant, relative), (relative, facts.applicant)):
        if not record.names(holder):
            continue
        named = [p for p in _kin(record) if p.likeness(other) in _MEANT]
        if named:
            wrong = holder_reason(named, (other,))
            faults = standing(record, facts.day)
            return Candidate(record, faults if wrong is None else (wrong, *faults))
    return None


_MEANT = frozenset({Likeness.SAME, Likeness.NAME_DIFFERS})


def _kin(record: Record) -> tuple[Person, ...]:
    """Who stands on the record as kin of its holder."""
    if record.type is RecordType.HOUSEHOLD:
        return (*record.claims.members, *record.holders)
    return record.claims.parents
