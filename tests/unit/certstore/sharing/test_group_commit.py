"""Group commit: who asks together is answered together, each with their own answer."""

import asyncio
import threading
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


async def begun(work, together, asked):
    """The first asker, whose batch is under way and held."""
    first = asyncio.ensure_future(together.ask(asked))
    assert await asyncio.to_thread(work.begun.wait, PATIENCE)
    return first


async def queued(together, *asked):
    """More askers, all of them waiting."""
    found = [asyncio.ensure_future(together.ask(each)) for each in asked]
    await asyncio.sleep(0)
    return found


def run(story):
    return asyncio.run(asyncio.wait_for(story, PATIENCE))


def test_each_asker_gets_the_answer_to_what_they_asked():
    async def story():
        together = GroupCommit(Work())
        return await asyncio.gather(*(together.ask(n) for n in range(500)))

    assert run(story()) == [n * 2 for n in range(500)]


def test_who_asks_in_one_turn_comes_together():
    async def story():
        work = Work()
        together = GroupCommit(work)
        await asyncio.gather(*(together.ask(n) for n in range(5)))
        return work.batches

    assert run(story()) == [[0, 1, 2, 3, 4]]


def test_who_comes_while_one_is_under_way_is_in_the_next_and_no_batch_is_too_long():
    async def story():
        work = Work(held=True)
        together = GroupCommit(work)
        first = await begun(work, together, 0)
        rest = await queued(together, *range(1, MOST + 3))
        work.go_on.set()
        await asyncio.gather(first, *rest)
        return work.batches

    batches = run(story())
    assert [len(batch) for batch in batches] == [1, MOST, 2]
    assert list(chain(*batches)) == list(range(MOST + 3))


def test_nobody_fails_for_anothers_sake():
    async def story():
        work = Work(held=True)
        together = GroupCommit(work)
        first = await begun(work, together, 0)
        rest = await queued(together, 1, "bad", 2)
        work.go_on.set()
        return await asyncio.gather(first, *rest, return_exceptions=True)

    first, good, bad, last = run(story())
    assert (first, good, last) == (0, 2, 4)
    with pytest.raises(ValueError, match="nothing of this batch"):
        raise bad


def test_whoever_goes_away_is_left_out_and_the_rest_are_answered():
    async def story():
        work = Work(held=True)
        together = GroupCommit(work)
        leaves = await begun(work, together, 0)
        gone, stays = await queued(together, 1, 2)
        assert gone.cancel()
        assert leaves.cancel()  # its work is under way, and is done; nobody hears of it
        await asyncio.sleep(0)
        work.go_on.set()
        answers = [await stays, await together.ask(3)]
        return answers, work.batches

    assert run(story()) == ([4, 6], [[0], [2], [3]])


def test_where_all_have_gone_away_it_goes_on_with_whoever_comes():
    async def story():
        work = Work(held=True)
        together = GroupCommit(work)
        first = await begun(work, together, 0)
        (gone,) = await queued(together, 1)
        gone.cancel()
        work.go_on.set()
        await first
        await asyncio.sleep(0)
        return await together.ask(2), work.batches

    assert run(story()) == (4, [[0], [2]])


def test_it_serves_one_event_loop_after_another():
    together = GroupCommit(Work())
    assert [run(together.ask(number)) for number in range(3)] == [0, 2, 4]
