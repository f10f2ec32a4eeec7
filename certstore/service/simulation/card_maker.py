"""The card maker, an agency of its own: fetches files, makes cards, brings them to the points."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TypeVar

from certstore import base64url
from certstore.callers import Officer, Service
from certstore.chance import random_bytes
from certstore.clock import CHINA, local_date
from certstore.service.demo_city.dice import Dice
from certstore.service.simulation.schedule import Walk
from certstore.service.wiring import House
from certstore.tables.sharing import Client, Purpose
from issuance.matters.cards.judging import FACE
from issuance.matters.cards.making.desk import Said

T = TypeVar("T")
_COMES_AT, _DAY = time(18), timedelta(days=1)
_DAYS_TO_MAKE = (1, 5)
_AT_ONCE = 100  # cards of a report, and of a box at a counter
_MAKER = Service(
    client_id="card-maker",
    agency="示范市制证中心",
    agency_en="Card Centre of Demonstration City",
    agency_uscc="12310000MB0T000740",
    purpose_id="card-making",
    matter_code="residence_permit",
    title_zh="制作居住证卡片",
    title_en="Making residence permit cards",
    fields={"residence_permit": (*FACE, "photo")},
    legal_basis={"kind": "statutory_duty", "ref": "居住证暂行条例第十一条"},
    actions=("make_cards",),
)


def enrol_card_maker(house: House) -> None:
    """Make the agency and its purpose known, active."""
    client = Client(
        client_id=_MAKER.client_id,
        agency=_MAKER.agency,
        agency_en=_MAKER.agency_en,
        agency_uscc=_MAKER.agency_uscc,
        keys=(),  # it is met at its desk here, and never at the token endpoint
        state="active",
        agency_key=random_bytes(32),
    )
    purpose = Purpose(
        purpose_id=_MAKER.purpose_id,
        client_id=_MAKER.client_id,
        matter_code=_MAKER.matter_code,
        title_zh=_MAKER.title_zh,
        title_en=_MAKER.title_en,
        legal_basis=_MAKER.legal_basis,
        fields=_MAKER.fields,
        state="active",
        actions=_MAKER.actions,
    )
    with house.archive.writing() as books:
        books.sharing.enrol(client, purpose)


@dataclass(slots=True)
class CardMaker:
    """Works on working days; what it made yesterday lies at the service points today.

    `takes_in`: who opens the boxes at each service point, by its code.
    """

    house: House
    dice: Dice
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
        while files := desk.files(_MAKER, self._fetched)[0]:
            for file in files:
                self._fetched = file.number
                payload = desk.file(_MAKER, file.number).split(b".")[1].decode()
                cards = json.loads(base64url.decode(payload))["cards"]
                said = [Said(card["card_no"], "taken") for card in cards]
                desk.acknowledge(_MAKER, file.number, said)
                for card in cards:
                    day = today + self.dice.between(*_DAYS_TO_MAKE) * _DAY
                    self._making.setdefault(day, []).append((card["card_no"], card["centre"]))

    def _deliver(self, today: date) -> None:
        for day in sorted(day for day in self._making if day <= today):
            cards = self._making.pop(day)
            for some in _by(cards, _AT_ONCE):
                said = [Said(card_no, "made") for card_no, _ in some]
                self.house.making_desk.report(_MAKER, next(self._reports), said)
            for point, officer in self.takes_in.items():
                here = [card_no for card_no, centre in cards if centre == point]
                for some_here in _by(here, _AT_ONCE):
                    self.house.arriving_desk.arrive(officer, " ".join(some_here))


def _by(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
