"""The people of the invented city: who they are, who belongs to whom, where they live."""

from dataclasses import dataclass
from datetime import date, timedelta

from certstore.check_characters import mod_11_2
from certstore.identifiers import Sex
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.names import NameBook, surname_of
from certstore.service.demo_city.places import AddressBook, Home, household_address

LOCAL_AREA, OTHER_AREA = "310199", "340199"  # areas that no district has
_DAYS = 365.25
_HAN = "汉族"
_ALONE = ("single", "student", "dormitory")
_KINDS = (
    ("couple_children", 40),
    ("three_generations", 14),
    ("couple", 14),
    ("single", 20),
    ("student", 5),
    ("dormitory", 7),
)
_AGES = {
    "couple_children": (29, 46),
    "three_generations": (29, 46),
    "couple": (26, 82),
    "single": (21, 78),
    "student": (18, 23),
    "dormitory": (19, 38),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One invented person."""

    name: str
    id_number: str
    female: bool
    born: date
    ethnicity: str
    household: str  # where the household is registered
    family: int  # members of one family share it
    place: str  # in the family: head, spouse, child, parent, single

    def holder(self) -> dict[str, str]:
        """The person as a record names a holder."""
        return {"name": self.name, "id_type": "111", "id_number": self.id_number}

    def age_on(self, day: date) -> int:
        """Full years of age on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, slots=True)
class Family:
    """People who live together, and how they hold their home: own, rent or dormitory."""

    number: int
    members: tuple[Resident, ...]
    dwelling: str
    home: Home

    @property
    def head(self) -> Resident:
        """Whose home it is."""
        return self.members[0]

    @property
    def children(self) -> tuple[Resident, ...]:
        """The children that live with their parents."""
        return tuple(m for m in self.members if m.place == "child")

    @property
    def parents(self) -> tuple[Resident, ...]:
        """Whom the children's birth certificates name."""
        return tuple(m for m in self.members if m.place in ("head", "spouse"))


class IdNumbers:
    """Gives identity numbers with a right check character, none twice."""

    def __init__(self, taken: frozenset[str]) -> None:
        """Begin with the numbers that are already somebody's."""
        self._taken = set(taken)

    def number(self, area: str, born: date, dice: Dice, *, female: bool) -> str:
        """A free number (GB 11643): an odd sequence is a man's."""
        while True:
            sequence = 2 * dice.between(1, 498) + (0 if female else 1)
            first = f"{area}{born:%Y%m%d}{sequence:03}"
            number = first + mod_11_2(first)
            if number not in self._taken:
                self._taken.add(number)
                return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What must not be given twice: names, numbers, homes."""

    names: NameBook
    numbers: IdNumbers
    homes: AddressBook


@dataclass(frozen=True, slots=True)
class _Hearth:
    """What a family shares."""

    number: int
    area: str
    household: str


class Settlement:
    """Settles the city family by family."""

    def __init__(self, today: date, books: Books, dice: Dice) -> None:
        """Begin with an empty city."""
        self._today = today
        self._books = books
        self._dice = dice

    def family(self, number: int) -> Family:
        """The family of this number."""
        dice = self._dice.fork("family", number)
        kind = dice.weighted(_KINDS)
        local = dice.chance(30)
        area = LOCAL_AREA if local else OTHER_AREA
        hearth = _Hearth(number, area, household_address(dice, local=local))
        members = (
            self._alone(hearth, kind, dice) if kind in _ALONE else self._kin(hearth, kind, dice)
        )
        dwelling = dice.weighted((("own", 48), ("rent", 52)))
        if kind in ("student", "dormitory"):
            dwelling = "dormitory"
        return Family(number, members, dwelling, self._books.homes.home(dice))

    def _alone(self, hearth: _Hearth, kind: str, dice: Dice) -> tuple[Resident, ...]:
        """Somebody who lives alone; names of minorities are not handed down as surnames are."""
        female, age = dice.chance(48), dice.between(*_AGES[kind])
        other = self._books.names.minority_name(dice, female=female) if dice.chance(22) else None
        named = other or (self._name(dice, female=female), _HAN)
        return (self._resident(hearth, named, self._born(age, dice), _sex(female), "single"),)

    def _kin(self, hearth: _Hearth, kind: str, dice: Dice) -> tuple[Resident, ...]:
        """A couple, perhaps with children, perhaps with a mother or father of the head."""
        age, female = dice.between(*_AGES[kind]), dice.chance(30)
        other_age = max(22, age + dice.between(-4, 4))
        head = self._grown(hearth, age, dice, female=female, place="head")
        spouse = self._grown(hearth, other_age, dice, female=not female, place="spouse")
        members = [head, spouse]
        if kind != "couple":
            father = spouse if female else head
            oldest = max(min(age, other_age, 39) - 22, 0)
            for _ in range(dice.weighted(((1, 6), (2, 4), (3, 1)))):
                members.append(self._child(hearth, father, oldest, dice))  # noqa: PERF401 - a draw each
        if kind == "three_generations":
            older = age + dice.between(24, 33)
            members.append(self._grown(hearth, older, dice, female=dice.chance(60), place="parent"))
        return tuple(members)

    def _grown(
        self, hearth: _Hearth, age: int, dice: Dice, *, female: bool, place: str
    ) -> Resident:
        named = (self._name(dice, female=female), _HAN)
        return self._resident(hearth, named, self._born(age, dice), _sex(female), place)

    def _child(self, hearth: _Hearth, father: Resident, oldest: int, dice: Dice) -> Resident:
        female, surname = dice.chance(48), surname_of(father.name)
        name = self._books.names.full_name(surname, dice, female=female, child=True)
        born = self._born(dice.between(0, oldest), dice)
        return self._resident(hearth, (name, father.ethnicity), born, _sex(female), "child")

    def _name(self, dice: Dice, *, female: bool) -> str:
        surname = self._books.names.surname(dice)
        return self._books.names.full_name(surname, dice, female=female, child=False)

    def _born(self, age: int, dice: Dice) -> date:
        latest = self._today - timedelta(days=round(age * _DAYS) + 20)
        return latest - timedelta(days=dice.below(330))

    def _resident(
        self, hearth: _Hearth, named: tuple[str, str], born: date, sex: Sex, place: str
    ) -> Resident:
        dice, female = self._dice.fork("number", *named, born), sex is Sex.FEMALE
        return Resident(
            name=named[0],
            id_number=self._books.numbers.number(hearth.area, born, dice, female=female),
            female=female,
            born=born,
            ethnicity=named[1],
            household=hearth.household,
            family=hearth.number,
            place=place,
        )


def _sex(female: bool) -> Sex:  # noqa: FBT001 - the one place where a flag becomes a word
    return Sex.FEMALE if female else Sex.MALE
