"""One part of the simulated city: a whole house of its own, its people, officers and sources."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path

from certstore.callers import Officer
from certstore.certificates import Holder
from certstore.clock import CHINA, local_date
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.record_book import RecordBook
from certstore.service.settings import Settings
from certstore.service.simulation.agencies import enrol_agencies
from certstore.service.simulation.applicants import Tally, Walks
from certstore.service.simulation.assumptions import Assumptions
from certstore.service.simulation.card_maker import CardMaker
from certstore.service.simulation.failing_sources import failing_sources
from certstore.service.simulation.hand_ins import HandIns
from certstore.service.simulation.officers import AtWork
from certstore.service.simulation.paper import photographed_paper
from certstore.service.simulation.relying import Relying
from certstore.service.simulation.schedule import Schedule, Walk
from certstore.service.simulation.standing import register_before
from certstore.service.simulation.townspeople import Person, Townspeople
from certstore.service.wiring import House
from certstore.service.worker import Worker
from issuance.application import Matter
from issuance.stations import stations
from verifiers.materials.live_check import LiveCheckDesk, LiveSource

_ROUND = timedelta(minutes=20)  # the worker's, every two seconds in life
_DAY = timedelta(days=1)
_EVENING, _MORNING = 22, 7  # hours between which few apply
_OF_PERMITS = {Matter.RESIDENCE_PERMIT, Matter.ADDRESS_CHANGE}
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
        self.first_day, self._said, self._dice = start, said, dice
        self.schedule = Schedule(datetime.combine(start, time(), CHINA) - timedelta(hours=1))
        self.house = SimulatedHouse(settings_in(folder), self.schedule.clock)
        self.house.failing = {}
        self.house.prepare()
        self.outages = 0
        self.tally = Tally()
        self._people: dict[str, Person] = {}
        book = RecordBook(start)
        self._book, self._town = book, Townspeople(book, dice.fork("town"))
        self._hand_ins = HandIns(self.house, book)
        enrol_agencies(self.house)
        self._relying = Relying(self.house, dice.fork("relying"), self.tally, count(1))
        self._walks = Walks(
            self.house,
            said.applicants,
            dice.fork("walks"),
            self.tally,
            photographed_paper,
            self._on_issued,
        )

    def play(self, days: int, per_day: int, tell: DayDone) -> None:
        """Let so many days pass with so many cases each."""
        sources, dice = self._said.sources, self._dice.fork("sources")
        failing, self.outages = failing_sources(self.house.clock, days, sources, dice)
        self.house.failing.update(failing)
        self._appoint(per_day)
        self.schedule.after(timedelta(), self._rounds())
        for number in range(days):
            day = self.first_day + number * _DAY
            self._morning(day, per_day)
            midnight = datetime.combine(day + _DAY, time(), CHINA)
            self.schedule.run_until(midnight)
            tell(number + 1, self.tally.begun)

    # -- who comes today ---------------------------------------------------------------------

    def _morning(self, day: date, per_day: int) -> None:
        """Put the day's people on file, and have each begin at a moment of theirs."""
        self._book.today = day
        begun: list[tuple[datetime, Walk]] = []
        standing = []
        for _ in range(per_day):
            moment = self._moment(day)
            matter = self._dice.weighted(self._said.matters)
            walk = self._about_loss(matter)
            if walk is None:
                matter = Matter.RESIDENCE_REGISTRATION if matter.done_at_once else matter
                person = self._town.person()
                self._people[person.id_number] = person
                home = self._town.home(person, self._dice.weighted(self._said.homes))
                if matter in _OF_PERMITS:
                    standing.append((person, home))
                if matter is Matter.RESIDENCE_PERMIT:
                    self._town.insured(person)
                if matter is Matter.ADDRESS_CHANGE:
                    home = self._town.home(person, self._dice.weighted(self._said.homes))
                walk = self._walks.apply(person, matter, home)
            begun.append((moment, walk))
        self._hand_ins.hand_in()
        with self.house.archive.writing() as books:
            for person, home in standing:
                register_before(self.house, books, person, home, day)
        for moment, walk in begun:
            self.schedule.at(moment, walk)

    def _about_loss(self, matter: Matter) -> Walk | None:
        """A report of loss or its lifting, where there is something to report or to lift."""
        if matter is Matter.LOSS_REPORT and self.tally.holding:
            at = self._dice.below(len(self.tally.holding))
            return self._walks.report(*self.tally.holding.pop(at))
        if matter is Matter.LOSS_LIFT and self.tally.lost:
            return self._walks.lift(*self.tally.lost.pop(0))
        return None

    def _moment(self, day: date) -> datetime:
        dice = self._dice
        if dice.chance(self._said.applicants.night_percent):
            hour = (_EVENING + dice.below(24 - _EVENING + _MORNING)) % 24
        else:
            hour = dice.between(_MORNING, _EVENING - 1)
        clock = time(hour, dice.below(60), dice.below(60))
        return datetime.combine(day, clock, CHINA)

    # -- who works here ----------------------------------------------------------------------

    def _appoint(self, per_day: int) -> None:
        """As many officers as what comes to a station on a working day takes."""
        share = dict(self._said.matters)[Matter.RESIDENCE_PERMIT] / sum(
            weight for _, weight in self._said.matters
        )
        a_week = 7 * per_day * (share + (1 - share) * _LOOKED_AT) / len(stations())
        each = max(-(-round(a_week / 5) // self._said.officers.cases_a_day), 1)
        takes_in: dict[str, Officer] = {}
        for station in stations():
            for number in range(each):
                named = station.name["zh"]
                officer = Officer("警官", f"{station.code[:4]}{number:03}", named)
                point = self.house.points_desk.at_station(named)
                if point is not None:
                    takes_in.setdefault(point.code, officer)
                dice = self._dice.fork("officer", officer.number)
                at_work = AtWork(
                    self.house,
                    officer,
                    self._said.officers,
                    dice,
                    self.tally,
                    self._on_asked,
                    seat=number,
                    colleagues=each,
                )
                self.schedule.after(timedelta(), at_work.walk())

        maker = CardMaker(self.house, self._dice.fork("cards"), self.tally, takes_in)
        self.schedule.after(timedelta(), maker.walk())

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
        person = self._people[applicant.id_number]
        self.schedule.after(timedelta(minutes=1), self._walks.supply(person, ref))

    def _rounds(self) -> Walk:
        worker = Worker(self.house)
        while True:
            worker.once()
            yield _ROUND

    @property
    def today(self) -> date:
        """The day that it is in the city."""
        return local_date(self.house.clock.now())


_LOOKED_AT = 0.12  # of registrations and changes, by an officer: about so many


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
