"""Divides the city among processes: each part is a whole service of its own, on its own stores.

One process's Python is what one store's service can compute; the parts share nothing, so that
each of them shows the whole of what is promised.
"""

import gc
import logging
import multiprocessing
import queue
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from certstore.errors import CertstoreError
from certstore.service.demo_city.dice import Dice
from certstore.service.logs import set_up
from certstore.service.simulation.assumptions import assumptions
from certstore.service.simulation.auditing import audit
from certstore.service.simulation.city import City
from certstore.service.simulation.figures import Outcome, PartDone

log = logging.getLogger("certstore.simulation")
_LOOK_S = 5.0
_OBJECTS_OF_A_CASE = 20_000  # nearly all go by themselves; looking for cycles oftener finds none
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one process plays."""

    number: int
    folder: Path
    start: date
    days: int
    per_day: int
    seed: str


def simulate(  # noqa: PLR0913 - each is an option of the command
    *, days: int, per_day: int, parts: int, start: date, seed: str, folder: Path | None, say: Say
) -> Outcome:
    """Play the days in so many processes and add up what came of it.

    The stores lie in `folder`, or where they are removed afterwards. Raises CertstoreError,
    saying what a part stumbled over, if one did not come to its end.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="certstore-simulation-") as beside:
        root = folder or Path(beside)
        shares = [per_day // parts + (n < per_day % parts) for n in range(parts)]
        jobs = [
            Part(
                number=number,
                folder=root / f"part-{number + 1}",
                start=start,
                days=days,
                per_day=share,
                seed=seed,
            )
            for number, share in enumerate(shares)
            if share
        ]
        done = _run(jobs, days, began, say)
    return Outcome.of(days, per_day, done, time.monotonic() - began)


def play(part: Part, tell: Callable[[int, int], None]) -> PartDone:
    """Play one part here, and audit it."""
    city = City(part.folder, part.start, Dice(part.seed, part.number), assumptions())
    try:
        city.play(part.days, part.per_day, tell)
        return PartDone(
            audit=audit(city.house, scanned=city.tally.scanned, pulled=city.tally.pulled),
            tally=city.tally,
            outages=city.outages,
            worked_s=city.schedule.worked_s,
        )
    finally:
        city.house.close()


def _run(jobs: list[Part], days: int, began: float, say: Say) -> list[PartDone]:
    context = multiprocessing.get_context("spawn")
    told: Queue[tuple[int, str, Any]] = context.Queue()
    running = [context.Process(target=_work, args=(job, told), daemon=True) for job in jobs]
    for process in running:
        process.start()
    done: dict[int, PartDone] = {}
    at: dict[int, tuple[int, int]] = {job.number: (0, 0) for job in jobs}
    told_of = 0
    try:
        while len(done) < len(jobs):
            number, what, value = _next(told, running)
            if what == "failed":
                raise CertstoreError(f"part {number + 1} came to no end: {value}")
            if what == "done":
                done[number] = value
                continue
            at[number] = value
            over = min(day for day, _ in at.values())
            if over > told_of:
                told_of = over
                begun = sum(count for _, count in at.values())
                minutes = (time.monotonic() - began) / 60
                say(f"day {over} of {days}: {begun:,} cases begun, {minutes:.1f} minutes")
                if over == days:
                    say("reading everything anew …")
    finally:
        for process in running:
            process.terminate()
            process.join()
    return [done[job.number] for job in jobs]


def _next(told: "Queue[tuple[int, str, Any]]", running: list[Any]) -> tuple[int, str, Any]:
    """What a part says next; CertstoreError if one ended without a word."""
    while True:
        try:
            return told.get(timeout=_LOOK_S)
        except queue.Empty:
            gone = [n for n, process in enumerate(running) if process.exitcode not in {None, 0}]
            if gone:
                raise CertstoreError(f"part {gone[0] + 1} was stopped") from None


def _work(part: Part, told: "Queue[tuple[int, str, Any]]") -> None:
    set_up("error")
    gc.set_threshold(_OBJECTS_OF_A_CASE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for this ends it
    try:
        done = play(part, lambda day, begun: told.put((part.number, "day", (day, begun))))
    except Exception as error:
        log.exception("a part of the simulation failed", extra={"part": part.number + 1})
        told.put((part.number, "failed", f"{type(error).__name__}: {error}"))
    else:
        told.put((part.number, "done", done))
