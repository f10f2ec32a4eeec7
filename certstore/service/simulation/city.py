"""One part of the simulated city: a whole house of its own, its people, officers and sources."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path

from certstore.callers import Officer
from certstore.certificates import Holder
from certstore.clock import CHINA
from certstore.service.demo_city.dice import Dice
from certstore.service.settings import Settings
from certstore.service.simulation.agencies import enrol_agencies
from certstore.service.simulation.applicants import Tally, Walks
from certstore.service.simulation.assumptions import Assumptions
from certstore.service.simulation.card_maker import CardMaker
from certstore.service.simulation.crowd import Crowd
from certstore.service.simulation.failing_sources import failing_sources
from certstore.service.simulation.officers import AtWork, staff
from certstore.service.simulation.paper import photographed_paper
from certstore.service.simulation.relying import Relying
from certstore.service.simulation.schedule import Schedule, Walk
from certstore.service.simulation.townspeople import Person
from certstore.service.wiring import House
from certstore.service.worker import Worker
from issuance.application import Matter
from verifiers.materials.live_check import LiveCheckDesk, LiveSource

_ROUND = timedelta(minutes=20)  # the worker's, every two seconds in life
_DAY = timedelta(days=1)
_LOOKED_AT = 0.12  # of registrations and changes, by an officer: about so many
DayDone = Callable[[int, int], None]
"""Is told how many days are over, and how many cases were begun by then."""


class SimulatedHouse(House):
    """A house whose sources fail by a timetable."""

    failing: dict[str, LiveSource]

    @cached_property
    def live_check_desk(self) -> LiveCheckDesk:
        """Asks the simulated sources."""
        return LiveCheckDesk(archive=self.archive, sources=self.failing, clock=self.clock)


class City:
    """Plays the days one by one; whoever is begun with is gone on with."""

    def __init__(self, folder: Path, start: date, dice: Dice, said: Assumptions) -> None:
        """Prepare a fresh house in a folder, on the evening before the first day."""
        self._first_day, self._said, self._dice = start, said, dice
        self.schedule = Schedule(datetime.combine(start, time(), CHINA) - timedelta(hours=1))
        self.house = SimulatedHouse(settings_in(folder), self.schedule.clock)
        self.house.failing = {}
        self.house.prepare()
        enrol_agencies(self.house)
        self.outages, self.tally = 0, Tally()
        self._relying = Relying(self.house, dice.fork("relying"), self.tally, count(1))
        self._walks = Walks(
            self.house,
            said.applicants,
            dice.fork("walks"),
            self.tally,
            photographed_paper,
            self._on_issued,
        )
        self._crowd = Crowd(self.house, self._walks, dice, said)

    def play(self, days: int, per_day: int, tell: DayDone) -> None:
        """Let so many days pass with so many cases each."""
        sources, dice = self._said.sources, self._dice.fork("sources")
        failing, self.outages = failing_sources(self.house.clock, days, sources, dice)
        self.house.failing.update(failing)
        officers = staff(self._a_working_day(per_day), self._said.officers)
        for each in officers:
            self._begin(self._at_work(each, officers))
        self._begin(self._card_maker(officers).walk())
        self._begin(self._rounds())
        for number in range(days):
            day = self._first_day + number * _DAY
            self._crowd.come(day, per_day, self.schedule)
            self.schedule.run_until(datetime.combine(day + _DAY, time(), CHINA))
            tell(number + 1, self.tally.begun)

    def _begin(self, walk: Walk) -> None:
        self.schedule.after(timedelta(), walk)

    # -- who works here ----------------------------------------------------------------------

    def _a_working_day(self, per_day: int) -> float:
        """How many cases come before an officer on a working day, about."""
        shares = dict(self._said.matters)
        permits = shares[Matter.RESIDENCE_PERMIT] / sum(shares.values())
        return per_day * (permits + (1 - permits) * _LOOKED_AT) * 7 / 5

    def _at_work(self, officer: Officer, officers: list[Officer]) -> Walk:
        beside = [each for each in officers if each.station == officer.station]
        dice = self._dice.fork("officer", officer.number)
        at_work = AtWork(
            self.house,
            officer,
            self._said.officers,
            dice,
            self.tally,
            self._on_asked,
            seat=beside.index(officer),
            colleagues=len(beside),
        )
        return at_work.walk()

    def _card_maker(self, officers: list[Officer]) -> CardMaker:
        takes_in: dict[str, Officer] = {}
        for officer in officers:
            point = self.house.points_desk.at_station(officer.station)
            if point is not None:
                takes_in.setdefault(point.code, officer)
        return CardMaker(self.house, self._dice.fork("cards"), self.tally, takes_in)

    def _rounds(self) -> Walk:
        worker = Worker(self.house)
        while True:
            worker.once()
            yield _ROUND

    # -- what follows from what others do ----------------------------------------------------

    def _on_issued(self, person: Person, ref: str) -> None:
        """Some vouchers are shown or pulled within days."""
        using, dice = self._said.using, self._relying.dice
        uses = (
            (using.shown_percent, self._relying.show),
            (using.pulled_percent, self._relying.pull),
        )
        for percent, use in uses:
            if dice.chance(percent):
                hours = dice.part(*using.after_hours)
                self.schedule.after(timedelta(hours=hours), use(person, ref))

    def _on_asked(self, applicant: Holder, ref: str) -> None:
        person = self._crowd.person(applicant.id_number)
        self.schedule.after(timedelta(minutes=1), self._walks.supply(person, ref))


def settings_in(folder: Path) -> Settings:
    """Embedded stores in a folder of its own, whatever this machine's settings say."""
    return Settings(
        _env_file=None,
        data_dir=folder,
        database_url="",
        objects="",
        nats_url="",
        keys_dir=None,
        demonstration=True,
        oidc_issuer="",
        work_in_process=False,
        photo_level="basic",
    )
