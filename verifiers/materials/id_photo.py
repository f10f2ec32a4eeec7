"""The ID photo: the subject's own, clear, young enough, not under objection."""

from dataclasses import replace
from datetime import date

from verifiers.materials.calendar_months import years_after
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
from verifiers.materials.records import Record
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import Material, Outcome, PhotoQuality, Reason, RecordType

_TYPES = frozenset({RecordType.PHOTO})
_ASK = Ask(Material.PHOTO, _TYPES, (("photo_capture",), ("photo_upload",)))


def judge_photo(facts: Facts, rules: Rules) -> MaterialDecision:
    """Judge the photos on file of the applicant, a child's own and never the guardian's.

    What the picture shows is not looked at here: `quality` is what the photo check said.
    """
    years = rules.photo.limit(facts.age)
    photos = [
        _candidate(record, facts, years)
        for record in facts.current
        if record.type in _TYPES and is_named_like(record.holders, (facts.applicant,))
    ]
    decision = settle(facts, photos, _ASK)
    if decision.outcome is not Outcome.SATISFIED and not rules.matters[facts.matter].ask_for_photo:
        return MaterialDecision(material=Material.PHOTO, outcome=Outcome.NOT_APPLICABLE)
    return replace(decision, limit=years)


def _candidate(record: Record, facts: Facts, years: int) -> Candidate:
    holder = holder_reason(record.holders, (facts.applicant,))
    reasons = [] if holder is None else [holder]
    reasons += standing(record, facts.day)
    reasons += _age(record.claims.taken_on, facts.day, years)
    found = in_order(reasons)
    if record.claims.quality is PhotoQuality.PASS:
        return Candidate(record, found)
    by_eye = not found and record.claims.quality is not PhotoQuality.RETAKE
    return Candidate(record, (*found, Reason.PHOTO_QUALITY), for_officer=by_eye)


def _age(taken_on: date | None, day: date, years: int) -> list[Reason]:
    if taken_on is None:  # undated: cannot be shown to be young enough
        return [Reason.PHOTO_TOO_OLD]
    if taken_on > day:
        return [Reason.NOT_YET_VALID]
    return [Reason.PHOTO_TOO_OLD] if years_after(taken_on, years) < day else []
