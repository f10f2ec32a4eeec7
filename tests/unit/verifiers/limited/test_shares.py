"""Nobody takes the whole room."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from certstore.errors import RateLimitedError
from verifiers.limited.shares import RETRY_AFTER_S, Shares


def test_an_account_has_two_and_others_have_theirs() -> None:
    shares = Shares()
    with ExitStack() as held:
        for account in ("a", "a", "b", "b"):
            held.enter_context(shares.one_of(account))
        with pytest.raises(RateLimitedError) as refused, shares.one_of("a"):
            pytest.fail("a third one was given out")
        assert refused.value.facts["retry_after"] == RETRY_AFTER_S
    with shares.one_of("a"):
        pass


def test_a_share_is_given_back_whatever_happens() -> None:
    shares = Shares(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), shares.one_of("a"):
            _ = 1 / 0


def test_of_many_at_once_two_get_in() -> None:
    shares, gate, done = Shares(), Barrier(10), Barrier(10)

    def one(_: int) -> bool:
        gate.wait(timeout=30)
        try:
            with shares.one_of("a"):
                done.wait(timeout=30)
        except RateLimitedError:
            done.wait(timeout=30)
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one, range(10))) == 2
