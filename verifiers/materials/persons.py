"""A person as facts name one, and when two namings mean the same person."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Self

from certstore.certificates import Holder
from certstore.errors import MalformedError
from certstore.identifiers import ResidentId
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Relation

_WITH_BIRTH_DATE = re.compile(r"[0-9]{17}[0-9Xx]")
_OF_15_DIGITS = re.compile(r"[0-9]{15}")
_IDENTITY_CARD = "111"
_DOTS = str.maketrans(dict.fromkeys("•・‧⋅∙●\uff0e.", "·"))  # the dot inside a name of a minority


class Likeness(Enum):
    """How two namings compare, number and name taken together."""

    SAME = "same"
    NAME_DIFFERS = "the number is equal and the name is not"
    NUMBER_DIFFERS = "the name is equal and the number is not"
    OTHER = "neither is equal"


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person: name, type of number (GB/T 36903 annex A), number, perhaps a relation."""

    name: str
    id_type: str
    id_number: str
    relation: Relation | None = None

    @classmethod
    def of(cls, holder: Holder, relation: Relation | None = None) -> Self:
        """Take a holder of a certificate."""
        return cls(holder.name, holder.id_type, holder.id_number, relation)

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read one from JSON; raise MalformedError with the path of what is wrong."""
        return cls(
            members.text("name", 100),
            members.text("id_type", 10),
            members.text("id_number", 40),
            members.word_or_none("relation", Relation),
        )

    def as_json(self) -> dict[str, object]:
        """The members `read` takes."""
        plain: dict[str, object] = {
            "name": self.name,
            "id_type": self.id_type,
            "id_number": self.id_number,
        }
        return plain if self.relation is None else {**plain, "relation": self.relation.value}

    def likeness(self, other: "Person") -> Likeness:
        """Compare number (x as X) and name; the type of number is not compared.

        An old identity number of 15 digits is the one of 18 characters it became.
        """
        number = _present_number(self) == _present_number(other)
        name = _name(self.name) == _name(other.name)
        if number:
            return Likeness.SAME if name else Likeness.NAME_DIFFERS
        return Likeness.NUMBER_DIFFERS if name else Likeness.OTHER

    def is_same(self, other: "Person") -> bool:
        """Whether both are one person, beyond doubt of number and name."""
        return self.likeness(other) is Likeness.SAME

    @property
    def birth_date(self) -> date | None:
        """The day of birth the number carries (GB 11643), None if it carries none."""
        number = _number(self.id_number)
        if not _WITH_BIRTH_DATE.fullmatch(number):
            return None
        try:
            return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        except ValueError:
            return None

    def age_on(self, day: date) -> int | None:
        """Full years of age on a day, None if the number does not tell."""
        born = self.birth_date
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def __str__(self) -> str:
        """What logs may show."""
        return f"{self.id_type}:{self.id_number[:6]}********{self.id_number[14:]}"


def _present_number(person: Person) -> str:
    number = _number(person.id_number)
    if person.id_type != _IDENTITY_CARD or not _OF_15_DIGITS.fullmatch(number):
        return number
    try:
        return ResidentId.of_15_digits(number).value
    except MalformedError:
        return number  # 15 digits that never were an identity number are equal to themselves


def _number(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _name(text: str) -> str:
    # NFC and not NFKC for the characters themselves: a rare character is another name.
    spaced = unicodedata.normalize("NFC", text).replace("\u3000", " ")
    return "".join(spaced.split()).translate(_DOTS).casefold()
