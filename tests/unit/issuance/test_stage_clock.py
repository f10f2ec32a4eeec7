"""Clocks: the working days of China, after hours, standing still, across the turn of 2026/2027."""

from datetime import date, datetime

import pytest

from certstore.clock import CHINA
from certstore.working_days import WorkCalendar, YearTable
from issuance.stage_clock import Clocks, Term

KNOWN = WorkCalendar.load()
BY_2027 = KNOWN.with_table(
    YearTable(
        2027,
        "a notice",
        holidays=frozenset({date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 5)}),
        workdays=frozenset({date(2027, 1, 2)}),
    )
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("received", "answer", "stage"),
    [
        ("2026-11-20T10:00", date(2026, 12, 2), date(2026, 11, 24)),  # a Friday
        ("2026-11-20T17:01", date(2026, 12, 3), date(2026, 11, 25)),  # after hours: Monday
        ("2026-11-21T10:00", date(2026, 12, 3), date(2026, 11, 25)),  # a Saturday: Monday
        ("2026-09-18T10:00", date(2026, 9, 30), date(2026, 9, 21)),  # make-up Sunday 09-20 counts
    ],
)
def test_terms_count_working_days_from_receipt(received, answer, stage):
    columns = Clocks.started(8, 2, at(received), KNOWN).columns(KNOWN)
    assert (columns["due_on"], columns["stage_due_on"]) == (answer, stage)
    assert columns["due_provisional"] is False


def test_across_the_turn_of_the_year_the_day_is_provisional_until_the_notice_comes():
    clocks = Clocks.started(8, 2, at("2026-12-30T10:00"), KNOWN)
    before, after = clocks.columns(KNOWN), clocks.columns(BY_2027)
    assert before["due_provisional"]
    assert before["due_on"] == date(2027, 1, 11)
    assert not after["due_provisional"]
    assert after["due_on"] == date(2027, 1, 13)


def test_a_new_stage_has_its_own_term_and_the_answer_goes_on():
    clocks = Clocks.started(8, 2, at("2026-11-20T10:00"), KNOWN)
    entered = clocks.entered(6, at("2026-11-23T10:00"), KNOWN)
    assert entered.answer == clocks.answer
    assert entered.stage == Term(date(2026, 11, 23), 6)


@pytest.mark.parametrize(
    ("asked", "answered", "due"),
    [
        ("2026-11-23T10:00", "2026-11-23T11:00", date(2026, 12, 2)),  # at once: nothing is lost
        ("2026-11-23T10:00", "2026-12-07T11:00", date(2026, 12, 16)),  # 7 days were left
        ("2026-12-02T10:00", "2026-12-07T11:00", date(2026, 12, 7)),  # none was left
        ("2026-12-09T10:00", "2026-12-14T11:00", date(2026, 12, 14)),  # it was overdue
    ],
)
def test_clocks_stand_still_while_the_applicant_is_asked(asked, answered, due):
    clocks = Clocks.started(8, 2, at("2026-11-20T10:00"), KNOWN).paused(at(asked), KNOWN)
    columns = clocks.columns(KNOWN)
    assert (columns["due_on"], columns["stage_due_on"]) == (None, None)
    assert columns["due_provisional"] is False
    assert Clocks.from_json(columns["clocks"]) == clocks
    resumed = clocks.resumed(at(answered), KNOWN)
    assert resumed.columns(KNOWN)["due_on"] == due
    assert resumed.paused_on is None


def test_what_is_kept_is_read_back():
    for clocks in (
        Clocks.started(8, 2, at("2026-11-20T10:00"), KNOWN),
        Clocks.started(1, None, at("2026-11-20T10:00"), KNOWN),
    ):
        assert Clocks.from_json(clocks.as_json()) == clocks
    with pytest.raises(ValueError, match="answer"):
        Clocks.from_json({"answer": None, "stage": None, "paused_on": None})
