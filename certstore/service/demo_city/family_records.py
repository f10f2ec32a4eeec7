"""What the authorities hold about the families of the invented city, faults included.

Most records are in order. Some are not, so that every refusal can be met: expired, cancelled,
reported lost, under objection, superseded, withdrawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.places import (
    EMPLOYERS,
    SCHOOLS,
    property_number,
    property_unit,
)
from certstore.service.demo_city.portrait import portrait_jpeg
from certstore.service.demo_city.portrait_looks import Looks, looks_of
from certstore.service.demo_city.record_book import Entry, RecordBook
from certstore.service.demo_city.residents import Family, Resident
from certstore.service.demo_city.sources import EMPLOYER

_SEEN_FROM = {  # (holder's place, other's place) -> what the other is to the holder
    ("head", "spouse"): "spouse", ("spouse", "head"): "spouse",
    ("head", "child"): "child", ("spouse", "child"): "child",
    ("child", "head"): "parent", ("child", "spouse"): "parent", ("child", "child"): "sibling",
    ("head", "parent"): "parent", ("parent", "head"): "child",
    ("child", "parent"): "grandparent", ("parent", "child"): "grandchild",
}  # fmt: skip
_FATES = (
    ("", 76),
    ("cancelled", 5),
    ("suspended_loss", 4),
    ("dispute", 4),
    ("renewed", 8),
    ("withdrawn", 3),
)
_STAGES = ((12, "小学"), (15, "初中"), (18, "高中"), (99, "大学"))  # below this age
_SCHOOL_AGE, _STUDENT_AGE, _WORKING_AGE, _RETIRED = 6, 18, 22, 60


class FamilyRecords:
    """Writes a family's records into the book."""

    def __init__(self, book: RecordBook, dice: Dice) -> None:
        """Write into this book; `dice` decides about dates and faults."""
        self._book = book
        self._today = book.today
        self._dice = dice

    def write(self, family: Family) -> None:
        """Write everything on file about a family."""
        dice = self._dice.fork(family.number)
        self._dwelling(family, dice)
        for child in family.children:
            if dice.chance(92):
                self.birth(child, family.parents)
        for person in family.members:
            own = dice.fork(person.id_number)
            self.household(person, family.members, own)
            if own.chance(97):
                self._photo(person, own)
            self._occupation(person, family, own)

    def household(self, person: Resident, family: Iterable[Resident], dice: Dice) -> None:
        """Write the household register's page of a person, with kin on the same register."""
        kin = [
            {**other.holder(), "relation": _SEEN_FROM[person.place, other.place]}
            for other in family
            if other is not person and (person.place, other.place) in _SEEN_FROM
        ]
        youngest = max([person.born, *(other.born for other in family)])
        claims: dict[str, object] = {
            "address": person.household,
            "ethnicity": person.ethnicity,
            "sex": "女" if person.female else "男",
        }
        issued = min(youngest + timedelta(days=dice.between(10, 900)), self._yesterday())
        members = {"members": kin} if kin else {}
        self._add("household_register", [person], issued, {**claims, **members})

    def photo(self, person: Resident, looks: Looks, taken: date, *, disputed: bool = False) -> None:
        """Draw and write a photo taken on that day."""
        entry = Entry(
            type="id_photo",
            holders=(person.holder(),),
            issued_on=taken,
            claims={"taken_on": taken.isoformat(), "quality": "pass"},
            under_dispute=disputed,
            jpeg=portrait_jpeg(looks, self._dice.fork("drawing", person.id_number)),
        )
        self._book.add(entry)

    def birth(self, child: Resident, parents: Iterable[Resident]) -> None:
        """Write a birth certificate that names the parents."""
        claims = {"parents": [parent.holder() for parent in parents], "place": "示范市妇幼保健院"}
        issued = min(child.born + timedelta(days=6), self._yesterday())
        self._add("birth_certificate", [child], issued, claims)

    def insurance(self, person: Resident, months: int, employer: str) -> None:
        """Write an insurance record paid through last month."""
        last = self._today.replace(day=1) - timedelta(days=1)
        claims = {
            "consecutive_months": months,
            "paid_through": f"{last:%Y-%m}",
            "employer": employer,
        }
        self._add("social_insurance", [person], self._today.replace(day=1), claims)

    def _photo(self, person: Resident, dice: Dice) -> None:
        young = person.age_on(self._today) < 16  # noqa: PLR2004 - a child's photo ages faster
        days = dice.between(20, 420) if young else dice.between(30, 900)
        if not young and dice.chance(5):
            days = dice.between(11 * 366, 13 * 366)
            if person.age_on(self._today) < 36:  # noqa: PLR2004 - it would show a child
                days = dice.between(1500, 2100)
        taken = max(self._today - timedelta(days=days), person.born + timedelta(days=12))
        taken = min(taken, self._yesterday())
        looks = looks_on(person, taken, dice)
        self.photo(person, looks, taken, disputed=dice.chance(1.5))

    def _dwelling(self, family: Family, dice: Dice) -> None:
        if family.dwelling == "own":
            self._property(family, dice)
        elif family.dwelling == "rent":
            self._lease(family, dice)
        elif family.head.age_on(self._today) >= _WORKING_AGE:
            issued = self._past(dice, 30, 500)
            claims = {"address": family.home.address, "employer": EMPLOYER.name_zh}
            self._add("dormitory_certificate", [family.head], issued, claims)

    def _property(self, family: Family, dice: Dice) -> None:
        owners = family.parents[: 2 if dice.chance(60) else 1] or (family.head,)
        issued = self._past(dice, 60, 6000)
        issued = max(issued, max(owner.born for owner in owners) + timedelta(days=19 * 365))
        entry = Entry(
            type="property_certificate",
            holders=tuple(owner.holder() for owner in owners),
            issued_on=issued,
            number=property_number(family.home.district, issued.year, 10_000 + family.number),
            claims={
                "address": family.home.address,
                "unit_number": property_unit(dice),
                "ownership": "共同共有" if len(owners) > 1 else "单独所有",
                "use": "住宅",
                "area_m2": dice.between(420, 1680) / 10,
            },
        )
        self._book.add(*self._fates(entry, dice))

    def _lease(self, family: Family, dice: Dice) -> None:
        tenants = family.parents[: 2 if dice.chance(25) else 1] or (family.head,)
        begins = self._past(dice, 10, 1000)
        ends = date(dice.between(2029, 2031), begins.month, 28)
        if dice.chance(12):
            begins, ends = begins - timedelta(days=900), self._past(dice, 1, 200)
            begins = min(begins, ends - timedelta(days=300))
        entry = Entry(
            type="lease_filing",
            holders=tuple(tenant.holder() for tenant in tenants),
            issued_on=begins - timedelta(days=dice.between(0, 6)),
            valid_from=begins,
            valid_to=ends,
            claims={"address": family.home.address, "area_m2": dice.between(180, 980) / 10},
        )
        self._book.add(*self._fates(entry, dice))
        if dice.chance(15):
            self._book.add(replace(entry, type="lease_contract"))

    def _fates(self, entry: Entry, dice: Dice) -> tuple[Entry, ...]:
        """What became of a record: most often nothing."""
        fate = dice.weighted(_FATES)
        if fate == "":
            return (entry,)
        if fate == "dispute":
            return (replace(entry, under_dispute=True),)
        if fate == "renewed":
            return (replace(entry, status="superseded"), entry)
        if fate == "withdrawn":
            return (entry, replace(entry, status="withdrawn"))
        return (entry, replace(entry, status=fate))

    def _occupation(self, person: Resident, family: Family, dice: Dice) -> None:
        age = person.age_on(self._today)
        student = _STUDENT_AGE <= age < _WORKING_AGE and family.dwelling == "dormitory"
        if _SCHOOL_AGE <= age < _STUDENT_AGE or student:
            self._enrolment(person, age, dice)
        elif _WORKING_AGE <= age < _RETIRED and dice.chance(72):
            employer = EMPLOYER.name_zh if family.dwelling == "dormitory" else dice.pick(EMPLOYERS)
            self.insurance(person, dice.between(1, 90), employer)

    def _enrolment(self, person: Resident, age: int, dice: Dice) -> None:
        stage = next(word for below, word in _STAGES if age < below)
        school = dice.pick([name for name, of in SCHOOLS if of == stage])
        begun = date(self._today.year - 1, 9, 1)
        claims = {
            "school": school,
            "stage": stage,
            "full_time": True,
            "registered_on": begun.isoformat(),
        }
        ends = date(self._today.year + (3 if stage != "小学" else 5), 8, 31)
        self._add("enrolment", [person], begun, claims, ends)

    def _add(
        self,
        word: str,
        people: list[Resident],
        issued: date,
        claims: Mapping[str, object],
        ends: date | None = None,
    ) -> None:
        holders = tuple(person.holder() for person in people)
        self._book.add(
            Entry(type=word, holders=holders, issued_on=issued, claims=claims, valid_to=ends)
        )

    def _past(self, dice: Dice, least: int, most: int) -> date:
        return self._today - timedelta(days=dice.between(least, most))

    def _yesterday(self) -> date:
        return self._today - timedelta(days=1)


def looks_on(person: Resident, day: date, dice: Dice) -> Looks:
    """How a person looks on a day."""
    return looks_of(female=person.female, age=person.age_on(day), dice=dice.fork("looks"))
