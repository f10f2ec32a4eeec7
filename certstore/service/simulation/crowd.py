"""Who comes on a day, what for, and when: their records on file, their walks on the schedule."""

from datetime import date, datetime, time

from certstore.clock import CHINA
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.record_book import RecordBook
from certstore.service.simulation.applicants import Walks
from certstore.service.simulation.assumptions import Assumptions
from certstore.service.simulation.hand_ins import HandIns
from certstore.service.simulation.schedule import Schedule, Walk
from certstore.service.simulation.standing import register_before
from certstore.service.simulation.townspeople import Home, Person, Townspeople
from certstore.service.wiring import House
from issuance.application import Matter

_EVENING, _MORNING = 22, 7  # hours between which few apply
_RESTS_ON_A_VOUCHER = {Matter.RESIDENCE_PERMIT, Matter.ADDRESS_CHANGE}


class Crowd:
    """The people of one part of the city, invented as they come."""

    def __init__(self, house: House, walks: Walks, dice: Dice, said: Assumptions) -> None:
        """Begin with nobody."""
        self._house, self._walks, self._dice, self._said = house, walks, dice, said
        self._book = RecordBook(date.min)
        self._town = Townspeople(self._book, dice.fork("town"))
        self._hand_ins = HandIns(house, self._book)
        self._people: dict[str, Person] = {}

    def person(self, id_number: str) -> Person:
        """Somebody who came before."""
        return self._people[id_number]

    def come(self, day: date, count: int, schedule: Schedule) -> None:
        """Put the day's people on file, and have each begin at a moment of theirs."""
        self._book.today = day
        standing: list[tuple[Person, Home]] = []
        begun = [(self._moment(day), self._walk(standing)) for _ in range(count)]
        self._hand_ins.hand_in()
        with self._house.archive.writing() as books:
            for person, home in standing:
                register_before(self._house, books, person, home, day)
        for moment, walk in begun:
            schedule.at(moment, walk)

    def _walk(self, standing: list[tuple[Person, Home]]) -> Walk:
        """What somebody comes for; who must be registered before is added to `standing`."""
        matter = self._dice.weighted(self._said.matters)
        walk = self._about_loss(matter)
        if walk is not None:
            return walk
        if matter.done_at_once:  # nothing was lost yet
            matter = Matter.RESIDENCE_REGISTRATION
        person = self._town.person()
        self._people[person.id_number] = person
        home = self._home(person)
        if matter in _RESTS_ON_A_VOUCHER:
            standing.append((person, home))
        if matter is Matter.RESIDENCE_PERMIT:
            self._town.insured(person)
        if matter is Matter.ADDRESS_CHANGE:
            home = self._home(person)
        return self._walks.apply(person, matter, home)

    def _about_loss(self, matter: Matter) -> Walk | None:
        """A report of loss or its lifting, where there is something to report or to lift."""
        tally = self._walks.tally
        if matter is Matter.LOSS_REPORT and tally.holding:
            return self._walks.report(*tally.holding.pop(self._dice.below(len(tally.holding))))
        if matter is Matter.LOSS_LIFT and tally.lost:
            return self._walks.lift(*tally.lost.pop(0))
        return None

    def _home(self, person: Person) -> Home:
        return self._town.home(person, self._dice.weighted(self._said.homes))

    def _moment(self, day: date) -> datetime:
        dice = self._dice
        if dice.chance(self._said.applicants.night_percent):
            hour = (_EVENING + dice.below(24 - _EVENING + _MORNING)) % 24
        else:
            hour = dice.between(_MORNING, _EVENING - 1)
        return datetime.combine(day, time(hour, dice.below(60), dice.below(60)), CHINA)
