"""The officer's desk: looking is recorded, one decision counts, and reasons are given."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from certstore.errors import ConflictError, MalformedError, NotFoundError
from issuance.application import State
from issuance.review import MAX_SENTENCE, REFUSAL_REASONS
from tests.residents import GAO, LI, drafted, resident, submitted, vouchers
from tests.unit.issuance.test_issue import NO_FONT, Down, assert_issued_once, count

SHEN = resident("shen_xiaozhou")


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
    house.review_desk.approve(GAO, case)
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
        lambda: house.review_desk.approve(GAO, ref),
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
    done = house.review_desk.approve(GAO, case)
    assert (done.state, done.reviewed_by, done.automatic) == (State.ISSUED, "1047", False)
    assert house.review_desk.peek(case) == done
    assert_issued_once(house, "shen_xiaozhou")


def test_of_two_officers_one_decides_and_the_other_is_told(house, case):
    house.review_desk.approve(GAO, case)
    with pytest.raises(ConflictError):
        house.review_desk.approve(LI, case)
    with pytest.raises(ConflictError):
        house.review_desk.refuse(LI, case, "ADDRESS_MISMATCH", "")
    assert house.apply_desk.get(SHEN, case).reviewed_by == "1047"
    assert_issued_once(house, "shen_xiaozhou")


def test_a_refused_case_is_not_approved_afterwards(house, case):
    house.review_desk.refuse(LI, case, "ADDRESS_MISMATCH", "")
    with pytest.raises(ConflictError):
        house.review_desk.approve(GAO, case)
    assert state(house, case) is State.REFUSED
    assert vouchers(house, "shen_xiaozhou") == []


def test_of_two_decisions_at_once_one_counts(house, case):
    def decide(officer):
        try:
            if officer is GAO:
                return house.review_desk.approve(officer, case)
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


@pytest.mark.parametrize("reason", [r for r in REFUSAL_REASONS if r != "OTHER"])
def test_a_listed_reason_needs_no_sentence(house, case, reason):
    assert house.review_desk.refuse(GAO, case, reason, "").state is State.REFUSED


def test_after_a_refusal_one_may_apply_again(house, case):
    house.review_desk.refuse(GAO, case, "ADDRESS_MISMATCH", "")
    again = submitted(house, "shen_xiaozhou", address="听雨路东段77号3号楼1202室")
    assert again.ref != case
    assert again.state is State.ISSUED


def test_an_approval_stands_while_the_store_is_down(house, case):
    down = replace(house.issuance_desk, objects=Down())
    done = replace(house.review_desk, issuance=down).approve(GAO, case)
    assert (done.state, done.reviewed_by) == (State.APPROVED, "1047")
    house.issuance_desk.finish(lambda ref, error: None)
    assert state(house, case) is State.ISSUED


def test_an_approval_stands_where_no_font_draws_the_address(house):
    case = submitted(house, "shen_xiaozhou", address=f"听雨路77号3号楼{NO_FONT}1202室").ref
    assert house.review_desk.approve(GAO, case).state is State.APPROVED
    assert [a.ref for a, _ in house.review_desk.queue()] == [case]
    assert vouchers(house, "shen_xiaozhou") == []
