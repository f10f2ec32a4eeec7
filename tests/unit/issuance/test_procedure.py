"""The tables of what may happen: whole, and refused where they are not."""

import copy

import pytest

from certstore.errors import MalformedError
from issuance.application import ENDED_STATES, Matter, State
from issuance.procedure import Action, Role, procedure_of, read_procedure

SOUND = {
    "matter": "residence_registration",
    "answered_in": 1,
    "stages": {"in_review": 1},
    "steps": [
        {"action": "submit", "from": ["draft"], "to": "in_review", "by": ["applicant"]},
        {"action": "refuse", "from": ["in_review"], "to": "refused", "by": ["officer"]},
    ],
}


@pytest.mark.parametrize("matter", list(Matter))
def test_every_matter_has_a_whole_table(matter):
    table = procedure_of(matter)
    assert table.matter is matter
    ends = {to for to in table.steps.values() if to in ENDED_STATES}
    assert (State.ISSUED in ends) != (State.DONE in ends)  # a certificate, or something done
    for state in {at for at, _, _ in table.steps}:
        assert state not in ENDED_STATES


@pytest.mark.parametrize("matter", list(Matter))
def test_nobody_but_officer_or_rules_approves_or_refuses(matter):
    for (state, action, role), to in procedure_of(matter).steps.items():
        if action in {Action.APPROVE, Action.REFUSE, Action.ASK, Action.ACCEPT}:
            assert role in {Role.OFFICER, Role.RULES}
        if to is State.ISSUED:
            assert (action, role) == (Action.ISSUE, Role.SYSTEM)
        if to is State.DONE and state is not State.DRAFT:
            assert (state, action, role) == (State.APPROVED, Action.CARRY_OUT, Role.SYSTEM)


def test_a_first_permit_takes_an_officer():
    assert not procedure_of(Matter.RESIDENCE_PERMIT).by_rules
    assert procedure_of(Matter.RESIDENCE_REGISTRATION).by_rules


@pytest.mark.parametrize("matter", [Matter.REISSUE, Matter.CANCELLATION])
def test_another_card_and_an_end_take_an_officer_and_seven_working_days(matter):
    table = procedure_of(matter)
    assert not table.by_rules
    assert (table.answered_in, table.stages[State.IN_REVIEW]) == (7, 7)


@pytest.mark.parametrize("matter", [Matter.LOSS_REPORT, Matter.LOSS_LIFT])
def test_a_loss_is_done_as_it_is_asked_for(matter):
    table = procedure_of(matter)
    assert table.answered_in == 0
    assert set(table.steps.values()) == {State.DONE}


def test_only_what_is_done_at_once_has_no_term():
    at_once = {"action": "carry_out", "from": ["draft"], "to": "done", "by": ["applicant"]}
    assert read_procedure(changed(answered_in=0, stages={}, steps=[at_once]), where="x").steps


def changed(**changes):
    raw = copy.deepcopy(SOUND)
    raw.update(changes)
    return raw


def with_step(action, source, to, by="officer"):
    step = {"action": action, "from": [source], "to": to, "by": [by]}
    return changed(steps=[*SOUND["steps"], step])


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        (changed(matter="nonsense"), "words of the lists"),
        (changed(answered_in=0), "working days"),
        (changed(answered_in=True), "working days"),
        (changed(answered_in=61), "working days"),
        (changed(stages={"in_review": "1"}), "working days"),
        (changed(stages={"routed": 1}), "never entered"),
        (changed(stages={"somewhere": 1}), "words of the lists"),
        (changed(steps=[]), "never entered"),
        (changed(more=1), "unknown"),
        (changed(opens_days_before=0), "window"),
        (with_step("refuse", "in_review", "withdrawn"), "two rows"),
        (with_step("ask", "in_review", "supplement"), "never be left"),
        (with_step("accept", "routed", "in_review"), "never be reached"),
        (with_step("supply", "refused", "in_review"), "has ended goes on"),
        (with_step("shout", "in_review", "refused"), "words of the lists"),
        (with_step("refuse", "draft", "refused", "mayor"), "words of the lists"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(raw, wrong):
    with pytest.raises(MalformedError, match=wrong) as refusal:
        read_procedure(raw, where="x.toml")
    assert refusal.value.where == "x.toml"


def test_a_row_holds_nothing_else():
    raw = changed()
    raw["steps"][0]["because"] = "so"
    with pytest.raises(MalformedError, match="words of the lists"):
        read_procedure(raw, where="x.toml")
    assert read_procedure(SOUND, where="x.toml").answered_in == 1


@pytest.mark.parametrize(
    "matter",
    [Matter.RESIDENCE_REGISTRATION, Matter.ADDRESS_CHANGE, Matter.RESIDENCE_PERMIT],
)
def test_what_waits_is_begun_returned_or_ended_by_the_worker_and_withdrawn_by_its_applicant(matter):
    table = procedure_of(matter)
    assert State.WAITING not in table.stages  # no clock runs
    assert table.after(State.DRAFT, Action.WAIT, Role.APPLICANT) is State.WAITING
    begins = table.after(State.DRAFT, Action.SUBMIT, Role.APPLICANT)
    assert table.after(State.WAITING, Action.START, Role.SYSTEM) is begins
    assert table.after(State.WAITING, Action.RETURN, Role.SYSTEM) is State.DRAFT
    assert table.after(State.WAITING, Action.END, Role.SYSTEM) is State.WITHDRAWN
    assert table.after(State.WAITING, Action.WITHDRAW, Role.APPLICANT) is State.WITHDRAWN
    assert table.actions(State.WAITING, Role.OFFICER) == ()
