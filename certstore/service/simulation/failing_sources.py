"""Sources that are asked live, and that are down now and then: each by a timetable of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from certstore.clock import Clock
from certstore.errors import UnavailableError
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.sources import SOURCES
from certstore.service.simulation.assumptions import Sources
from verifiers.materials.holdings import HeldRecord, SourceAnswer, Standing
from verifiers.materials.live_check import LiveSource
from verifiers.materials.vocabulary import RecordStatus

Outage = tuple[datetime, datetime]
_DAY_S = 86_400


class FailingSource:
    """A source beside its records: all of them stand, if it answers at all (`Holdings`)."""

    def __init__(self, clock: Clock, outages: Sequence[Outage]) -> None:
        """Answer except within these spans."""
        self._clock, self.outages = clock, tuple(outages)

    def ask(self, held: Sequence[HeldRecord]) -> SourceAnswer:
        """Say that the records stand; UnavailableError during an outage."""
        now = self._clock.now()
        if any(begins <= now < ends for begins, ends in self.outages):
            raise UnavailableError("the source does not answer")
        standings = tuple(Standing(one, RecordStatus.VALID, under_dispute=False) for one in held)
        return SourceAnswer(standings, now)


def failing_sources(
    clock: Clock, days: int, said: Sources, dice: Dice
) -> tuple[dict[str, LiveSource], int]:
    """Every source of the city by its credit code, and how many outages they have in these days."""
    found: dict[str, LiveSource] = {}
    count = 0
    for source in SOURCES:
        own = dice.fork("outages", source.word)
        outages = [_outage(clock.now(), day, said, own) for day in range(days)]
        down = [outage for outage in outages if outage is not None]
        count += len(down)
        holdings = FailingSource(clock, down)
        found[source.uscc] = LiveSource(source.uscc, holdings, timedelta(days=said.last_known_days))
    return found, count


def _outage(start: datetime, day: int, said: Sources, dice: Dice) -> Outage | None:
    if not dice.chance(said.outages_a_week / 7 * 100):
        return None
    begins = start + timedelta(days=day, seconds=dice.below(_DAY_S))
    return begins, begins + timedelta(hours=dice.part(*said.outage_hours))
