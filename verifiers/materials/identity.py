"""Identity: an accepted face result of whoever acts, or an officer's look at the original card."""

from collections.abc import Iterable
from datetime import timedelta

from verifiers.materials.candidates import in_order
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.facts import Facts
from verifiers.materials.records import CounterCheck, EarlierVerification, FaceResult
from verifiers.materials.rule_parts import CounterRule, FaceRule
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import NEARNESS, Material, Outcome, Reason

_OTHERWISE = (("face_verification",), ("id_card_upload",))


def judge_identity(facts: Facts, rules: Rules) -> MaterialDecision:
    """Judge the results of whoever acts; a result of anybody else counts as none.

    Not checked here: signature, nonce, transaction, provider. A result that comes this far
    was accepted or refused for those by the face desk. What waited for another matter was shown
    by the moment it was handed in: nobody verifies twice for one submission.
    """
    own = [r for r in facts.face_results if r.subject.is_same(facts.actor)]
    faults = [(_faults(r, facts, rules.face), r) for r in own]
    passing: list[FaceResult | EarlierVerification | CounterCheck] = [
        r for found, r in faults if not found
    ]
    passing = passing or [*_at_counter(facts, rules.counter)] or [*_earlier(facts, rules.face)]
    if passing:
        latest = max(passing, key=lambda result: result.verified_at)
        return MaterialDecision(
            material=Material.IDENTITY, outcome=Outcome.SATISFIED, satisfied_by=latest
        )
    return MaterialDecision(
        material=Material.IDENTITY,
        outcome=Outcome.CHOOSE_ONE,
        reasons=_of_nearest(found for found, _ in faults),
        alternatives=_OTHERWISE,
        limit=int(rules.face.max_age.total_seconds() // 60),
    )


def _faults(result: FaceResult, facts: Facts, rule: FaceRule) -> tuple[Reason, ...]:
    reasons = []
    if result.result != "pass":
        reasons.append(Reason.FACE_NOT_PASSED)
    if not _assured(result, rule):
        reasons.append(Reason.FACE_LOW_ASSURANCE)
    age = facts.identified_by - result.verified_at
    if age > rule.max_age:
        reasons.append(Reason.FACE_TOO_OLD)
    if age < timedelta(0):  # from the future: neither fresh nor to be trusted
        reasons += [Reason.NOT_YET_VALID, Reason.FACE_LOW_ASSURANCE]
    return in_order(reasons)


def _assured(result: FaceResult, rule: FaceRule) -> bool:
    risks = result.device_risk
    return (
        result.mode in rule.modes
        and result.comparison_source in rule.comparison_sources
        and result.fmr is not None
        and 0 <= result.fmr <= rule.max_fmr
        and result.pad is True
        and result.iad is True
        and risks is not None
        and rule.tolerated_device_risks.issuperset(risks)
    )


def _earlier(facts: Facts, rule: FaceRule) -> list[FaceResult | EarlierVerification]:
    if rule.earlier_verification_max_age is None:
        return []
    oldest = facts.identified_by - rule.earlier_verification_max_age
    return [
        e
        for e in facts.earlier_verifications
        if e.subject.is_same(facts.actor) and oldest <= e.verified_at <= facts.identified_by
    ]


def _at_counter(facts: Facts, rule: CounterRule) -> list[CounterCheck]:
    """What an officer saw of whoever acts: the original, of a kind that does, a moment ago."""
    oldest = facts.identified_by - rule.max_age
    return [
        c
        for c in facts.counter_checks
        if c.subject.is_same(facts.actor)
        and c.document in rule.documents
        and oldest <= c.verified_at <= facts.identified_by
    ]


def _of_nearest(found: Iterable[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    misses = sorted(found, key=lambda reasons: (len(reasons), max(NEARNESS[r] for r in reasons)))
    return in_order(r for m in misses if len(m) == len(misses[0]) for r in m)
