"""One caller's files wait for each other, and keep nobody else waiting."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from certstore.errors import RateLimitedError
from verifiers.limited.lines import RETRY_AFTER_S, Lines


def test_of_one_caller_one_is_at_work_and_of_two_callers_two():
    lines, both = Lines(patience_s=0.1), Barrier(2, timeout=10)

    def work(caller):
        with lines.turn_of(caller):
            both.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ("192.0.2.1", "192.0.2.2")))  # they meet
    with lines.turn_of("192.0.2.1"), pytest.raises(RateLimitedError), lines.turn_of("192.0.2.1"):
        pytest.fail("the second of one caller did not wait")


def test_who_waits_has_its_turn_and_a_line_too_long_is_refused_at_once():
    lines, begun, end, done = Lines(waiting=1, patience_s=60), Event(), Event(), []

    def work(number):
        with lines.turn_of("192.0.2.1"):
            begun.set()
            assert end.wait(10)
            done.append(number)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(work, 1)
        assert begun.wait(10)
        second = pool.submit(work, 2)
        while lines._inside["192.0.2.1"] < 2:
            pass
        with pytest.raises(RateLimitedError) as refused, lines.turn_of("192.0.2.1"):
            pytest.fail("a third came in")
        assert refused.value.facts["retry_after"] == RETRY_AFTER_S
        end.set()
        first.result()
        second.result()
    assert sorted(done) == [1, 2]
    assert not lines._inside


def test_an_error_gives_the_turn_back():
    lines = Lines(patience_s=0.1)
    for _ in range(3):
        with pytest.raises(ValueError, match="spoilt"), lines.turn_of("192.0.2.1"):
            raise ValueError("spoilt")
