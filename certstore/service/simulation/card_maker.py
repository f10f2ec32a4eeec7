"""The card maker, an agency of its own: fetches files, makes cards, brings them to the points."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TypeVar

from certstore import base64url
from certstore.callers import Officer
from certstore.clock import CHINA, local_date
from certstore.service.demo_city.dice import Dice
from certstore.service.simulation.agencies import CARD_MAKER
from certstore.service.simulation.applicants import Tally
from certstore.service.simulation.schedule import Walk
from certstore.service.wiring import House
from issuance.matters.cards.making.desk import Said

T = TypeVar("T")
_COMES_AT, _DAY = time(18), timedelta(days=1)
_DAYS_TO_MAKE = (1, 5)
_AT_ONCE = 100  # cards of a report, and of a box at a counter


@dataclass(slots=True)
class CardMaker:
    """Works on working days; what it made yesterday lies at the service points today.

    `takes_in`: who opens the boxes at each service point, by its code.
    """

    house: House
    dice: Dice
    tally: Tally
    takes_in: Mapping[str, Officer]
    _fetched: int = 0
    _reports: Iterator[int] = field(default_factory=lambda: count(1))
    _making: dict[date, list[tuple[str, str]]] = field(default_factory=dict)  # (card, point)

    def walk(self) -> Walk:
        """Work for ever."""
        while True:
            now = self.house.clock.now().astimezone(CHINA)
            today = datetime.combine(now.date(), _COMES_AT, CHINA)
            yield (today if now < today else today + _DAY) - now
            day = local_date(self.house.clock.now())
            if self.house.calendar.is_workday(day):
                self._fetch(day)
                self._deliver(day)

    def _fetch(self, today: date) -> None:
        desk = self.house.making_desk
        while files := desk.files(CARD_MAKER, self._fetched)[0]:
            for file in files:
                self._fetched = file.number
                payload = desk.file(CARD_MAKER, file.number).split(b".")[1].decode()
                cards = json.loads(base64url.decode(payload))["cards"]
                self.tally.pulled += len(cards)
                said = [Said(card["card_no"], "taken") for card in cards]
                desk.acknowledge(CARD_MAKER, file.number, said)
                for card in cards:
                    day = today + self.dice.between(*_DAYS_TO_MAKE) * _DAY
                    self._making.setdefault(day, []).append((card["card_no"], card["centre"]))

    def _deliver(self, today: date) -> None:
        for day in sorted(day for day in self._making if day <= today):
            cards = self._making.pop(day)
            for some in _by(cards, _AT_ONCE):
                said = [Said(card_no, "made") for card_no, _ in some]
                self.house.making_desk.report(CARD_MAKER, next(self._reports), said)
            for point, officer in self.takes_in.items():
                here = [card_no for card_no, centre in cards if centre == point]
                for some_here in _by(here, _AT_ONCE):
                    self.house.arriving_desk.arrive(officer, " ".join(some_here))


def _by(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
