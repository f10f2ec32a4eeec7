"""The residents of the demonstration city, as many as are wanted, and the records about them.

Names repeat, as they do in a large city; identity numbers and homes do not. The portraits are
those of the demonstration, each serving many people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from certstore.certificates import Holder
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.names import name_pools
from certstore.service.demo_city.places import (
    CITY,
    EMPLOYERS,
    AddressBook,
    household_address,
    property_number,
    property_unit,
)
from certstore.service.demo_city.record_book import Entry, RecordBook
from certstore.service.demo_city.residents import OTHER_AREA, IdNumbers
from issuance.application import Answers, Relative

_DAYS = 365.25
_AGES = (19, 62)
_GROWN_UP = 2005  # born before


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented."""

    name: str
    id_number: str
    female: bool
    born: date

    @property
    def holder(self) -> Holder:
        """The person as a certificate names one."""
        return Holder(self.name, "111", self.id_number)

    def as_record(self) -> dict[str, str]:
        """The person as a source's record names one."""
        return {"name": self.name, "id_type": "111", "id_number": self.id_number}


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives, and by which right: a word of the assumptions' `homes`."""

    kind: str
    district: str
    address: str  # without the city's and the district's name
    relative: Relative | None = None

    def answers(self) -> Answers:
        """What somebody says who is asked about it."""
        dwelling = {"relative": "own", "paper": "rent"}.get(self.kind, self.kind)
        occupier = "relative" if self.relative else "self"
        return Answers(dwelling, occupier, self.relative, self.district, self.address)


class Townspeople:
    """Invents people and homes; what authorities hold about them is added to a book."""

    def __init__(self, book: RecordBook, dice: Dice) -> None:
        """Write into this book."""
        self._book, self._dice = book, dice
        self._numbers, self._homes = IdNumbers(frozenset()), AddressBook(frozenset())
        self._deeds = 0

    def person(self) -> Person:
        """Somebody from elsewhere who lives here, with a household record and a photo on file."""
        found, dice = self._somebody(), self._dice
        claims = {
            "address": household_address(dice, local=False),
            "ethnicity": "汉族",
            "sex": "女" if found.female else "男",
        }
        self._add("household_register", found, self._past(400, 4000), claims)
        taken = self._past(30, 1500)
        photo = {"taken_on": taken.isoformat(), "quality": "pass"}
        self._add("id_photo", found, taken, photo, jpeg=dice.pick(portraits()[found.female]))
        return found

    def insured(self, person: Person) -> None:
        """Add half a year of social insurance and more, paid through last month."""
        last = self._book.today.replace(day=1) - timedelta(days=1)
        claims = {
            "consecutive_months": self._dice.between(7, 90),
            "paid_through": f"{last:%Y-%m}",
            "employer": self._dice.pick(EMPLOYERS),
        }
        self._add("social_insurance", person, self._book.today.replace(day=1), claims)

    def home(self, person: Person, kind: str) -> Home:
        """A home of this kind, with the record that shows it where there is one."""
        place = self._homes.home(self._dice)
        address = place.address.removeprefix(CITY).removeprefix(place.district)
        relative = self._somebody() if kind == "relative" else None
        if kind in {"own", "relative"}:
            self._deed(relative or person, place.address, place.district)
        elif kind == "rent":
            begins = self._past(10, 300)
            span = {"valid_from": begins, "valid_to": begins + timedelta(days=3 * 365)}
            claims = {"address": place.address, "area_m2": self._dice.between(180, 980) / 10}
            self._add("lease_filing", person, begins, claims, **span)
        elif kind == "dormitory":
            claims = {"address": place.address, "employer": EMPLOYERS[0]}
            self._add("dormitory_certificate", person, self._past(10, 300), claims)
        said = Relative(relative.name, relative.id_number, "sibling") if relative else None
        return Home(kind, place.district, address, said)

    def _somebody(self) -> Person:
        dice, pools = self._dice, name_pools()
        female = dice.chance(48)
        given = dice.pick(pools.given["women" if female else "men"])
        days = round(dice.between(*_AGES) * _DAYS) + dice.between(20, 340)
        born = self._book.today - timedelta(days=days)
        number = self._numbers.number(OTHER_AREA, born, dice, female=female)
        return Person(dice.pick(pools.surnames) + given, number, female, born)

    def _deed(self, owner: Person, address: str, district: str) -> None:
        self._deeds += 1
        issued = self._past(60, 4000)
        claims = {
            "address": address,
            "unit_number": property_unit(self._dice),
            "ownership": "单独所有",
            "use": "住宅",
            "area_m2": self._dice.between(420, 1680) / 10,
        }
        number = property_number(district, issued.year, 1_000_000 + self._deeds)
        self._add("property_certificate", owner, issued, claims, number=number)

    def _past(self, least: int, most: int) -> date:
        return self._book.today - timedelta(days=self._dice.between(least, most))

    def _add(
        self,
        kind: str,
        person: Person,
        issued: date,
        claims: Mapping[str, object],
        **more: object,
    ) -> None:
        holders = (person.as_record(),)
        self._book.add(Entry(type=kind, holders=holders, issued_on=issued, claims=claims, **more))  # type: ignore[arg-type]  # fields of Entry


@cache
def portraits() -> Mapping[bool, tuple[bytes, ...]]:
    """The demonstration's portraits of grown-ups that are in order, women's and men's."""
    folder = files("certstore.service.demo_city").joinpath("batches")
    found: dict[bool, list[bytes]] = {True: [], False: []}
    for line in folder.joinpath("police.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        sound = record["status"] == "valid" and not record["under_dispute"]
        if record["type"] != "id_photo" or not record["files"] or not sound:
            continue
        number = record["holders"][0]["id_number"]
        born, female = int(number[6:10]), int(number[16]) % 2 == 0
        if record["claims"]["quality"] == "pass" and born < _GROWN_UP:
            found[female].append(folder.joinpath(record["files"][0]["path"]).read_bytes())
    return {female: tuple(jpegs) for female, jpegs in found.items()}
