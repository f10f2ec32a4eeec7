"""The officer's desk: looking is recorded, one decision counts, and reasons are given."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.certificates import Holder
from certstore.errors import ConflictError, MalformedError, NotFoundError
from issuance.application import State
from issuance.history.tables import HELD_UP
from issuance.issue import TRY_AGAIN_AFTER
from issuance.refusals.reasons import reasons_for
from issuance.sentences import MAX_SENTENCE
from issuance.tables import ApplicationBook
from issuance.waiting.queue import Asked
from tests.residents import GAO, LI, copied, drafted, resident, submitted, vouchers
from tests.unit.issuance.test_issue import NO_FONT, Down, assert_issued_once, count

SHEN = resident("shen_xiaozhou")
YES = {"dwelling": "yes"}


@pytest.fixture
def case(house):
    """What waits for an officer."""
    return submitted(house, "shen_xiaozhou").ref


def state(house, ref):
    return house.apply_desk.get(SHEN, ref).state


def test_the_queue_shows_what_waits_by_due_date_with_the_working_days_left(house, case):
    [(application, days_left)] = house.review_desk.queue()
    assert (application.ref, application.state) == (case, State.IN_REVIEW)
    assert (
        days_left
        == house.calendar.working_days_between(
            house.clock.now().date(), application.due_on
        ).working_days
    )
    house.review_desk.approve(GAO, case, YES)
    assert house.review_desk.queue() == []


def test_each_officers_look_is_recorded_once_and_the_applicant_sees_it(house, case):
    for officer in (GAO, LI, GAO, GAO):
        house.review_desk.open(officer, case)
    looks = [u for u in house.holdings_desk.usage(SHEN) if u.kind == "review"]
    assert [u.record["operator"] for u in looks] == ["1052", "1047"]
    assert looks[0].record["station"] == "梧桐派出所"
    assert looks[0].record["case_no"] == house.apply_desk.get(SHEN, case).number
    assert count(house, "ledger_leaves") == 2


def test_one_officer_who_opens_a_case_in_five_windows_looked_once(house, case):
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: house.review_desk.open(GAO, case), range(5)))
    assert count(house, "usage", "kind = 'review'") == 1


def test_a_case_is_opened_with_the_records_its_decision_looked_at(house, case):
    opened = house.review_desk.open(GAO, case)
    assert {"lease_filing", "id_photo"} <= {r.type_code for r in opened.records}


def test_a_draft_is_nobodys_case(house):
    ref = drafted(house, "shen_xiaozhou").ref
    for decide in (
        lambda: house.review_desk.open(GAO, ref),
        lambda: house.review_desk.approve(GAO, ref, YES),
        lambda: house.review_desk.refuse(GAO, ref, "ADDRESS_MISMATCH", ""),
    ):
        with pytest.raises(ConflictError):
            decide()
    assert state(house, ref) is State.DRAFT
    assert count(house, "usage", "kind = 'review'") == 0


def test_there_is_no_such_case(house):
    with pytest.raises(NotFoundError):
        house.review_desk.open(GAO, "2" * 20)
    assert house.review_desk.peek("2" * 20) is None


def test_approving_issues_at_once_and_says_who_decided(house, case):
    done = house.review_desk.approve(GAO, case, YES)
    assert (done.state, done.reviewed_by, done.automatic) == (State.ISSUED, "1047", False)
    assert house.review_desk.peek(case).application == done
    assert_issued_once(house, "shen_xiaozhou")


def test_of_two_officers_one_decides_and_the_other_is_told(house, case):
    house.review_desk.approve(GAO, case, YES)
    for decide in (
        lambda: house.review_desk.approve(LI, case, YES),
        lambda: house.review_desk.refuse(LI, case, "ADDRESS_MISMATCH", ""),
    ):
        with pytest.raises(ConflictError, match="officer 1047 approved this case at 10:00") as told:
            decide()
        facts = told.value.facts
        assert (facts["cause"], facts["by"], facts["what"]) == ("DECIDED", "1047", "approved")
        assert facts["at"] == house.apply_desk.get(SHEN, case).decided_at
    assert house.apply_desk.get(SHEN, case).reviewed_by == "1047"
    assert_issued_once(house, "shen_xiaozhou")


def test_a_refused_case_is_not_approved_afterwards(house, case):
    house.review_desk.refuse(LI, case, "ADDRESS_MISMATCH", "")
    with pytest.raises(ConflictError):
        house.review_desk.approve(GAO, case, YES)
    assert state(house, case) is State.REFUSED
    assert vouchers(house, "shen_xiaozhou") == []


def test_what_was_withdrawn_is_not_called_decided(house, case):
    house.apply_desk.withdraw(SHEN, case)
    with pytest.raises(ConflictError, match="withdrawn or ended at 10:00") as told:
        house.review_desk.approve(GAO, case, YES)
    assert (told.value.facts["cause"], told.value.facts["what"]) == ("DECIDED", "withdrawn")
    assert house.review_desk.open(GAO, case).ended == "withdrawn"


def test_of_two_decisions_at_once_one_counts(house, case):
    def decide(officer):
        try:
            if officer is GAO:
                return house.review_desk.approve(officer, case, YES)
            return house.review_desk.refuse(officer, case, "ADDRESS_MISMATCH", "")
        except ConflictError:
            return None

    with ThreadPoolExecutor(4) as pool:
        found = [f for f in pool.map(decide, (GAO, LI, GAO, LI)) if f is not None]
    assert len(found) == 1
    assert house.apply_desk.get(SHEN, case).reviewed_by == found[0].reviewed_by


def test_a_refusal_gives_its_reason_and_the_applicant_is_told_once(house, case):
    done = house.review_desk.refuse(GAO, case, "OTHER", "  请带租赁合同  到窗口。 ")
    assert (done.state, done.reason) == (State.REFUSED, "OTHER\n请带租赁合同 到窗口。")
    (told,) = [n for n in house.holdings_desk.notices(SHEN) if n.kind == "refused"]
    assert told.facts["reason"] == "OTHER"
    assert count(house, "outbox", "subject = 'application.refused'") == 1
    assert vouchers(house, "shen_xiaozhou") == []


@pytest.mark.parametrize(
    ("reason", "sentence", "where"),
    [
        ("", "", "reason"),
        ("BECAUSE", "", "reason"),
        ("OTHER", "", "sentence"),
        ("OTHER", "  ", "sentence"),
        ("OTHER", "长" * (MAX_SENTENCE + 1), "sentence"),
        ("ADDRESS_MISMATCH", "长" * (MAX_SENTENCE + 1), "sentence"),
        ("ADDRESS_MISMATCH", "反\u202e向", "sentence"),
    ],
)
def test_a_refusal_without_a_proper_reason_changes_nothing(house, case, reason, sentence, where):
    with pytest.raises(MalformedError) as refused:
        house.review_desk.refuse(GAO, case, reason, sentence)
    assert refused.value.where == where
    assert state(house, case) is State.IN_REVIEW


@pytest.mark.parametrize(
    "reason", [r for r in reasons_for("residence_registration") if r != "OTHER"]
)
def test_a_listed_reason_needs_no_sentence(house, case, reason):
    assert house.review_desk.refuse(GAO, case, reason, "").state is State.REFUSED


def test_after_a_refusal_one_may_apply_again(house, case):
    house.review_desk.refuse(GAO, case, "ADDRESS_MISMATCH", "")
    again = submitted(house, "shen_xiaozhou", address="听雨路东段77号3号楼1202室")
    assert again.ref != case
    assert again.state is State.ISSUED


def test_an_approval_stands_while_the_store_is_down(house, case):
    down = replace(house.issuance_desk, objects=Down())
    done = replace(house.review_desk, issuance=down).approve(GAO, case, YES)
    assert (done.state, done.reviewed_by) == (State.APPROVED, "1047")
    house.issuance_desk.finish(lambda ref, error: None)
    assert state(house, case) is State.ISSUED


def test_an_approval_stands_where_no_font_draws_the_address(house):
    case = submitted(house, "shen_xiaozhou", address=f"听雨路77号3号楼{NO_FONT}1202室").ref
    assert house.review_desk.approve(GAO, case, YES).state is State.APPROVED
    assert [a.ref for a, _ in house.review_desk.queue()] == [case]
    assert vouchers(house, "shen_xiaozhou") == []


# -- judging ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({}, "unjudged"),
        ({"dwelling": ""}, "unjudged"),
        ({"dwelling": "perhaps"}, "unjudged"),
        ({"photo": "yes"}, "unjudged"),
        ({"dwelling": "no"}, "conflict"),
    ],
)
def test_a_case_is_not_approved_while_an_item_waits_for_judgement(house, case, said, cause):
    with pytest.raises(MalformedError) as refused:
        house.review_desk.approve(GAO, case, said)
    assert (refused.value.where, refused.value.facts["cause"]) == ("decision", cause)
    assert state(house, case) is State.IN_REVIEW


def test_a_case_in_which_nothing_is_to_be_judged_cannot_be_approved(settled_folder, tmp_path):
    with copied(settled_folder, tmp_path, sources_down=("housing",)) as house:
        ref = submitted(house, "zheng_xue").ref
        assert house.review_desk.to_judge(house.application(ref))[1] == ()
        with pytest.raises(ConflictError, match="every material was judged") as refused:
            house.review_desk.approve(GAO, ref, {"dwelling": "yes"})
        assert refused.value.facts["cause"] == "open"
        assert house.application(ref).state is State.IN_REVIEW


# -- photos ----------------------------------------------------------------------------------


def namesake_photo(house, key):
    """A photo on file of another person of the same name, which a decision also looks at."""
    holder = resident(key).holder
    with house.archive.writing() as books:
        mine = next(
            c
            for c in books.register.held_by(holder.id_type, holder.id_number)
            if c.type_code == "id_photo"
        )
        other = replace(
            mine,
            ref="3" * 20,
            record_id="namesake",
            holders=(Holder(holder.name, "111", "340199198001010010"),),
        )
        assert books.register.hand_in(other)
    return mine.ref, other.ref


def test_an_officer_opens_the_photo_of_whom_the_case_is_about_and_of_no_namesake(house):
    mine, others = namesake_photo(house, "shen_xiaozhou")
    case = submitted(house, "shen_xiaozhou").ref
    opened = house.review_desk.open(GAO, case)
    assert {mine, others} <= {r.ref for r in opened.records}  # the decision looked at both
    assert [r.ref for r in opened.photos] == [mine]
    assert house.review_desk.photo(GAO, case, mine).media_type == "image/jpeg"
    for ref in (others, "4" * 20):
        with pytest.raises(NotFoundError):
            house.review_desk.photo(GAO, case, ref)


def test_of_a_child_and_the_guardian_who_acts_an_officer_may_see_both(house, case):
    opened = house.review_desk.open(GAO, case)
    mother = resident("lin_xiaohe").holder
    (photo,) = opened.photos
    hers = replace(photo, ref="5" * 20, holders=(mother,))
    both = replace(photo, ref="6" * 20, holders=(*photo.holders, mother))
    alone = replace(opened, records=(photo, hers, both))
    assert [r.ref for r in alone.photos] == [photo.ref]
    acting = replace(alone, application=replace(alone.application, actor=mother))
    assert [r.ref for r in acting.photos] == [photo.ref, hers.ref, both.ref]


# -- held up ---------------------------------------------------------------------------------


def test_an_approved_case_that_cannot_be_issued_says_why_and_since_when(house):
    case = submitted(house, "shen_xiaozhou", address=f"听雨路77号3号楼{NO_FONT}1202室").ref
    house.review_desk.approve(GAO, case, YES)
    first = house.review_desk.open(GAO, case).held_up
    assert first.code == "invalid-request"
    assert "U+2CEFF" in first.detail
    house.clock.skip(TRY_AGAIN_AFTER + timedelta(minutes=1))
    house.issuance_desk.finish(lambda ref, error: None)  # fails again
    again = house.review_desk.peek(case)
    assert again.held_up == first  # since the first time, not the last
    (line,) = house.review_desk.waiting(Asked("held")).lines
    assert (line.ref, line.held_up) == (case, first)


def test_a_case_that_was_issued_is_not_held_up_any_more(house, case):
    house.review_desk.approve(GAO, case, YES)
    with house.archive.writing() as books:
        now = house.clock.now()
        ApplicationBook(books.connection).note(case, now, "issuance", HELD_UP, "conflict: once")
    assert house.review_desk.peek(case).held_up is None
    assert house.review_desk.waiting(Asked("held")).lines == ()
