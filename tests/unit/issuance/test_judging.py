"""What counts as done, and what keeps a case from being approved."""

from dataclasses import replace
from datetime import date

import pytest

from issuance.judging import approval_fault, settled
from verifiers.materials.decisions import Decision, MaterialDecision
from verifiers.materials.vocabulary import Material, Matter, Outcome

M, O = Material, Outcome  # noqa: E741 - one letter each, for the table below


def decided(**outcomes):
    """A decision with these outcomes."""
    materials = {
        M(name): MaterialDecision(material=M(name), outcome=outcome)
        for name, outcome in outcomes.items()
    }
    return Decision(
        matter=Matter.REGISTRATION, day=date(2026, 11, 25), rule_version="x", materials=materials
    )


def waiting(decision, *names):
    return tuple(decision.materials[M(name)] for name in names)


CASE = {
    "identity": O.SATISFIED,
    "photo": O.SATISFIED,
    "dwelling": O.OFFICER_REVIEW,
    "kinship": O.BY_COMMITMENT,
    "guardianship": O.NOT_APPLICABLE,
}


def test_only_what_needs_nothing_counts_as_done():
    decision = decided(**CASE, half_year=O.SOURCE_DOWN, basis=O.MUST_UPLOAD)
    done = settled(decision, waiting(decision, "dwelling"))
    assert [d.material for d in done] == [M.IDENTITY, M.PHOTO, M.KINSHIP]


def test_what_was_handed_in_is_judged_and_not_counted_as_done():
    decision = decided(**CASE)
    done = settled(decision, waiting(decision, "dwelling", "kinship"))
    assert [d.material for d in done] == [M.IDENTITY, M.PHOTO]


@pytest.mark.parametrize(
    ("changes", "said", "fault"),
    [
        ({}, {"dwelling": "yes"}, None),
        ({}, {}, "unjudged"),
        ({}, {"dwelling": "no"}, "conflict"),
        ({"basis": O.SOURCE_DOWN}, {"dwelling": "yes"}, "open"),
        ({"basis": O.MUST_UPLOAD}, {"dwelling": "yes"}, "open"),
        ({"basis": O.CHOOSE_ONE}, {"dwelling": "yes"}, "open"),
        ({"basis": O.BLOCKED}, {"dwelling": "yes"}, "open"),
    ],
)
def test_what_keeps_a_case_from_being_approved(changes, said, fault):
    decision = decided(**(CASE | changes))
    assert approval_fault(decision, waiting(decision, "dwelling"), said) == fault


def test_each_of_several_must_be_judged_good():
    decision = decided(**(CASE | {"photo": O.OFFICER_REVIEW}))
    both = waiting(decision, "photo", "dwelling")
    assert approval_fault(decision, both, {"photo": "yes"}) == "unjudged"
    assert approval_fault(decision, both, {"photo": "yes", "dwelling": "no"}) == "conflict"
    assert approval_fault(decision, both, {"photo": "yes", "dwelling": "yes"}) is None


def test_what_the_rules_settled_whole_may_be_approved_and_what_nobody_saw_may_not():
    decision = decided(**(CASE | {"dwelling": O.SATISFIED}))
    assert approval_fault(decision, (), {}) is None
    nothing = replace(decision, materials={})
    assert approval_fault(nothing, (), {}) == "nothing_judged"
    not_asked = decided(**dict.fromkeys(CASE, O.NOT_APPLICABLE))
    assert approval_fault(not_asked, (), {"dwelling": "yes"}) == "nothing_judged"


def test_what_was_handed_in_for_something_missing_can_be_judged():
    decision = decided(**(CASE | {"basis": O.MUST_UPLOAD}))
    both = waiting(decision, "dwelling", "basis")
    assert approval_fault(decision, both, {"dwelling": "yes", "basis": "yes"}) is None
