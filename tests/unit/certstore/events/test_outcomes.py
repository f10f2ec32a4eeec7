"""What an answer means, and when the next attempt is made."""

from datetime import UTC, datetime, timedelta

import pytest

from certstore.events.outcomes import is_given_up, judge_answer, wait_after

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        *((status, "delivered") for status in (200, 201, 202, 204, 299)),
        *((status, "redirected") for status in (300, 301, 302, 303, 307, 308, 399)),
        *((status, "refused") for status in (400, 401, 404, 409, 499)),
        *((status, "unavailable") for status in (429, 500, 502, 503, 599)),
        (410, "gone"),
        (199, "refused"),
    ],
)
def test_only_two_hundreds_are_delivered(status, why):
    outcome = judge_answer(status)
    assert (outcome.why, outcome.answered) == (why, status)
    assert outcome.delivered is (why == "delivered")
    assert outcome.reached


@pytest.mark.parametrize("failures", [1, 2, 5, 10, 200, 100_000])
@pytest.mark.parametrize("minutes", [0, 10, 60, 359])
def test_in_the_first_hours_no_wait_keeps_a_revocation_from_arriving_within_a_minute(
    failures, minutes
):
    since = NOW - timedelta(minutes=minutes)
    for chance in (0.0, 0.5, 0.999):
        wait = wait_after(failures, since, NOW, chance)
        assert timedelta(seconds=1) < wait <= timedelta(seconds=30)


def test_waits_double_and_are_spread():
    waits = [wait_after(n, NOW, NOW, 0.0).total_seconds() for n in range(1, 7)]
    assert waits == [2, 4, 8, 16, 30, 30]
    assert wait_after(3, NOW, NOW, 0.5) == timedelta(seconds=8 * 0.9)


def test_what_is_down_for_long_is_asked_more_seldom():
    for hours, longest in ((7, 300), (30, 900), (24 * 400, 900)):
        since = NOW - timedelta(hours=hours)
        assert wait_after(1000, since, NOW, 0.0) == timedelta(seconds=longest)


def test_a_dead_letter_is_one_that_waited_three_days():
    assert not is_given_up(NOW - timedelta(days=3) + timedelta(seconds=1), NOW)
    assert is_given_up(NOW - timedelta(days=3), NOW)
