"""Who may approve a version, and what a purpose must have been granted for it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from certstore.errors import ConflictError, FieldNotGrantedError, ForbiddenError, MalformedError
from certstore.tables.matter_proposals import Proposal
from certstore.web.texts import Texts
from tests.matters import demonstrations
from tests.unit.verifiers.matters.cases import AGENCY, document, evidence, material, matter
from verifiers.matters.plain import compared, lines_of
from verifiers.matters.proposing import (
    begins,
    judge_approval,
    judge_proposal,
    judge_readings,
    judge_reason,
)

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PROPOSED = Proposal(
    ref="p" * 20,
    code="some_matter",
    version="1",
    agency_uscc=AGENCY,
    document={},
    asked_by="school-service",
    client="school-service",
    asked_at=NOW,
)
REVIEWED = replace(PROPOSED, first_by="operator A01", first_at=NOW)
OWN = replace(PROPOSED, asked_by="operator A01", client=None)


@pytest.mark.parametrize(
    ("proposal", "who", "step", "refused"),
    [
        (PROPOSED, "operator A01", 1, None),
        (REVIEWED, "operator A02", 2, None),
        (REVIEWED, "operator A01", 2, ForbiddenError),  # two people are two
        (OWN, "operator A01", 1, ForbiddenError),  # the proposer is none of them
        (replace(OWN, first_by="operator A02"), "operator A01", 2, ForbiddenError),
        (PROPOSED, "operator A02", 2, ConflictError),
        (REVIEWED, "operator A02", 1, ConflictError),
        (REVIEWED, "operator A02", 3, ConflictError),
        (PROPOSED, "operator A02", 0, ConflictError),
    ],
)
def test_two_people_approve_and_the_proposer_is_neither(proposal, who, step, refused):
    found = judge_approval(proposal, who, step)
    assert found is None if refused is None else isinstance(found, refused)


def test_the_state_says_how_far_a_version_has_come():
    states = [replace(PROPOSED, outcome=o).state for o in ("approved", "refused", "sandbox")]
    assert (PROPOSED.state, REVIEWED.state) == ("proposed", "reviewed")
    assert states == ["active", "refused", "active"]


def test_one_version_of_a_matter_waits_at_a_time():
    found = judge_proposal([PROPOSED], matter(version="2"))
    assert found is not None
    assert found.facts["cause"] == "version_waiting"
    assert judge_proposal([PROPOSED], matter(code="another")) is None


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "a\nb", "a\u202eb"])
def test_a_reason_can_be_read(reason):
    assert isinstance(judge_reason(reason), MalformedError)
    assert judge_reason("区不在许可内") is None


def test_a_first_day_that_passed_while_it_waited_is_the_day_of_approval():
    today, late = date(2026, 11, 25), matter(effective_from="2026-11-01")
    assert begins(late, [], today).effective_from == date(2026, 11, 1)  # the first may have begun
    assert begins(late, [object()], today).effective_from == today
    assert (
        begins(matter(effective_from="2027-01-01"), [object()], today).effective_from.year == 2027
    )


CONDITIONS = [
    ({"is": "district", "parameter": "district"}, "district_is", "residence_district"),
    ({"is": "address", "parameter": "home"}, "address_equals", "address"),
    ({"is": "remaining", "months": 1}, "valid_on", "valid_until"),
    ({"is": "valid_on", "day": "12-31"}, "valid_on", "valid_to"),
    ({"is": "parent", "who": "guardian"}, "parent_is", "parents"),
    ({"is": "held_since", "since": "registered_on", "months": 6}, "held_since", "registered_on"),
    ({"is": "held_since", "since": "valid_from", "months": 6}, "held_since", "valid_from"),
    ({"is": "field", "name": "school", "equals": "一中"}, "school", "school"),
]


@pytest.mark.parametrize(("condition", "question", "field"), CONDITIONS)
def test_what_a_condition_reads_must_be_granted(condition, question, field):
    asked = matter(material([evidence("enrolment", condition)]))
    for granted in ({}, {"enrolment": ("name",)}, {"lease_filing": (question,)}):
        found = judge_readings(asked, granted)
        assert isinstance(found, FieldNotGrantedError)
        assert found.where == "matter.materials[0].accept[0][0].conditions[1]"
        assert found.facts["paths"] == [f"enrolment.{question}"]
    for path in (question, field):
        assert judge_readings(asked, {"enrolment": (path,)}) is None


def test_whose_a_record_is_and_how_old_needs_no_grant():
    plain = (
        {"is": "document_age", "at_most_months": 6},
        {"is": "age", "of": "subject", "at_least": 6},
    )
    asked = matter(
        material([evidence("enrolment", *plain)]),
        material([evidence("person", plain[1])], code="b2"),
    )
    assert judge_readings(asked, {}) is None


# -- in plain words ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_condition_and_outcome_has_words(lang):
    further = (
        *({"is": "age", "of": "guardian", "on": "2026-08-31", "at_least": 18, "at_most": 60},),
        *({"is": "document_age", "at_least_months": 1, "at_most_months": 6},),
        {"is": "valid_on", "day": "parameter:begins"},
        {"is": "field", "name": "school", "one_of": ["一中", "二中"]},
        {"is": "field", "name": "school", "parameter": "home"},
    )
    outcomes = ("officer_review", "satisfied_by_commitment", "blocked", "must_upload")
    conditions = [each[0] for each in CONDITIONS]
    whole = document(
        material([evidence("enrolment", *conditions[:7])], [evidence("enrolment", *further)]),
        *(material([evidence("person", further[0])], code=o, otherwise=o) for o in outcomes),
        material(
            [evidence("id_photo", who="both")],
            code="choice",
            otherwise="choose_one",
            ask=[["face_verification"], ["other_upload", "id_photo_upload"]],
            only_if={"parameter": "district", "one_of": ["海港区"]},
        ),
    )
    lines = lines_of(whole, Texts(lang))
    assert len(lines) > 15
    assert all(line.text and "{" not in line.text for line in lines)


def test_what_a_version_changes_is_marked():
    before = demonstrations()
    now = demonstrations()
    now["materials"] = now["materials"][1:]
    now["legal_basis"] = "义务教育法第十三条"
    texts = Texts("zh")
    found = compared(lines_of(now, texts), lines_of(before, texts))
    changed = [(line.change, line.text) for line in found if line.change != "same"]
    assert changed[0] == ("removed", "依据：义务教育法第十二条")
    assert changed[1] == ("added", "依据：义务教育法第十三条")
    assert ("removed", "入学年龄") in changed
    assert {change for change, _ in changed[2:]} == {"removed"}
