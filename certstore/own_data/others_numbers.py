"""Hides other people's numbers in what is given to somebody, however they are written: no IO.

Two ways find them, since either alone misses some. By shape: identity numbers of 18 and of 15
digits, in any script's digits, with spaces, dashes or nothing seen between them. By name: every
number of another person that the same data names, a passport's or a permit's too. The person's own
number stays. Not found: a number in words, and one of a person whom the data name nowhere.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from string import hexdigits
from typing import Any, Final

from certstore.errors import MalformedError
from certstore.identifiers import ResidentId

_SHAPES: Final = re.compile(r"(?=([0-9]{17}[0-9X]))|(?=([0-9]{15}))")
_PROVINCES: Final = re.compile(r"9?(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])")
_BETWEEN: Final = frozenset("-._/·,") | {"\N{KATAKANA MIDDLE DOT}"}
_UNSEEN: Final = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp", "Pd", "Mn"})
_FAR: Final = 4  # further apart than this, and two digits are of two numbers
_NEW, _OLD, _SHORTEST, _DIGEST = 18, 15, 5, 32
_BORN: Final = range(1850, 2100)
_NAMES_A_NUMBER: Final = ("id_number", "passport_number", "permit_number", "agent_number")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whose numbers stay (`own`), and which others are known; capitals and digits alone.

    A text with less than `fewest_digits` holds none that is hidden.
    """

    own: frozenset[str]
    others: frozenset[str]
    fewest_digits: int

    @classmethod
    def of(cls, own: Collection[str], others: Collection[str]) -> "Numbers":
        """As they are written; an old number of 15 digits is as much one's own."""
        mine = {_bare(number) for number in own}
        mine |= {number[:6] + number[8:17] for number in mine if len(number) == _NEW}
        known = {_bare(number) for number in others} - mine
        known = {n for n in known if len(n) >= _SHORTEST and any(map(str.isdigit, n))}
        fewest = min([_OLD, *(sum(map(str.isdigit, n)) for n in known)])
        return cls(frozenset(mine), frozenset(known), fewest)


def without_others(value: Any, numbers: Numbers) -> Any:  # noqa: ANN401 - JSON
    """The value as JSON holds it, with the middle of every other person's number hidden.

    Names of members and whole numbers are looked at, too.
    """
    match value:
        case bool() | None | float():
            return value
        case str():
            return _hidden(value, numbers)
        case int():
            said = _hidden(str(value), numbers)
            return value if said == str(value) else said
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return _members(value, numbers)
        case list() | tuple():
            return [without_others(each, numbers) for each in value]
        case _:
            raise TypeError(f"no value of JSON: {type(value).__name__}")


def numbers_named(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Every number of a person that is said by name, however deep."""
    match value:
        case Mapping():
            for name, each in value.items():
                if str(name).endswith(_NAMES_A_NUMBER) and isinstance(each, str | int):
                    yield str(each)
                yield from numbers_named(each)
            if str(value.get("name", "")).endswith(_NAMES_A_NUMBER) and "value" in value:
                yield str(value["value"])  # a field of a certificate
        case list() | tuple():
            for each in value:
                yield from numbers_named(each)


def _members(said: Mapping[Any, Any], numbers: Numbers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, each in said.items():
        shown = _hidden(str(name), numbers)
        while shown in found:  # two that only their middles told apart
            shown += "*"
        found[shown] = without_others(each, numbers)
    return found


# -- one text ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    """A text without what stands between digits: its characters folded, and where each stood."""

    text: str
    at: tuple[int, ...]

    def stands_alone(self, start: int, end: int) -> bool:
        """Whether the characters from `start` to before `end` are no part of a longer word."""
        before = start > 0 and self.at[start - 1] == self.at[start] - 1
        after = end < len(self.at) and self.at[end] == self.at[end - 1] + 1
        if (before and self.text[start - 1].isdigit()) or (after and self.text[end].isdigit()):
            return False
        around = self._word(start, -1) + self._word(end - 1, 1)
        # What looks like a part of a digest is one; "ID3401…" is not.
        return len(around) + end - start < _DIGEST or not set(around) <= set(hexdigits.upper())

    def joined(self, start: int, end: int) -> bool:
        """Whether nothing stands between these characters."""
        return self.at[end - 1] - self.at[start] == end - start - 1

    def near(self, start: int, end: int) -> bool:
        """Whether never much stands between two of these characters."""
        places = self.at[start:end]
        return all(b - a <= _FAR for a, b in pairwise(places))

    def _word(self, place: int, step: int) -> str:
        """What stands next to a place without a gap, letters and digits."""
        found, here = "", place + step
        while 0 <= here < len(self.text) and self.at[here] == self.at[here - step] + step:
            if not (self.text[here].isascii() and self.text[here].isalnum()):
                break
            found += self.text[here]
            here += step
        return found


def _hidden(text: str, numbers: Numbers) -> str:
    if sum(map(str.isdigit, text)) < numbers.fewest_digits:
        return text
    read, shown = _read(text), list(text)
    done = 0
    for start, end in sorted({*_by_shape(read), *_by_name(read, numbers)}):
        if start < done:
            continue
        done = end
        if read.text[start:end] in numbers.own:
            continue
        first, last = (6, 4) if end - start == _NEW else (6, 3) if end - start == _OLD else (1, 2)
        for place in range(start + first, end - last):
            shown[read.at[place]] = "*"
    return "".join(shown)


def _read(text: str) -> _Read:
    kept, at = [], []
    for place, character in enumerate(text):
        folded = _folded(character)
        if folded:
            kept.append(folded)
            at.append(place)
    return _Read("".join(kept), tuple(at))


@lru_cache(4096)
def _folded(character: str) -> str:
    """One character as it counts: a digit of any script, a capital; empty for what is between."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    flat = unicodedata.normalize("NFKC", character)
    if flat.strip() == "" or flat in _BETWEEN or unicodedata.category(character) in _UNSEEN:
        return ""
    flat = flat.upper()
    return flat if len(flat) == 1 else "\x00"


def _bare(number: str) -> str:
    return "".join(filter(None, map(_folded, number)))


def _by_shape(read: _Read) -> Iterator[tuple[int, int]]:
    for found in _SHAPES.finditer(read.text):
        start, size = found.start(), _NEW if found[1] else _OLD
        for long in (size, _OLD) if size == _NEW else (size,):
            end = start + long
            if not read.stands_alone(start, end):
                continue
            plain = long == _NEW and read.joined(start, end)
            if plain or (read.near(start, end) and _is_persons(read.text[start:end])):
                yield start, end
                break


def _by_name(read: _Read, numbers: Numbers) -> Iterator[tuple[int, int]]:
    for number in numbers.others:
        start = read.text.find(number)
        while start >= 0:
            end = start + len(number)
            if read.near(start, end) and read.stands_alone(start, end):
                yield start, end
            start = read.text.find(number, start + 1)


def _is_persons(number: str) -> bool:
    """Whether a number can be a person's: it names a province and a day."""
    if len(number) == _OLD:
        try:
            ResidentId.of_15_digits(number)
        except MalformedError:
            return False
        return True
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return born.year in _BORN and _PROVINCES.match(number) is not None
