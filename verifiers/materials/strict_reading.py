"""Reading facts out of JSON values: every refusal names its path, nothing is guessed."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NoReturn, TypeVar

from certstore.errors import MalformedError

MAX_TEXT = 300
MAX_ITEMS = 500
_YEARS = range(1900, 3000)  # at the ends of the calendar no span can be added or taken away
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Members:
    """A JSON object being read, and the path to it, such as `cases[3].facts.applicant`."""

    values: Mapping[str, object]
    path: str

    @classmethod
    def of(cls, value: object, path: str) -> "Members":
        """Take a value that must be a JSON object; raise MalformedError if it is not."""
        if not isinstance(value, dict):
            raise MalformedError(f"{path} must be a JSON object", where=path)
        return cls(value, path)

    def where(self, name: str) -> str:
        """The path of a member."""
        if name.startswith("["):  # an entry of the list at this path
            return f"{self.path}{name}"
        return f"{self.path}.{name}" if self.path else name

    def refuse(self, name: str, why: str, remedy: str | None = None) -> NoReturn:
        """Raise MalformedError about a member; `why` never quotes what was sent."""
        where = self.where(name)
        raise MalformedError(f"{where}: {why}", where=where, remedy=remedy)

    def only(self, *names: str) -> None:
        """Refuse members of any other name, so that a misspelt one is not passed over."""
        for name in self.values:
            if name not in names:
                self.refuse(
                    name[:40] if name.isidentifier() and name.isascii() else "?",
                    "no such member is known",
                    f"known are {', '.join(names)}",
                )

    def has(self, name: str) -> bool:
        """Whether the member is there and is not null."""
        return self.values.get(name) is not None

    def _needed(self, name: str) -> object:
        if name not in self.values:
            self.refuse(name, "missing")
        return self.values[name]

    def text(self, name: str, longest: int = MAX_TEXT) -> str:
        """A text of 1 to `longest` characters without control or bidi characters."""
        value = self._needed(name)
        if not isinstance(value, str) or not value.strip():
            self.refuse(name, "must be a text that is not empty")
        if len(value) > longest:
            self.refuse(name, f"longer than {longest} characters")
        if any(c in _BIDI or unicodedata.category(c) == "Cc" for c in value):
            self.refuse(name, "holds control or bidirectional characters")
        return value

    def text_or_none(self, name: str, longest: int = MAX_TEXT) -> str | None:
        """The same, or None if it is missing or null."""
        return self.text(name, longest) if self.has(name) else None

    def word(self, name: str, words: type[Word]) -> Word:
        """A word of a closed list."""
        value = self._needed(name)
        try:
            return words(value)  # type: ignore[arg-type]  # anything else is a ValueError too
        except ValueError:
            self.refuse(name, "not a word of its list", f"one of {', '.join(words)}")

    def word_or_none(self, name: str, words: type[Word]) -> Word | None:
        """The same, or None if it is missing or null."""
        return self.word(name, words) if self.has(name) else None

    def day(self, name: str) -> date:
        """A calendar day, YYYY-MM-DD."""
        value = self._needed(name)
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            self.refuse(name, "must be a day written YYYY-MM-DD")
        return self._date(name, value)

    def day_or_none(self, name: str) -> date | None:
        """The same, or None if it is missing or null."""
        return self.day(name) if self.has(name) else None

    def month_or_none(self, name: str) -> date | None:
        """The first day of a month written YYYY-MM, or None if it is missing or null."""
        if not self.has(name):
            return None
        value = self.values[name]
        if not isinstance(value, str) or not _MONTH.fullmatch(value):
            self.refuse(name, "must be a month written YYYY-MM")
        return self._date(name, f"{value}-01")

    def _date(self, name: str, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.refuse(name, "no such day in the calendar")

    def moment(self, name: str) -> datetime:
        """A moment in ISO 8601 that says its distance from UTC."""
        text = self.text(name, 40)
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            self.refuse(name, "must be a moment such as 2026-11-22T10:00:00+08:00")
        if value.tzinfo is None:
            self.refuse(name, "does not say its distance from UTC", "add +08:00")
        if value.year not in _YEARS:
            self.refuse(name, f"not a year from {_YEARS.start} to {_YEARS.stop - 1}")
        return value

    def whole(self, name: str, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self._needed(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.refuse(name, f"must be a whole number of at least {least}")
        return value

    def whole_or_none(self, name: str) -> int | None:
        """The same from zero on, or None if it is missing or null."""
        return self.whole(name) if self.has(name) else None

    def number_or_none(self, name: str) -> float | None:
        """A finite number, or None if it is missing or null."""
        if not self.has(name):
            return None
        value = self.values[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.refuse(name, "must be a number")
        if not math.isfinite(value):
            self.refuse(name, "must be finite")
        return float(value)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._needed(name)
        if not isinstance(value, bool):
            self.refuse(name, "must be true or false")
        return value

    def flag_or_none(self, name: str) -> bool | None:
        """The same, or None if it is missing or null."""
        return self.flag(name) if self.has(name) else None

    def inner(self, name: str) -> "Members":
        """A JSON object inside this one."""
        return Members.of(self._needed(name), self.where(name))

    def items(self, name: str) -> list[object]:
        """A list of at most `MAX_ITEMS` values."""
        value = self._needed(name)
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            self.refuse(name, f"must be a list of at most {MAX_ITEMS}")
        return value

    def objects(self, name: str) -> list["Members"]:
        """A list of JSON objects."""
        where = self.where(name)
        return [Members.of(v, f"{where}[{n}]") for n, v in enumerate(self.items(name))]

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        entries = Members({f"[{n}]": v for n, v in enumerate(self.items(name))}, self.where(name))
        return tuple(entries.text(index) for index in entries.values)

    def words(self, name: str, words: type[Word]) -> tuple[Word, ...]:
        """A list of words of a closed list."""
        entries = Members({f"[{n}]": v for n, v in enumerate(self.items(name))}, self.where(name))
        return tuple(entries.word(index, words) for index in entries.values)
