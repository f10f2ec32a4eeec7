"""Whether an officer's judgements carry an approval, and what counts as done. No IO."""

from collections.abc import Mapping, Sequence
from typing import Final

from verifiers.materials.decisions import Decision, MaterialDecision
from verifiers.materials.vocabulary import Outcome

YES, NO = "yes", "no"
NOTHING_NEEDED: Final = frozenset({Outcome.SATISFIED, Outcome.BY_COMMITMENT})


def settled(decision: Decision, waiting: Sequence[MaterialDecision]) -> list[MaterialDecision]:
    """The materials that need nothing: settled by the rules, and by nobody's judgement.

    What does not concern this applicant is nothing that was checked, and is not counted.
    """
    judged = {d.material for d in waiting}
    return [
        d for m, d in decision.materials.items() if m not in judged and d.outcome in NOTHING_NEEDED
    ]


def approval_fault(
    decision: Decision, waiting: Sequence[MaterialDecision], said: Mapping[str, str]
) -> str | None:
    """Why a case cannot be approved on these judgements (material word: yes or no); None if it can.

    Codes: nothing_judged (and nothing is settled), unjudged, conflict (one is no), open (something
    is neither settled nor for an officer: a source is down).
    """
    answers = [said.get(d.material.value, "") for d in waiting]
    judged = {d.material for d in waiting}
    rest = [d.outcome for m, d in decision.materials.items() if m not in judged]
    if any(outcome not in NOTHING_NEEDED | {Outcome.NOT_APPLICABLE} for outcome in rest):
        return "open"
    if not answers:  # what the rules settled whole may be approved; what they never saw may not
        return None if NOTHING_NEEDED & set(rest) else "nothing_judged"
    if any(answer not in {YES, NO} for answer in answers):
        return "unjudged"
    return "conflict" if NO in answers else None
