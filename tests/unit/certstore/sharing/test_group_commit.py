"""Group commit: who asks together is answered together, each with their own answer."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import chain

import pytest

from certstore.sharing.group_commit import MOST, GroupCommit

PATIENCE = 30


class Work:
    """Answers twice what is asked; holds the first batch until it may go on."""

    def __init__(self, *, held=False):
        self.batches = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        if not held:
            self.go_on.set()

    def __call__(self, asked):
        self.batches.append(list(asked))
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        if "bad" in asked:
            raise ValueError("nothing of this batch was done")
        return [each * 2 for each in asked]


def test_each_asker_gets_the_answer_to_what_they_asked():
    together = GroupCommit(Work())
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: together.submit(n).result(PATIENCE), range(500)))
    assert answers == [n * 2 for n in range(500)]


def test_who_comes_while_one_is_under_way_is_in_the_next_and_no_batch_is_too_long():
    work = Work(held=True)
    together = GroupCommit(work)
    first = together.submit(0)
    assert work.begun.wait(PATIENCE)
    rest = [together.submit(n) for n in range(1, MOST + 3)]
    work.go_on.set()
    wait([first, *rest], PATIENCE)
    assert [len(batch) for batch in work.batches] == [1, MOST, 2]
    assert list(chain(*work.batches)) == list(range(MOST + 3))


def test_nobody_fails_for_anothers_sake():
    work = Work(held=True)
    together = GroupCommit(work)
    first = together.submit(0)
    assert work.begun.wait(PATIENCE)
    good, bad, last = together.submit(1), together.submit("bad"), together.submit(2)
    work.go_on.set()
    assert [f.result(PATIENCE) for f in (first, good, last)] == [0, 2, 4]
    with pytest.raises(ValueError, match="nothing of this batch"):
        bad.result(PATIENCE)


def test_whoever_goes_away_is_left_out_and_the_rest_are_answered():
    work = Work(held=True)
    together = GroupCommit(work)
    first = together.submit(0)
    assert work.begun.wait(PATIENCE)
    gone, stays = together.submit(1), together.submit(2)
    assert gone.cancel()
    assert not first.cancel()  # its work is under way
    work.go_on.set()
    assert [first.result(PATIENCE), stays.result(PATIENCE)] == [0, 4]
    assert together.submit(3).result(PATIENCE) == 6
    assert work.batches == [[0], [2], [3]]


def test_it_goes_on_after_it_was_idle():
    together = GroupCommit(Work())
    for number in range(3):
        assert together.submit(number).result(PATIENCE) == number * 2
