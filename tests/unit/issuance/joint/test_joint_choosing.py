"""What can be done in one go, by whom, and what is said before anybody waits for nothing."""

from datetime import timedelta

import pytest

from certstore.errors import ConflictError, MalformedError, NotFoundError
from issuance.application import Child, State
from issuance.joint.choosing import PERMIT, REGISTRATION, Prospect
from issuance.joint.desk import MOST_CHILDREN
from tests.guardians import DAUGHTER, FATHER, number, unknown_child
from tests.joint import SON, begun, family, member, states, with_history
from tests.residents import resident, submitted
from verifiers.materials.calendar_months import months_after

CHEN, LIN = resident("chen_yiming"), resident("lin_xiaohe")


def test_who_has_no_half_a_year_is_told_the_day_and_the_permit_is_not_taken_along(house):
    choices = house.joint_desk.choices(CHEN)
    today = house.clock.now().date()
    assert choices.registration == Prospect()
    assert choices.permit == Prospect("HALF_YEAR_NOT_FULL", months_after(today, 6))
    with pytest.raises(ConflictError) as refusal:
        house.joint_desk.begin(CHEN, (REGISTRATION, PERMIT))
    assert refusal.value.facts["cause"] == "HALF_YEAR_NOT_FULL"
    assert house.apply_desk.all_of(CHEN) == []  # nothing was begun


def test_a_registration_that_ran_out_yesterday_goes_on_and_two_days_ago_does_not(house):
    with_history(house)
    assert house.joint_desk.choices(CHEN).permit == Prospect()
    house.clock.skip(timedelta(days=1))
    assert house.joint_desk.choices(CHEN).permit.fault == "HALF_YEAR_NOT_FULL"


def test_a_permit_comes_along_with_a_registration_only(house):
    with_history(house)
    with pytest.raises(MalformedError):
        house.joint_desk.begin(CHEN, (PERMIT,))
    submitted(house, "lin_xiaohe")
    house.clock.skip(timedelta(days=200))
    choices = house.joint_desk.choices(LIN)
    assert (choices.registration.fault, choices.permit.fault) == ("REGISTERED_ALREADY", "ALONE")


def test_begun_twice_it_is_the_same_one_and_what_was_open_is_taken_along(house):
    with_history(house)
    alone = house.apply_desk.begin(CHEN, REGISTRATION)
    ref = house.joint_desk.begin(CHEN, (REGISTRATION, PERMIT))
    assert house.joint_desk.begin(CHEN, (REGISTRATION, PERMIT)) == ref
    assert member(house, "chen_yiming", ref).ref == alone.ref
    assert len(house.joint_desk.get(CHEN, ref).members) == 2
    assert house.joint_desk.choices(CHEN).open == (ref,)


def test_another_persons_is_as_absent_as_none(house):
    with_history(house)
    ref = begun(house)
    first = member(house, "chen_yiming", ref).ref
    desk = house.joint_desk
    acts = (
        lambda: desk.get(LIN, ref),
        lambda: desk.submit(LIN, ref),
        lambda: desk.add_child(LIN, ref, DAUGHTER),
        lambda: desk.leave_out(LIN, ref, first),
        lambda: desk.begin_again(LIN, ref),
        lambda: desk.get(CHEN, "2" * 20),
        lambda: desk.leave_out(CHEN, ref, "2" * 20),
        lambda: desk.begin(CHEN, (REGISTRATION,), "2" * 20),
    )
    for act in acts:
        with pytest.raises(NotFoundError):
            act()
    assert set(states(house, "chen_yiming", ref).values()) == {"draft"}


def test_children_are_named_as_ever_and_there_is_an_end_to_them(house):
    ref = house.joint_desk.begin(FATHER, (REGISTRATION,))
    with pytest.raises(MalformedError) as refusal:
        house.joint_desk.add_child(FATHER, ref, Child("何雨桐", "123", "", consented=False))
    named = {"child_id_number", "guardian_relation", "consented"}
    assert set(refusal.value.facts["errors"]) == named
    for day in range(1, MOST_CHILDREN + 1):
        house.joint_desk.add_child(FATHER, ref, unknown_child(f"201901{day:02}"))
    with pytest.raises(ConflictError) as full:
        house.joint_desk.add_child(FATHER, ref, SON)
    assert full.value.facts["cause"] == "TOO_MANY_CHILDREN"


def test_a_child_named_twice_is_one_application(house):
    ref = house.joint_desk.begin(FATHER, ())
    assert house.joint_desk.begin(FATHER, ()) == ref  # an empty one is enough
    first = house.joint_desk.add_child(FATHER, ref, DAUGHTER)
    assert house.joint_desk.add_child(FATHER, ref, DAUGHTER).ref == first.ref


def test_a_home_that_says_nothing_of_a_child_is_asked_on_its_own_page(house):
    ref = family(house)
    other = Child("何小雨", number("20200101"), "other", consented=True)
    child = house.joint_desk.add_child(FATHER, ref, other)  # no near relative's: whose, is asked
    assert (child.answers.occupier, child.answers.relative) == ("", None)
    assert child.answers.address == member(house, "he_zhiyuan", ref).answers.address
    own = member(house, "he_zhiyuan", ref)
    dormitory = own.answers.__class__("dormitory", "self", None, "海港区", "东堤路1200号5幢603室")
    house.apply_desk.answer(FATHER, own.ref, dormitory)
    kept = member(house, "he_zhiyuan", ref, child=DAUGHTER.id_number)
    assert kept.answers.dwelling == "own"  # a dormitory takes in who is named


def test_leaving_one_out_leaves_the_others(house):
    ref = family(house)
    child = member(house, "he_zhiyuan", ref, child=SON.id_number)
    house.joint_desk.leave_out(FATHER, ref, child.ref)
    assert house.application(child.ref).state is State.WITHDRAWN
    house.joint_desk.leave_out(FATHER, ref, child.ref)  # the second click
    house.joint_desk.submit(FATHER, ref)
    assert sorted(states(house, "he_zhiyuan", ref).values()) == ["issued", "issued", "withdrawn"]


def test_what_was_submitted_in_another_tab_is_not_left_out(house):
    with_history(house, "shen_xiaozhou")
    ref, me = begun(house, "shen_xiaozhou"), resident("shen_xiaozhou")
    house.joint_desk.submit(me, ref)
    for matter in (REGISTRATION, PERMIT):
        with pytest.raises(ConflictError) as refusal:
            house.joint_desk.leave_out(me, ref, member(house, "shen_xiaozhou", ref, matter).ref)
        assert refusal.value.facts["cause"] == "MOVED"
    assert set(states(house, "shen_xiaozhou", ref).values()) == {"in_review", "waiting"}


def test_nothing_is_submitted_while_one_lacks_something(house):
    ref = family(house)
    named = house.joint_desk.add_child(FATHER, ref, unknown_child())
    with pytest.raises(ConflictError) as refusal:
        house.joint_desk.submit(FATHER, ref)
    assert set(refusal.value.facts["still"]) == {named.ref}
    assert set(states(house, "he_zhiyuan", ref).values()) == {"draft"}


def test_what_was_registered_years_ago_says_nothing_of_the_home(house):
    """The permit takes the home of the registration it follows, not of one long ago."""
    with_history(house)
    house.joint_desk.begin(CHEN, (REGISTRATION, PERMIT))
    permit = next(a for a in house.apply_desk.all_of(CHEN) if a.matter is PERMIT)
    assert permit.answers.address == ""
