"""Guardianship: somebody under 16 acts through a guardian, and the guardian is proven."""

from dataclasses import replace

from verifiers.materials.candidates import (
    Ask,
    Candidate,
    holder_reason,
    in_order,
    is_named_like,
    settle,
    standing,
)
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.facts import Facts
from verifiers.materials.persons import Person
from verifiers.materials.records import Record
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import Material, Outcome, Reason, RecordType, Relation

_UPLOADS = (("birth_certificate_upload",), ("guardianship_document_upload",))
_COURT_PAPER = (("guardianship_document_upload",),)


def judge_guardianship(facts: Facts, rules: Rules) -> MaterialDecision:
    """Judge whether whoever acts for another may; not applicable where nobody does.

    Parents are guardians by birth until the child is of age; for anybody older, and for any
    other guardian, no record on file proves it, and a document is asked for.
    """
    rule = rules.guardianship
    age = facts.age
    if facts.guardian is None:
        alone = age is not None and age < rule.needed_below
        return MaterialDecision(
            material=Material.GUARDIANSHIP,
            outcome=Outcome.BLOCKED if alone else Outcome.NOT_APPLICABLE,
            reasons=(Reason.GUARDIANSHIP_UNPROVEN,) if alone else (),
        )
    minor = age is None or age < rule.minor_below
    types = rule.proven_by if minor else frozenset[RecordType]()
    guardian = facts.guardian
    candidates = [
        candidate
        for record in facts.current
        if record.type in types and (candidate := _candidate(record, facts, guardian))
    ]
    ask = Ask(Material.GUARDIANSHIP, types, _UPLOADS if minor else _COURT_PAPER)
    return _unproven_first(settle(facts, candidates, ask))


def _candidate(record: Record, facts: Facts, guardian: Person) -> Candidate | None:
    parents = _parents(record)
    child = (facts.applicant,)
    if not is_named_like(record.holders, child) or not is_named_like(parents, (guardian,)):
        return None
    named = (holder_reason(record.holders, child), holder_reason(parents, (guardian,)))
    wrong = [reason for reason in named if reason is not None]
    return Candidate(record, in_order([*wrong, *standing(record, facts.day)]))


def _parents(record: Record) -> tuple[Person, ...]:
    """Who stands on the record as a parent of its holder."""
    members = (p for p in record.claims.members if p.relation is Relation.PARENT)
    return (*record.claims.parents, *members)


def _unproven_first(decision: MaterialDecision) -> MaterialDecision:
    """Say what the lack means here: GUARDIANSHIP_UNPROVEN in place of NO_RECORD."""
    if decision.outcome is Outcome.SATISFIED:
        return decision
    others = (r for r in decision.reasons if r is not Reason.NO_RECORD)
    return replace(decision, reasons=in_order((Reason.GUARDIANSHIP_UNPROVEN, *others)))
