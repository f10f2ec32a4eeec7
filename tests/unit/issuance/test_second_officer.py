"""Two officers for one decision: proposed, confirmed or sent back, everything recorded."""

from dataclasses import replace

import pytest

from certstore.errors import ConflictError, ForbiddenError, MalformedError
from issuance.application import State
from issuance.four_eyes.proposing import FourEyes
from issuance.four_eyes.rules import Rule
from issuance.four_eyes.tables import ProposalBook
from issuance.tables import applications
from issuance.waiting.queue import Asked
from tests.residents import GAO, LI, resident, submitted, vouchers
from tests.unit.issuance.desk_walks import CHIEF, HAIGANG, YES, steps
from tests.unit.issuance.test_issue import assert_issued_once, count

SHEN = resident("shen_xiaozhou")
BOTH = FourEyes((Rule(code="every"),))


@pytest.fixture
def desks(house):
    """Reviews and second officers, where every decision takes two."""
    review = replace(house.review_desk, four_eyes=BOTH)
    return review, replace(house.second_desk, reviewing=review)


@pytest.fixture
def case(house):
    return submitted(house, "shen_xiaozhou").ref


def open_one(house, ref):
    with house.archive.reading() as books:
        return ProposalBook(books.connection).open_one(ref)


def test_an_approval_counts_once_another_officer_confirms_it(house, desks, case):
    review, second = desks
    review.open(GAO, case, claim=True)
    assert review.approve(GAO, case, YES).state is State.IN_REVIEW
    proposal = open_one(house, case)
    assert (proposal.decision, proposal.proposed_by, proposal.judged) == ("approve", "1047", YES)
    assert vouchers(house, "shen_xiaozhou") == []
    assert review.peek(case).proposal == proposal
    assert review.waiting(Asked("second"), LI).lines[0].proposed_by == "1047"
    for decide in (
        lambda: review.approve(GAO, case, YES),
        lambda: review.approve(LI, case, YES),
        lambda: review.refuse(CHIEF, case, "NO_RECORD", ""),
    ):
        with pytest.raises(ConflictError) as told:
            decide()
        assert told.value.facts["cause"] == "PROPOSED"
    assert review.open(GAO, case, claim=True).claim is None  # it waits for somebody else
    for officer, cause in ((GAO, "same_officer"), (HAIGANG, "OTHER_STATION")):
        with pytest.raises(ForbiddenError) as refused:
            second.confirm(officer, case, proposal.ref)
        assert refused.value.facts["cause"] == cause
    assert review.open(LI, case, claim=True).claim.officer == "1052"
    done = second.confirm(LI, case, proposal.ref)
    assert (done.state, done.reviewed_by) == (State.ISSUED, "1052")
    assert_issued_once(house, "shen_xiaozhou")
    made = [s for s in steps(house, case) if s[1] in {"proposed", "approved", "confirmed"}]
    assert made == [("1047", "proposed"), ("1052", "approved"), ("1052", "confirmed")]
    with pytest.raises(ConflictError) as told:
        second.confirm(CHIEF, case, proposal.ref)
    assert told.value.facts["cause"] == "DECIDED"


def test_what_is_sent_back_is_decided_anew_and_by_two_again(house, desks, case):
    review, second = desks
    review.refuse(GAO, case, ["ADDRESS_MISMATCH", "OTHER"], "请带租赁合同。")
    first = open_one(house, case)
    with pytest.raises(MalformedError):
        second.send_back(LI, case, first.ref, "  ")
    second.send_back(LI, case, first.ref, "门牌其实一致")
    assert open_one(house, case) is None
    back = review.open(GAO, case, claim=True).sent_back
    assert (back.second_by, back.words) == ("1052", "门牌其实一致")
    for answer in (second.confirm, lambda *a: second.send_back(*a, "又一次")):
        with pytest.raises(ConflictError) as told:
            answer(CHIEF, case, first.ref)
        assert told.value.facts["cause"] == "ANSWERED"
    # Without any rule that asks for it: once two, always two.
    house.review_desk.refuse(GAO, case, ["PHOTO_QUALITY", "ADDRESS_MISMATCH"], "")
    again = open_one(house, case)
    assert again.ref != first.ref
    assert count(house, "notices", "kind = 'refused'") == 0
    done = second.confirm(CHIEF, case, again.ref)
    assert (done.state, done.reason) == (State.REFUSED, "ADDRESS_MISMATCH,PHOTO_QUALITY\n")
    assert count(house, "notices", "kind = 'refused'") == 1


def test_what_no_longer_holds_is_not_confirmed(house, desks, case):
    review, second = desks
    review.approve(GAO, case, YES)
    proposal = open_one(house, case)
    review.open(LI, case, claim=True)
    with pytest.raises(ConflictError) as told:  # another officer reads it just now
        second.confirm(CHIEF, case, proposal.ref)
    assert told.value.facts["cause"] == "HELD"
    with house.archive.writing() as books:
        kept = dict(house.application(case).decision)
        facts = dict(kept["facts"], sources_down=["housing"], on_file=[])
        changed = applications.update().where(applications.c.ref == case)
        books.connection.execute(changed.values(decision=kept | {"facts": facts}))
    with pytest.raises((ConflictError, MalformedError)):
        second.confirm(LI, case, proposal.ref)
    assert house.application(case).state is State.IN_REVIEW
    with house.archive.writing() as books:
        books.connection.execute(changed.values(state="withdrawn"))
    with pytest.raises(ConflictError):
        second.confirm(LI, case, proposal.ref)
    assert review.peek(case) is None
