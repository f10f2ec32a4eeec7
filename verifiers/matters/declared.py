"""What a matter may speak of: the people in it, its parameters, and the days it names.

Read strictly; a member that is not known, a word that is on no list and a parameter that was
not declared are refused by the path of the fault.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Self

from certstore.plain_words import plain_words
from verifiers.materials.strict_reading import Members

AS_OF: Final = "as_of"
MOST_CHOICES: Final = 100
_BY_PARAMETER: Final = "parameter:"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_EVERY_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LEAP_DAY: Final = "02-29"


class Who(StrEnum):
    """Of the people in a case, whom a condition means."""

    SUBJECT = "subject"
    GUARDIAN = "guardian"
    EITHER = "either"
    BOTH = "both"


class Guardian(StrEnum):
    """Whether somebody acts for the person whose case it is."""

    NONE = "none"
    MAY = "may"
    MUST = "must"


class ParameterKind(StrEnum):
    """What a parameter holds."""

    WORD = "word"  # one of a list
    TEXT = "text"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something the agency tells with each case: a district, an address, a day."""

    name: str
    kind: ParameterKind
    title_zh: str
    title_en: str
    required: bool = True
    one_of: tuple[str, ...] = ()

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read one; MalformedError names the path of what is wrong."""
        members.only(*cls.__dataclass_fields__)
        kind = members.word("kind", ParameterKind)
        one_of = words(members, "one_of") if members.has("one_of") else ()
        if (kind is ParameterKind.WORD) != bool(one_of):
            members.refuse("one_of", "a parameter of kind word has a list, and no other has one")
        return cls(
            name=plain_name(members, "name"),
            kind=kind,
            title_zh=said(members, "title_zh"),
            title_en=said(members, "title_en"),
            required=members.flag("required") if "required" in members.values else True,
            one_of=one_of,
        )

    def check(self, members: Members) -> str:
        """The value that a case gives it, as text; MalformedError if it is none."""
        if self.kind is ParameterKind.DAY:
            return members.day(self.name).isoformat()
        value = said(members, self.name)
        if self.one_of and value not in self.one_of:
            members.refuse(self.name, "not a word of its list", f"one of {', '.join(self.one_of)}")
        return value


@dataclass(frozen=True, slots=True)
class Declared:
    """What conditions may refer to."""

    parameters: Mapping[str, Parameter]
    guardian: Guardian

    def parameter(self, members: Members, name: str, *, day: bool | None = None) -> str:
        """The name of a parameter that was declared; `day`: whether it must hold a day or not."""
        wanted = members.text(name, 40)
        found = self.parameters.get(wanted)
        if found is None:
            members.refuse(name, "no such parameter is declared")
        if day is not None and (found.kind is ParameterKind.DAY) != day:
            members.refuse(name, "holds a day" if not day else "does not hold a day")
        return wanted

    def who(self, members: Members, name: str, *words: Who) -> Who:
        """Whom a condition means; a guardian only where the matter knows one."""
        found = members.word(name, Who)
        if words and found not in words:
            members.refuse(name, "not a word of its list", f"one of {', '.join(words)}")
        if found is not Who.SUBJECT and self.guardian is Guardian.NONE:
            members.refuse(name, "the matter knows no guardian")
        return found


@dataclass(frozen=True, slots=True)
class DayRef:
    """A day: the case's own, one of every year, a fixed one, or what a parameter says."""

    text: str

    @classmethod
    def read(cls, members: Members, name: str, declared: Declared) -> Self:
        """Read `as_of`, `MM-DD` (of the year of the case), `YYYY-MM-DD` or `parameter:NAME`."""
        text = members.text(name, 60)
        if text.startswith(_BY_PARAMETER):
            wanted = Members({name: text.removeprefix(_BY_PARAMETER)}, members.path)
            parameter = declared.parameters[declared.parameter(wanted, name, day=True)]
            if not parameter.required:
                members.refuse(name, "is a parameter that may be missing")
        elif _EVERY_YEAR.fullmatch(text):
            _of_year(members, name, text)
        elif _DAY.fullmatch(text):
            members.day(name)
        elif text != AS_OF:
            members.refuse(name, "must be as_of, MM-DD, YYYY-MM-DD or parameter:NAME")
        return cls(text)

    @property
    def parameter(self) -> str | None:
        """The parameter that says the day, where one does."""
        named = self.text.startswith(_BY_PARAMETER)
        return self.text.removeprefix(_BY_PARAMETER) if named else None

    def of(self, today: date, parameters: Mapping[str, str]) -> date:
        """The day meant in a case of this day."""
        if self.text == AS_OF:
            return today
        if self.text.startswith(_BY_PARAMETER):
            return date.fromisoformat(parameters[self.text.removeprefix(_BY_PARAMETER)])
        if _EVERY_YEAR.fullmatch(self.text):
            return date.fromisoformat(f"{today.year:04}-{self.text}")
        return date.fromisoformat(self.text)


def _of_year(members: Members, name: str, text: str) -> None:
    if text == _LEAP_DAY:
        members.refuse(name, "not a day of every year")
    try:
        date.fromisoformat(f"2023-{text}")
    except ValueError:
        members.refuse(name, "no such day in the calendar")


def said(members: Members, name: str, longest: int = 200) -> str:
    """A text that people read: nothing in it is invisible or turns the order of the rest."""
    text = members.text(name, longest)
    try:
        return plain_words(text)
    except ValueError:
        members.refuse(name, "holds a character that is invisible or turns others")


def plain_name(members: Members, name: str) -> str:
    """A name for machines: small letters, figures and underscores."""
    text = members.text(name, 40)
    if not _NAME.fullmatch(text):
        members.refuse(name, "must be 2 to 40 small letters, figures or _, a letter first")
    return text


def words(members: Members, name: str) -> tuple[str, ...]:
    """A list of 1 to 100 words of at most 60 characters, none twice."""
    values = members.items(name)
    entries = Members({f"[{n}]": v for n, v in enumerate(values)}, members.where(name))
    found = tuple(said(entries, index, 60) for index in entries.values)
    if not found or len(found) > MOST_CHOICES or len(set(found)) != len(found):
        members.refuse(name, f"must be a list of 1 to {MOST_CHOICES} words, none twice")
    return found


def up_to(members: Members, name: str, most: int, least: int = 0) -> int:
    """A whole number from `least` to `most`."""
    value = members.whole(name, least)
    if value > most:
        members.refuse(name, f"must be a whole number of at most {most}")
    return value


def least_and_most(
    members: Members, least: str, most: str, limit: int
) -> tuple[int | None, int | None]:
    """Two bounds in whole numbers, of which one at least must be there."""
    found = tuple(
        up_to(members, name, limit) if members.has(name) else None for name in (least, most)
    )
    if found == (None, None):
        members.refuse(least, f"needs {least}, {most} or both")
    low, high = found
    if low is not None and high is not None and low > high:
        members.refuse(most, f"lies below {least}")
    return low, high
