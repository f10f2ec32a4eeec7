"""What waits for another: it begins, goes back to its applicant, or ends; and says which."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.errors import ConflictError
from issuance.application import State
from issuance.conduct import APPLICANT, PREDECESSOR_ENDED
from issuance.joint.choosing import PERMIT, REGISTRATION
from issuance.upload import UploadState
from tests.guardians import DAUGHTER, FATHER
from tests.joint import SON, begun, family, member, states, told, verify, with_history
from tests.residents import EVERYWHERE, LI, resident
from tests.unit.issuance.desk_walks import steps
from tests.unit.issuance.uploading import NOWHERE, good

SHEN = resident("shen_xiaozhou")
GOOD = {"dwelling": "yes"}


def waiting(house):
    """A registration in review, and the permit that waits for it."""
    with_history(house, "shen_xiaozhou")
    ref = begun(house, "shen_xiaozhou")
    house.joint_desk.submit(SHEN, ref)
    found = tuple(member(house, "shen_xiaozhou", ref, m) for m in (REGISTRATION, PERMIT))
    assert [a.state for a in found] == [State.IN_REVIEW, State.WAITING]
    return ref, *found


def test_what_cannot_begin_goes_back_to_its_applicant_with_its_answers(house):
    _, first, permit = waiting(house)
    house.clock.skip(timedelta(days=7))  # the voucher comes too late to go on from the former
    house.review_desk.approve(EVERYWHERE, first.ref, GOOD)
    assert house.start_desk.work() == 1
    back = house.application(permit.ref)
    assert back.state is State.DRAFT
    assert back.answers == permit.answers
    assert back.handed_in_at is None
    assert told(house, SHEN)[0] == "returned"
    assert ("worker", "draft") in steps(house, permit.ref)
    missing = house.joint_desk.get(SHEN, back.joint_ref).drafts[0].missing
    assert "half_year" in missing
    assert house.start_desk.work() == 0


def test_who_withdraws_what_others_wait_for_is_told_once_what_ended(house):
    ref, first, permit = waiting(house)
    house.apply_desk.withdraw(SHEN, first.ref)
    house.apply_desk.withdraw(SHEN, first.ref)
    ended = house.application(permit.ref)
    assert (ended.state, ended.reason) == (State.WITHDRAWN, PREDECESSOR_ENDED)
    assert told(house, SHEN).count("rest_of_joint") == 1
    assert set(states(house, "shen_xiaozhou", ref).values()) == {"withdrawn"}


def test_a_draft_left_alone_takes_along_what_was_handed_in_to_wait_for_it(house):
    with_history(house, "shen_xiaozhou")
    ref = begun(house, "shen_xiaozhou")
    permit = member(house, "shen_xiaozhou", ref, PERMIT)
    assert house.apply_desk.submit(SHEN, permit.ref).state is State.WAITING
    assert house.apply_desk.submit(SHEN, permit.ref).state is State.WAITING  # the second click
    house.clock.skip(timedelta(days=31))
    house.upkeep_desk.look_after_drafts()
    assert set(states(house, "shen_xiaozhou", ref).values()) == {"withdrawn"}
    assert house.application(permit.ref).reason == PREDECESSOR_ENDED
    assert told(house, SHEN).count("rest_of_joint") == 1


def test_a_refusal_among_alike_ones_tells_that_the_others_go_on(house):
    ref = family(house)
    for child in (None, DAUGHTER, SON):
        one = member(house, "he_zhiyuan", ref, child=child.id_number if child else "")
        said = replace(one.answers, district=NOWHERE["district"], address=NOWHERE["address"])
        house.apply_desk.answer(FATHER, one.ref, said)
    own = member(house, "he_zhiyuan", ref)
    with_paper(house, own.ref)
    verify(house, FATHER, own.ref)
    house.joint_desk.submit(FATHER, ref)
    assert set(states(house, "he_zhiyuan", ref).values()) == {"in_review"}
    house.review_desk.refuse(EVERYWHERE, own.ref, "ADDRESS_MISMATCH", "")
    notice = next(n for n in house.holdings_desk.notices(FATHER) if n.kind == "rest_of_joint")
    assert notice.facts["ended"] == []
    assert [each["child"] for each in notice.facts["going_on"]] == [DAUGHTER.name, SON.name]


def test_a_predecessor_decided_between_check_and_click_is_said_so(house):
    with_history(house, "shen_xiaozhou")
    ref = begun(house, "shen_xiaozhou")
    first, permit = (member(house, "shen_xiaozhou", ref, m) for m in (REGISTRATION, PERMIT))
    checked = house.apply_desk.check(SHEN, permit.ref)
    assert checked.promised
    house.apply_desk.submit(SHEN, first.ref)
    house.review_desk.refuse(LI, first.ref, "ADDRESS_MISMATCH", "")
    with pytest.raises(ConflictError) as refusal:
        house.apply_desk.entry.wait(permit, checked, APPLICANT)
    assert refusal.value.facts["missing"] == []
    assert house.application(permit.ref).state is State.DRAFT
    with pytest.raises(ConflictError, match="NOT_REGISTERED"):
        house.apply_desk.submit(SHEN, permit.ref)


def test_one_submitted_after_its_predecessor_was_issued_waits_for_nothing(house):
    with_history(house, "shen_xiaozhou")
    ref = begun(house, "shen_xiaozhou")
    first, permit = (member(house, "shen_xiaozhou", ref, m) for m in (REGISTRATION, PERMIT))
    house.apply_desk.submit(SHEN, first.ref)
    house.review_desk.approve(LI, first.ref, GOOD)
    assert house.apply_desk.submit(SHEN, permit.ref).state is State.ROUTED


def test_a_successor_withdrawn_while_it_is_judged_stays_withdrawn(house):
    _, first, permit = waiting(house)
    house.review_desk.approve(LI, first.ref, GOOD)
    seen = house.application(permit.ref)
    house.apply_desk.withdraw(SHEN, permit.ref)
    house.start_desk.go_on(seen)
    assert house.application(permit.ref).state is State.WITHDRAWN
    assert [step for _, step in steps(house, permit.ref)].count("routed") == 0


def test_no_officer_meets_what_only_waits(house):
    _, _, permit = waiting(house)
    with pytest.raises(ConflictError):
        house.review_desk.open(LI, permit.ref)
    with pytest.raises(ConflictError):
        house.review_desk.approve(EVERYWHERE, permit.ref)
    assert permit.ref not in {a.ref for a, _ in house.review_desk.queue()}


def test_an_officer_sees_what_ends_with_a_refusal(house):
    _, first, permit = waiting(house)
    assert house.review_desk.open(LI, first.ref).ends_too == (PERMIT,)
    house.apply_desk.withdraw(SHEN, permit.ref)
    assert house.review_desk.open(LI, first.ref).ends_too == ()


# -- what is handed in once ----------------------------------------------------------------------


def with_paper(house, ref, me=FATHER):
    """A property certificate handed in for the home of one application."""
    desk = house.upload_desk
    return desk.take_in(me, ref, "dwelling", "property_certificate_upload", good())


@pytest.fixture
def moved_in(house):
    """A family in a home of which nothing is on file, its paper handed in once."""
    ref = family(house)
    own = member(house, "he_zhiyuan", ref)
    said = replace(own.answers, district=NOWHERE["district"], address=NOWHERE["address"])
    house.apply_desk.answer(FATHER, own.ref, said)
    return ref, own.ref, with_paper(house, own.ref).ref


def test_a_paper_for_the_home_counts_for_everybody_and_each_case_shows_it(house, moved_in):
    ref, own, paper = moved_in
    child = member(house, "he_zhiyuan", ref, child=DAUGHTER.id_number)
    assert [f.ref for f in house.apply_desk.check(FATHER, child.ref).handed_in] == [paper]
    house.joint_desk.submit(FATHER, ref)
    assert set(states(house, "he_zhiyuan", ref).values()) == {"in_review"}
    for case in (own, child.ref):
        house.review_desk.open(EVERYWHERE, case)
        assert house.upload_case_desk.part(EVERYWHERE, case, paper, "page-1")


def test_a_home_of_ones_own_takes_no_paper_of_the_others(house, moved_in):
    ref, _, paper = moved_in
    child = member(house, "he_zhiyuan", ref, child=SON.id_number)
    elsewhere = replace(child.answers, address="青石路12号3楼303室")
    house.apply_desk.answer(FATHER, child.ref, elsewhere)
    assert paper not in {f.ref for f in house.apply_desk.check(FATHER, child.ref).handed_in}


def test_a_shared_paper_is_kept_as_long_as_one_needs_it_and_no_longer(house, moved_in):
    ref, own, paper = moved_in
    house.joint_desk.submit(FATHER, ref)
    house.apply_desk.withdraw(FATHER, own)
    house.upload_erasure.erase_ended()
    assert house.upload_desk.progress(FATHER, paper).state is UploadState.KEPT
    child = member(house, "he_zhiyuan", ref, child=SON.id_number)
    house.review_desk.open(EVERYWHERE, child.ref)
    assert house.upload_case_desk.part(EVERYWHERE, child.ref, paper, "page-1")
    for each in (DAUGHTER, SON):
        one = member(house, "he_zhiyuan", ref, child=each.id_number)
        house.apply_desk.withdraw(FATHER, one.ref)
    assert house.upload_erasure.erase_ended() == 1


def test_what_another_case_rests_on_is_not_taken_back(house, moved_in):
    ref, own, paper = moved_in
    child = member(house, "he_zhiyuan", ref, child=DAUGHTER.id_number)
    verify(house, FATHER, child.ref)
    assert house.apply_desk.submit(FATHER, child.ref).state is State.IN_REVIEW
    with pytest.raises(ConflictError) as refusal:
        house.upload_desk.drop(FATHER, paper)
    assert refusal.value.facts["cause"] == "SHARED"
    assert house.application(own).state is State.DRAFT
