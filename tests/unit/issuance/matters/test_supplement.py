"""One full notice of what is missing, clocks that stand still meanwhile, and what comes back."""

from datetime import timedelta

import pytest

from certstore.errors import ConflictError, ForbiddenError, MalformedError
from issuance.application import State
from tests.residents import EVERYWHERE as GAO
from tests.residents import LI as OF_ANOTHER_STATION
from tests.residents import Browser
from tests.unit.issuance.uploading import LIN, asked, handed_in

WORDS = "第二页看不清，请重拍"


def in_review(house):
    """A case with a paper that was handed in, because the home is not on file."""
    ref = asked(house).ref
    handed_in(house, ref)
    handed_in(house, ref)
    application = house.apply_desk.submit(LIN, ref)
    assert application.state is State.IN_REVIEW
    return application


def notices(house):
    with house.archive.reading() as books:
        person = books.people.known(LIN.holder)
        return [notice.kind for notice in books.inbox.of(person.id)]


def test_the_clocks_stand_still_while_the_applicant_is_asked(house):
    sent = in_review(house)
    waits = house.supplement_desk.ask(GAO, sent.ref, ["dwelling"], WORDS)
    assert (waits.state, waits.due_on, waits.stage_due_on) == (State.SUPPLEMENT, None, None)
    assert house.review_desk.queue() == []
    assert "asked" in notices(house)
    house.clock.skip(timedelta(days=10))
    handed_in(house, sent.ref)
    back = house.supplement_desk.supply(LIN, sent.ref)
    assert back.state is State.IN_REVIEW
    received = house.calendar.received_on(house.clock.now()).day
    assert back.due_on == house.calendar.add_working_days(received, 1).day > sent.due_on
    assert len(back.decision["handed_in"]["files"]) == 3
    assert house.supplement_desk.supply(LIN, sent.ref) == back  # the second click


def test_nothing_is_asked_for_twice(house):
    sent = in_review(house)
    house.supplement_desk.ask(GAO, sent.ref, ["dwelling"], WORDS)
    handed_in(house, sent.ref)
    house.supplement_desk.supply(LIN, sent.ref)
    with pytest.raises(ConflictError) as refusal:
        house.supplement_desk.ask(GAO, sent.ref, ["dwelling"], WORDS)
    assert refusal.value.facts["cause"] == "ASKED_BEFORE"


@pytest.mark.parametrize("materials", [[], ["photo"], ["identity", "dwelling"], ["nonsense"]])
def test_only_what_was_handed_in_is_asked_for_anew(house, materials):
    sent = in_review(house)
    with pytest.raises(MalformedError, match="list"):
        house.supplement_desk.ask(GAO, sent.ref, materials, WORDS)
    assert house.apply_desk.get(LIN, sent.ref).state is State.IN_REVIEW


@pytest.mark.parametrize("sentence", ["", "   ", "字" * 301, "看\u202e不清"])
def test_what_is_missing_is_said_in_words(house, sentence):
    sent = in_review(house)
    with pytest.raises(MalformedError, match="characters"):
        house.supplement_desk.ask(GAO, sent.ref, ["dwelling"], sentence)


def test_nothing_new_is_sent_nowhere_and_nothing_else_is_taken(house):
    sent = in_review(house)
    house.supplement_desk.ask(GAO, sent.ref, ["dwelling"], WORDS)
    with pytest.raises(ConflictError) as refusal:
        house.supplement_desk.supply(LIN, sent.ref)
    assert refusal.value.facts["missing"] == ["dwelling"]
    with pytest.raises(ConflictError, match="submitted"):
        house.upload_desk.asked(LIN, sent.ref, "identity")
    with pytest.raises(ConflictError, match="asked for what is missing"):
        house.review_desk.refuse(GAO, sent.ref, "OTHER", "不行")


def test_what_nobody_answers_ends_after_a_warning_and_can_be_begun_again(house):
    sent = in_review(house)
    house.supplement_desk.ask(GAO, sent.ref, ["dwelling"], WORDS)
    house.clock.skip(timedelta(days=26))
    assert house.upkeep_desk.look_after_supplements() == 0
    assert house.upkeep_desk.look_after_supplements() == 0
    assert notices(house).count("asked") == 2  # once when it was asked, once as a warning
    house.clock.skip(timedelta(days=5))
    assert house.upkeep_desk.look_after_supplements() == 1
    assert house.apply_desk.get(LIN, sent.ref).state is State.WITHDRAWN
    assert house.apply_desk.begin_again(LIN, sent.ref).state is State.DRAFT


@pytest.mark.parametrize("asked_first", [False, True])
def test_an_application_is_withdrawn_until_it_is_decided(house, asked_first):
    sent = in_review(house)
    if asked_first:
        house.supplement_desk.ask(GAO, sent.ref, ["dwelling"], WORDS)
    assert house.apply_desk.withdraw(LIN, sent.ref).state is State.WITHDRAWN
    assert house.apply_desk.withdraw(LIN, sent.ref).state is State.WITHDRAWN
    with pytest.raises(ConflictError):
        house.review_desk.approve(GAO, sent.ref, {"dwelling": "yes"})


def test_what_was_issued_is_not_withdrawn(house):
    sent = in_review(house)
    house.review_desk.approve(GAO, sent.ref, {"dwelling": "yes"})
    with pytest.raises(ConflictError, match="where it stands"):
        house.apply_desk.withdraw(LIN, sent.ref)


def test_only_who_may_decide_the_case_may_ask(house):
    sent = in_review(house)
    with pytest.raises(ForbiddenError):
        house.supplement_desk.ask(OF_ANOTHER_STATION, sent.ref, ["dwelling"], WORDS)
    assert house.apply_desk.get(LIN, sent.ref).state is State.IN_REVIEW


def test_on_the_pages_an_officer_asks_and_the_applicant_sends_what_was_asked_for(house):
    sent = in_review(house)
    officer, lin = Browser(house, GAO), Browser(house, LIN)
    case = officer.get(f"/desk/cases/{sent.ref}")
    assert 'name="ask" value="dwelling"' in case.text
    missing = officer.post(f"/desk/cases/{sent.ref}", decision="ask", sentence=WORDS)
    assert missing.status_code == 422
    assert "请选要补什么" in missing.text
    done = officer.post(f"/desk/cases/{sent.ref}", decision="ask", ask="dwelling", sentence=WORDS)
    assert done.status_code == 303
    assert "已请申请人补材料" in officer.get(done.headers["location"]).text
    progress = lin.get(f"/applications/{sent.ref}")
    assert WORDS in progress.text
    assert f"/applications/{sent.ref}/materials/dwelling" in progress.text
    assert f"/applications/{sent.ref}/supply" not in progress.text
    assert lin.get(f"/applications/{sent.ref}/materials/dwelling").status_code == 200
    handed_in(house, sent.ref)
    assert f"/applications/{sent.ref}/supply" in lin.get(f"/applications/{sent.ref}").text
    assert lin.post(f"/applications/{sent.ref}/supply").status_code == 303
    assert house.apply_desk.get(LIN, sent.ref).state is State.IN_REVIEW
    again = officer.get(f"/desk/cases/{sent.ref}")
    assert 'name="ask"' not in again.text


def test_on_the_page_an_application_is_withdrawn(house):
    sent = in_review(house)
    lin = Browser(house, LIN)
    assert f"/applications/{sent.ref}/withdraw" in lin.get(f"/applications/{sent.ref}").text
    assert lin.post(f"/applications/{sent.ref}/withdraw").status_code == 303
    assert "已结束" in lin.get(f"/applications/{sent.ref}").text
