"""Officers, letters and findings at the same moment, on either database."""

import pytest

from certstore.certificates import Status
from certstore.errors import ConflictError
from issuance.application import State
from issuance.waiting.queue import WHICH, Asked
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.residents import (
    ADDRESS_CHANGE,
    GAO,
    LI,
    PEOPLE,
    answers_of,
    resident,
    submitted,
    verify_face,
)
from tests.unit.issuance.letters.walks import (
    LIN,
    certificates,
    handed_in,
    letters,
    moved_away_and_back,
    signed,
)
from tests.unit.issuance.test_issue import assert_issued_once, count

HANDS = 6
WHY = "经查户籍登记，两人没有亲属关系。"


def failures(found):
    return [f for f in found if isinstance(f, Exception)]


@pytest.mark.parametrize("both_approve", [True, False])
def test_of_two_officers_exactly_one_decides_and_each_other_is_told_who_when_and_what(
    shared, both_approve
):
    ref = submitted(shared, "shen_xiaozhou").ref

    def decide(number):
        officer = GAO if number % 2 else LI
        if both_approve or number % 2:
            return shared.review_desk.approve(officer, ref, {"dwelling": "yes"})
        return shared.review_desk.refuse(officer, ref, "ADDRESS_MISMATCH", "")

    found = at_once(decide, HANDS)
    refused = failures(found)
    assert len(refused) == HANDS - 1
    now = shared.apply_desk.get(resident("shen_xiaozhou"), ref)
    what = "refused" if now.state is State.REFUSED else "approved"
    for error in refused:
        assert isinstance(error, ConflictError)
        facts = error.facts
        told = (facts["cause"], facts["by"], facts["at"], facts["what"])
        assert told == ("DECIDED", now.reviewed_by, now.decided_at, what)
    steps = "step IN ('approved', 'refused')"
    assert count(shared, "application_events", steps) == 1
    if now.state is State.ISSUED:
        assert_issued_once(shared, "shen_xiaozhou")


def test_the_queue_is_counted_and_paged_on_either_database(shared):
    application = submitted(shared, "shen_xiaozhou")
    queue = shared.review_desk.waiting(Asked())
    assert [line.ref for line in queue.lines] == [application.ref]
    assert queue.counts == dict.fromkeys(WHICH, 0) | {"all": 1, "week": queue.counts["week"]}
    asked = Asked.read("all", application.number[-6:], 1)
    assert shared.review_desk.waiting(asked).found == 1


def test_six_hands_that_issue_a_letter_make_one(shared):
    draft = signed(shared)
    shared.apply_desk._record_submission(draft, shared.apply_desk.check(LIN, draft.ref))
    found = at_once(lambda _: shared.letter_desk.issue(draft.ref), HANDS)
    (letter,) = letters(shared)
    assert [getattr(f, "ref", f) for f in found] == [letter.ref] * HANDS
    assert letter.number.endswith("0000000001")


def test_of_officers_who_find_a_letter_false_one_does_and_one_judges_again(shared):
    application = handed_in(shared)
    (letter,) = letters(shared)
    found = at_once(
        lambda n: shared.review_desk.find_false(GAO if n % 2 else LI, letter.ref, WHY), HANDS
    )
    assert len(failures(found)) == HANDS - 1
    assert {f.facts["cause"] for f in failures(found)} == {"FOUND"}
    (finding,) = [f for f in found if not isinstance(f, Exception)]

    def judge(number):
        outcome = "revoke" if number % 2 else "uphold"
        return shared.finding_desk.judge(GAO, finding.ref, application.ref, outcome, WHY)

    judged = at_once(judge, HANDS)
    assert len(failures(judged)) == HANDS - 1
    assert {f.facts["cause"] for f in failures(judged)} == {"DECIDED"}
    (done,) = [j for j in judged if not isinstance(j, Exception)]
    revoked = certificates(shared)[0].status is Status.REVOKED
    assert revoked is (done.outcome == "revoked")
    assert count(shared, "usage", "kind = 'status'") == 2


def test_an_application_leans_on_a_letter_before_it_is_found_false_or_not_at_all(shared):
    moved_away_and_back(shared)
    (letter,) = letters(shared)
    desk = shared.apply_desk
    with shared.archive.writing() as books:  # so that another change of address can be begun
        books.connection.exec_driver_sql("DELETE FROM letter_uses WHERE NOT signed_here")
    ref = desk.begin(LIN, ADDRESS_CHANGE).ref
    desk.answer(LIN, ref, answers_of(PEOPLE["lin_xiaohe"]["moves_to"]))
    verify_face(shared, "lin_xiaohe", ref)
    desk.submit(LIN, ref)
    draft = signed(shared, ADDRESS_CHANGE)
    checked = desk.check(LIN, draft.ref)

    def act(number):
        if number:
            return shared.review_desk.find_false(GAO, letter.ref, WHY)
        return desk._record_submission(draft, checked)

    submission, finding = at_once(act, 2)
    listed = {a.application.ref for a in shared.finding_desk.case(GAO, finding.ref).affected}
    if isinstance(submission, ConflictError):
        assert draft.ref not in listed
        assert desk.get(LIN, draft.ref).state is State.DRAFT
    else:
        assert submission is None
        assert draft.ref in listed
