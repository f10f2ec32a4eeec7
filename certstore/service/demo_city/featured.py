"""The demonstration's featured people: read from `featured.toml`, written into the record book."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import resources
from typing import Any

from certstore.check_characters import mod_11_2
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.family_records import FamilyRecords, looks_on
from certstore.service.demo_city.places import CITY, DISTRICTS, EMPLOYERS, property_number
from certstore.service.demo_city.record_book import Entry, RecordBook
from certstore.service.demo_city.residents import Resident
from certstore.service.demo_city.sources import EMPLOYER

_FAMILY = 0  # they are recorded one by one, not as families


@dataclass(frozen=True, slots=True)
class Cast:
    """The featured people by key, and the tables they were read from."""

    people: Mapping[str, Resident]
    tables: Mapping[str, list[dict[str, Any]]]

    @property
    def addresses(self) -> frozenset[str]:
        """The homes that are theirs."""
        return frozenset(
            row["address"]
            for kind in ("lease", "property", "dormitory")
            for row in self.tables[kind]
        )


def read_cast() -> Cast:
    """Read the featured people; their numbers get their check character here."""
    text = (
        resources.files("certstore.service.demo_city").joinpath("featured.toml").read_text("utf-8")
    )
    tables = tomllib.loads(text)
    return Cast({row["key"]: _resident(row) for row in tables["person"]}, tables)


def _resident(row: Mapping[str, Any]) -> Resident:
    first = f"{row['area']}{row['born']:%Y%m%d}{row['sequence']:03}"
    return Resident(
        name=row["name"],
        id_number=first + mod_11_2(first),
        female=row["sequence"] % 2 == 0,
        born=row["born"],
        ethnicity=row.get("ethnicity", "汉族"),
        household=row["household"],
        family=_FAMILY,
        place="single",
    )


class FeaturedRecords:
    """Writes what is on file about the featured people."""

    def __init__(self, cast: Cast, book: RecordBook, dice: Dice) -> None:
        """Write into this book."""
        self._cast = cast
        self._book = book
        self._dice = dice
        self._writer = FamilyRecords(book, dice)

    def write(self) -> None:
        """Write everything."""
        for row in self._cast.tables["person"]:
            self._person(row)
        for row in self._cast.tables["birth"]:
            parents = [self._cast.people[key] for key in row["parents"]]
            self._writer.birth(self._cast.people[row["child"]], parents)
        for row in self._cast.tables["lease"]:
            self._lease(row)
        for sequence, row in enumerate(self._cast.tables["property"], start=1):
            self._property(row, sequence)
        for row in self._cast.tables["dormitory"]:
            claims = {"address": row["address"], "employer": EMPLOYER.name_zh}
            holders = self._holders(row["residents"])
            entry = Entry(
                type="dormitory_certificate",
                holders=holders,
                issued_on=row["issued"],
                claims=claims,
            )
            self._book.add(entry)

    def _person(self, row: Mapping[str, Any]) -> None:
        person = self._cast.people[row["key"]]
        dice = self._dice.fork("featured", row["key"])
        self._writer.household(person, (), dice)
        looks = replace(looks_on(person, row["photo_taken"], dice), **_worn(row))
        self._writer.photo(person, looks, row["photo_taken"])
        if "insurance_months" in row:
            self._writer.insurance(person, row["insurance_months"], dice.pick(EMPLOYERS))

    def _lease(self, row: Mapping[str, Any]) -> None:
        entry = Entry(
            type="lease_filing",
            holders=self._holders(row["tenants"]),
            issued_on=row["from"] - timedelta(days=3),
            valid_from=row["from"],
            valid_to=row["to"],
            claims={"address": row["address"]},
        )
        self._book.add(*_fate(entry, row.get("fate", "")))

    def _property(self, row: Mapping[str, Any], sequence: int) -> None:
        district = next(name for name in DISTRICTS if row["address"].startswith(CITY + name))
        holders = self._holders(row["owners"])
        if "written_as" in row:
            holders = tuple({**holder, "name": row["written_as"]} for holder in holders)
        entry = Entry(
            type="property_certificate",
            holders=holders,
            issued_on=row["issued"],
            number=property_number(district, row["issued"].year, sequence),
            claims={"address": row["address"], "ownership": "单独所有", "use": "住宅"},
        )
        self._book.add(*_fate(entry, row.get("fate", "")))

    def _holders(self, keys: list[str]) -> tuple[Mapping[str, str], ...]:
        return tuple(self._cast.people[key].holder() for key in keys)


def _worn(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the table says of somebody's looks; colours are tuples there as everywhere."""
    looks = row.get("looks", {})
    return {name: tuple(v) if isinstance(v, list) else v for name, v in looks.items()}


def _fate(entry: Entry, fate: str) -> tuple[Entry, ...]:
    if not fate:
        return (entry,)
    if fate == "dispute":
        return (replace(entry, under_dispute=True),)
    return (entry, replace(entry, status=fate))


def people_json(cast: Cast) -> dict[str, object]:
    """What a demonstration script needs to play the featured people, as `people.json` holds it."""
    return {
        "city": CITY,
        "people": [_person_json(row, cast) for row in cast.tables["person"]],
        "officers": cast.tables["officer"],
        "agencies": cast.tables["agency"],
    }


def _person_json(row: Mapping[str, Any], cast: Cast) -> dict[str, object]:
    person = cast.people[row["key"]]
    guardian = cast.people[row["guardian"]].holder() if "guardian" in row else None
    moves = _context(row["moves_to"], cast) if "moves_to" in row else None
    return {
        "key": row["key"],
        "role": row["role"],
        **person.holder(),
        "sex": "female" if person.female else "male",
        "born": person.born.isoformat(),
        "story_zh": row["story_zh"],
        "story_en": row["story_en"],
        "declares": _context(row["declares"], cast),
        "moves_to": moves,
        "guardian": guardian,
        "expect": row["expect"],
        "reason": row.get("reason"),
    }


def _context(declared: Mapping[str, str], cast: Cast) -> dict[str, object]:
    """The declared home in the shape a reuse decision takes."""
    relative = None
    if "relative" in declared:
        relative = {**cast.people[declared["relative"]].holder(), "relation": declared["relation"]}
    return {
        "dwelling": declared["dwelling"],
        "occupier": declared["occupier"],
        "relative": relative,
        "address": declared["address"],
    }
