"""Officers at the same moment, on either database: claims, second officers, approving together."""

from dataclasses import replace
from datetime import timedelta

from certstore.callers import Officer
from issuance.application import State
from issuance.claims.claim import Claim
from issuance.four_eyes.proposing import FourEyes
from issuance.four_eyes.rules import Rule
from issuance.four_eyes.tables import ProposalBook
from issuance.waiting.queue import Asked
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.residents import GAO, LI, submitted
from tests.unit.issuance.desk_walks import CHIEF, YES, clear_case
from tests.unit.issuance.test_issue import assert_issued_once, count
from tests.unit.issuance.test_waiting import copies

HANDS = 6
OFFICERS = tuple(Officer(f"民警{n}", f"20{n}", "梧桐派出所") for n in range(HANDS))


def failures(found):
    return [f for f in found if isinstance(f, Exception)]


def test_of_officers_who_open_a_case_at_once_one_has_it_and_the_others_read_who(shared):
    ref = submitted(shared, "shen_xiaozhou").ref
    found = at_once(lambda n: shared.review_desk.open(OFFICERS[n], ref, claim=True).claim, HANDS)
    assert failures(found) == []
    (holder,) = {claim.officer for claim in found}
    assert count(shared, "application_events", "step = 'claimed'") == 1
    decided = at_once(lambda n: shared.review_desk.approve(OFFICERS[n], ref, YES), HANDS)
    assert [done.reviewed_by for done in decided if not isinstance(done, Exception)] == [holder]
    assert {f.facts["cause"] for f in failures(decided)} <= {"HELD", "DECIDED"}
    assert_issued_once(shared, "shen_xiaozhou")


def test_a_lapsed_claim_goes_to_one_and_a_supervisor_leaves_one_holder(shared):
    ref = submitted(shared, "shen_xiaozhou").ref
    shared.review_desk.open(GAO, ref, claim=True)
    shared.clock.skip(shared.claim_desk.life + timedelta(seconds=1))
    found = at_once(lambda n: shared.review_desk.open(OFFICERS[n], ref, claim=True).claim, HANDS)
    assert len({claim.officer for claim in found}) == 1

    def act(number):
        if number % 2:
            return shared.claim_desk.take_over(CHIEF, ref, "今天到期")
        return shared.claim_desk.release(OFFICERS[number], ref)

    assert failures(at_once(act, HANDS)) == []
    claim = shared.review_desk.open(CHIEF, ref).claim
    assert isinstance(claim, Claim)
    assert claim.officer == "1100"
    assert count(shared, "case_claims") == 1
    assert shared.claim_desk.forget() == 0


def test_a_proposal_is_made_once_and_answered_once(shared):
    ref = submitted(shared, "shen_xiaozhou").ref
    review = replace(shared.review_desk, four_eyes=FourEyes((Rule(code="every"),)))
    second = replace(shared.second_desk, reviewing=review)
    made = at_once(lambda n: review.approve(OFFICERS[n], ref, YES), HANDS)
    assert len(failures(made)) == HANDS - 1
    with shared.archive.reading() as books:
        proposal = ProposalBook(books.connection).open_one(ref)

    def answer(number):
        if number % 2:
            return second.send_back(GAO, ref, proposal.ref, "再看一眼")
        return second.confirm(LI, ref, proposal.ref)

    answered = at_once(answer, HANDS)
    assert len(failures(answered)) == HANDS - 1
    assert {f.facts["cause"] for f in failures(answered)} <= {"ANSWERED", "DECIDED"}
    steps = "step IN ('confirmed', 'sent_back')"
    assert count(shared, "application_events", steps) == 1


def test_approving_together_in_several_hands_approves_each_once(shared):
    ref = clear_case(shared)
    refs = [ref, *copies(shared, ref, 5)]
    desk = shared.bulk_desk
    mine, lis = desk.choose(GAO, refs), desk.choose(LI, refs[::-1])

    def work(number):
        officer, bulk = (GAO, mine) if number % 2 else (LI, lis)
        desk.start(officer, bulk)
        return desk.work(bulk, timedelta(minutes=5))

    assert failures(at_once(work, HANDS)) == []
    assert count(shared, "application_events", "step = 'approved'") == len(refs)
    assert count(shared, "bulk_cases", "outcome = 'done'") == len(refs)
    assert count(shared, "bulk_cases", "outcome = 'decided'") == len(refs)
    assert desk.go_on() == 0
    assert shared.application(ref).state is State.APPROVED


def test_what_is_late_is_raised_once_on_two_machines(shared):
    ref = submitted(shared, "shen_xiaozhou").ref
    copies(shared, ref, 5)
    shared.clock.skip(timedelta(days=9))
    found = at_once(lambda _: shared.overdue_desk.raise_late(), 4)
    assert failures(found) == []
    assert sum(found) == 6
    assert count(shared, "application_events", "step = 'raised'") == 6
    assert shared.review_desk.waiting(Asked("raised"), CHIEF).found == 6
