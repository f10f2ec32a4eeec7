"""Deadlines in working days: make-up days, holidays, and the year nobody has announced yet."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.errors import MalformedError
from certstore.working_days import Due, Span, WorkCalendar, YearTable

CALENDAR = WorkCalendar.load()
CHINA = timezone(timedelta(hours=8))
# Invented for the test: nothing was announced for 2027 when this was written.
TABLE_2027 = YearTable.parse(
    json.dumps(
        {
            "year": 2027,
            "source": "invented for a test",
            "holidays": ["2027-01-01"],
            "workdays": ["2027-01-02"],
        }
    ),
    where="2027.json",
)
days = st.dates(date(2004, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a Sunday worked in exchange
        (date(2026, 9, 18), 6, date(2026, 9, 28)),
        (date(2026, 9, 28), 6, date(2026, 10, 12)),  # Saturday 10 October counts
        (date(2026, 2, 12), 6, date(2026, 2, 27)),
        (date(2026, 2, 12), 7, date(2026, 2, 28)),  # a Saturday
        (date(2026, 11, 20), 6, date(2026, 11, 30)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_deadlines_of_2026_fall_where_the_announced_calendar_puts_them(start, count, due):
    assert CALENDAR.add_working_days(start, count) == Due(due, provisional=False)


def test_every_make_up_day_of_2026_is_worked_and_every_holiday_is_not():
    worked = {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}
    spans = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
    off = {(month, day) for month, first, last in spans for day in range(first, last + 1)}
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(days=n)
        key = (day.month, day.day)
        assert CALENDAR.is_workday(day) == (key in worked or (day.weekday() < 5 and key not in off))


def test_a_deadline_across_the_end_of_2026_is_provisional_and_does_not_raise():
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 4))  # the library alone
    due = CALENDAR.add_working_days(date(2026, 12, 23), 7)
    assert due == Due(date(2027, 1, 1), provisional=True)
    assert not CALENDAR.is_official(date(2027, 1, 4))


def test_a_deadline_is_provisional_if_only_a_day_it_passes_over_is():
    calendar = CALENDAR.with_table(TABLE_2027)
    # 31 December 2026 to January 2027 without the table: every day of 2027 is a guess.
    assert CALENDAR.add_working_days(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), False)
    assert CALENDAR.add_working_days(date(2026, 12, 30), 2).provisional
    assert not calendar.add_working_days(date(2026, 12, 30), 2).provisional


def test_loading_the_official_table_moves_a_provisional_deadline_and_no_other():
    start = date(2026, 12, 30)
    told = CALENDAR.add_working_days(start, 2)
    calendar = CALENDAR.with_table(TABLE_2027)
    assert calendar.confirm(told, start, 2) == Due(date(2027, 1, 2), provisional=False)
    kept = Due(date(2026, 12, 29), provisional=False)
    assert calendar.confirm(kept, start, 2) is kept


def test_our_own_table_comes_before_the_library(tmp_path):
    own = {
        "year": 2026,
        "source": "invented for a test",
        "holidays": ["2026-11-23"],
        "workdays": ["2026-11-22"],
    }
    (tmp_path / "2026.json").write_text(json.dumps(own), encoding="utf-8")
    calendar = WorkCalendar.load(tmp_path)
    assert calendar.add_working_days(date(2026, 11, 20), 1) == Due(date(2026, 11, 22), False)
    assert CALENDAR.add_working_days(date(2026, 11, 20), 1) == Due(date(2026, 11, 23), False)
    assert calendar.is_workday(date(2026, 11, 22))
    assert not CALENDAR.is_workday(date(2026, 11, 22))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"year": 2027}',
        '{"year": 2027, "source": "x", "holidays": ["1 May"], "workdays": []}',
        '{"year": 2027, "source": "x", "holidays": ["2028-01-01"], "workdays": []}',
        '{"year": 2027, "source": "x", "holidays": ["2027-01-01"], "workdays": ["2027-01-01"]}',
        '{"year": 2027, "source": " ", "holidays": ["2027-01-01"], "workdays": []}',
        '{"year": 2027, "source": 7, "holidays": ["2027-01-01"], "workdays": []}',
        '{"year": "2027", "source": "x", "holidays": ["2027-01-01"], "workdays": []}',
        '{"year": 2027, "source": "x", "holidays": [], "workdays": []}',
        '{"year": 2027, "source": "x", "holidays": [20270101], "workdays": []}',
        " " * 70_000,
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_file(tmp_path, text):
    (tmp_path / "2027.json").write_text(text, encoding="utf-8")
    with pytest.raises(MalformedError) as refused:
        WorkCalendar.load(tmp_path)
    assert refused.value.where == "2027.json"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 20, 17, 0, tzinfo=CHINA), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 17, 0, 1, tzinfo=CHINA), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 9, 0, tzinfo=CHINA), date(2026, 11, 23)),  # a Sunday off
        (datetime(2026, 9, 20, 9, 0, tzinfo=CHINA), date(2026, 9, 20)),  # a Sunday worked
        (datetime(2026, 11, 19, 23, 0, tzinfo=UTC), date(2026, 11, 20)),  # 07:00 in China
        (datetime(2026, 11, 20, 9, 30, tzinfo=UTC), date(2026, 11, 23)),  # 17:30 in China
    ],
)
def test_what_comes_after_hours_is_received_on_the_next_working_day(moment, day):
    assert CALENDAR.received_on(moment) == Due(day, provisional=False)


def test_another_closing_time_may_be_set():
    evening = datetime(2026, 11, 20, 20, 0, tzinfo=CHINA)
    assert CALENDAR.received_on(evening, closing=time.max).day == date(2026, 11, 20)


def test_a_receipt_at_the_turn_of_the_year_is_provisional():
    late = datetime(2026, 12, 31, 18, 0, tzinfo=CHINA)
    assert CALENDAR.received_on(late) == Due(date(2027, 1, 1), provisional=True)
    assert CALENDAR.received_on(datetime(2027, 1, 4, 9, tzinfo=CHINA)).provisional


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(MalformedError):
        CALENDAR.received_on(datetime(2026, 11, 20, 9))  # noqa: DTZ001 - that is the test


@pytest.mark.parametrize("count", [-1, 2601])
def test_a_term_that_no_rule_sets_is_refused(count):
    with pytest.raises(MalformedError):
        CALENDAR.add_working_days(date(2026, 1, 1), count)


def test_the_days_left_are_counted_and_turn_negative_when_overdue():
    friday, wednesday = date(2026, 11, 20), date(2026, 11, 25)
    assert CALENDAR.working_days_between(friday, wednesday) == Span(3, provisional=False)
    assert CALENDAR.working_days_between(wednesday, friday) == Span(-3, provisional=False)
    assert CALENDAR.working_days_between(friday, friday) == Span(0, provisional=False)
    assert CALENDAR.working_days_between(friday, date(2027, 1, 4)).provisional


@given(days, st.integers(1, 60))
def test_counting_back_finds_as_many_working_days_as_were_added(start, count):
    due = CALENDAR.add_working_days(start, count)
    span = CALENDAR.working_days_between(start, due.day)
    assert (span.working_days, span.provisional) == (count, due.provisional)
    assert CALENDAR.is_workday(due.day)
    assert due.provisional == (due.day.year > 2026)
