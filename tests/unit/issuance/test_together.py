"""Approving together: each case by itself, only what is satisfied whole; and what is late."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest

from certstore.errors import CertstoreError, ConflictError, MalformedError, NotFoundError
from issuance.application import State
from issuance.bulk.desk import AT_ONCE, MOST
from issuance.bulk.tables import BulkBook
from issuance.four_eyes.proposing import FourEyes
from issuance.four_eyes.rules import Rule
from issuance.overdue.desk import BATCH
from issuance.tables import applications
from issuance.waiting.queue import Asked
from tests.residents import GAO, LI, submitted, vouchers
from tests.unit.issuance.desk_walks import CHIEF, HAIGANG, clear_case, steps
from tests.unit.issuance.test_issue import count
from tests.unit.issuance.test_waiting import copies


def outcomes(bulk):
    return [case.outcome for case in bulk.cases]


def test_a_case_with_nothing_to_judge_is_marked_and_one_officer_approves_it(house):
    ref = clear_case(house)
    (line,) = house.review_desk.waiting(Asked("clear"), GAO).lines
    assert (line.ref, line.clear, line.station) == (ref, True, "wutong")
    assert house.review_desk.approve(GAO, ref, {}).state is State.ISSUED


def test_each_of_several_is_approved_by_itself_and_the_rest_says_why_not(house):
    desk, ref = house.bulk_desk, clear_case(house)
    held, decided, other, fine = copies(house, ref, 4)
    with house.archive.writing() as books:
        kept = books.connection.execute(applications.select()).first().decision
        material = {"outcome": "officer_review", "satisfied_by": None}
        materials = kept["decision"]["materials"] | {"dwelling": material}
        unclear = kept | {"decision": kept["decision"] | {"materials": materials}}
    one = {"number": "SF-2611-700000", "subject_key": "judged"}
    (judged,) = copies(house, ref, 1, **one, decision=unclear, clear=True)
    two = {"number": "SF-2611-700001", "subject_key": "abroad"}
    (abroad,) = copies(house, ref, 1, **two, station="haigang")
    house.review_desk.open(LI, held, claim=True)
    refs = [ref, held, decided, other, fine, judged, abroad]
    chosen = desk.choose(GAO, [*refs, ref])
    with pytest.raises(NotFoundError):
        desk.look(LI, chosen)
    with pytest.raises(NotFoundError):
        desk.start(LI, chosen)
    seen = {one.application.ref: one.fault for one in desk.look(GAO, chosen).chosen}
    assert seen == {ref: "", held: "held", decided: "", other: "", fine: "", judged: "not_clear"}
    assert count(house, "usage", "kind = 'review'") == 4 + 1  # and Li's own look
    with pytest.raises(ConflictError):
        desk.work(chosen, AT_ONCE)  # nothing before it was read and started
    house.review_desk.refuse(LI, decided, "NO_RECORD", "")
    bulk = desk.start(GAO, chosen)
    bulk = desk.work(bulk.ref, timedelta(minutes=5))
    expected = ["done", "held", "decided", "done", "done", "not_clear", "other_station"]
    assert outcomes(bulk) == expected
    assert outcomes(desk.start(GAO, chosen)) == expected  # sent twice, done once
    assert count(house, "application_events", "step = 'approved'") == 3
    assert house.application(fine).reviewed_by == "1047"
    assert desk.go_on() == 0
    house.issuance_desk.finish(lambda ref, error: None)
    assert house.application(ref).state is State.ISSUED
    assert vouchers(house, "shen_xiaozhou")


def test_what_is_chosen_is_bounded_and_known(house):
    ref = clear_case(house)
    others = copies(house, ref, MOST)
    for refs, cause in (([], "none"), ([ref, *others], "too_many")):
        with pytest.raises(MalformedError) as refused:
            house.bulk_desk.choose(GAO, refs)
        assert refused.value.facts["cause"] == cause
    with pytest.raises(NotFoundError):
        house.bulk_desk.choose(GAO, ["2" * 20])
    chosen = house.bulk_desk.choose(GAO, others)
    house.clock.skip(timedelta(days=1, minutes=1))
    assert house.bulk_desk.forget() == 1
    with pytest.raises(NotFoundError):
        house.bulk_desk.look(GAO, chosen)


def test_after_a_while_the_page_answers_and_the_worker_goes_on(house):
    ref = clear_case(house)
    chosen = house.bulk_desk.choose(GAO, [ref, *copies(house, ref, 3)])
    with house.archive.writing() as books:
        assert BulkBook(books.connection).start(chosen, house.clock.now())
    cut = house.bulk_desk.work(chosen, timedelta(0))
    assert "" in outcomes(cut)
    assert cut.ended_at is None
    assert house.bulk_desk.go_on() == 1
    assert house.bulk_desk.go_on() == 0
    assert {one.outcome for one in house.bulk_desk.look(GAO, chosen).chosen} == {"done"}


def test_what_two_must_decide_is_proposed_by_approving_together(house):
    ref = clear_case(house)
    review = replace(house.review_desk, four_eyes=FourEyes((Rule(code="every"),)))
    desk = replace(house.bulk_desk, reviewing=review)
    assert outcomes(desk.start(GAO, desk.choose(GAO, [ref]))) == ["second"]
    assert house.application(ref).state is State.IN_REVIEW
    assert review.waiting(Asked("second"), LI).found == 1
    assert outcomes(desk.start(LI, desk.choose(LI, [ref]))) == ["proposed"]


# -- what is late --------------------------------------------------------------------------------


def test_what_is_late_is_raised_once_for_its_due_day(house):
    ref = submitted(house, "shen_xiaozhou").ref
    today = date(2026, 11, 25)  # a Wednesday
    change = applications.update().where(applications.c.ref == ref)

    def due(day):
        with house.archive.writing() as books:
            books.connection.execute(change.values(due_on=day))

    due(today)
    assert house.overdue_desk.raise_late() == 0
    due(today - timedelta(days=1))
    assert replace(house.overdue_desk, after=2).raise_late() == 0
    assert house.overdue_desk.raise_late() == 1
    assert house.overdue_desk.raise_late() == 0
    assert ("worker", "raised") in steps(house, ref)
    (line,) = house.review_desk.waiting(Asked("raised"), CHIEF).lines
    assert (line.ref, line.raised) == (ref, True)
    assert house.review_desk.waiting(Asked("raised"), HAIGANG).found == 0
    due(today - timedelta(days=5))  # moved: the Friday before
    assert house.review_desk.waiting(Asked("raised"), CHIEF).found == 0
    assert house.overdue_desk.raise_late() == 1
    assert count(house, "application_events", "step = 'raised'") == 2
    due(today - timedelta(days=9))
    with suppress(CertstoreError):
        house.review_desk.refuse(GAO, ref, "NO_RECORD", "")
    assert house.overdue_desk.raise_late() == 0  # decided


def test_after_days_of_standstill_it_catches_up_in_batches(house):
    ref = submitted(house, "shen_xiaozhou").ref
    copies(house, ref, BATCH)
    house.clock.skip(timedelta(days=20))
    assert house.overdue_desk.raise_late() == BATCH
    assert house.overdue_desk.raise_late() == 1
    assert house.overdue_desk.raise_late() == 0
    assert house.review_desk.waiting(Asked("raised"), CHIEF).found == BATCH + 1
