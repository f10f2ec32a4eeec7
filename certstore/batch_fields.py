"""Reading one record of a batch: every fault is noted with its place, none stops the reading.

A source that sees all faults of a line at once corrects it once. What is noted never quotes
what was sent: a line is somebody's record.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

LONGEST_TEXT = 300
_HIDDEN = frozenset(  # zero width, line and paragraph separators, bidirectional, byte order mark
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_SHOWN_FAULTS = 8
# These stand for what could not be read; the record is refused anyway.
NO_DAY = date.min
NO_MOMENT = datetime(1, 1, 2, tzinfo=UTC)


class FaultCode(StrEnum):
    """Why a line of a batch is not taken; texts live in certstore/web."""

    BLANK_LINE = "BLANK_LINE"
    LINE_TOO_LONG = "LINE_TOO_LONG"
    NOT_JSON = "NOT_JSON"
    DUPLICATE_MEMBER = "DUPLICATE_MEMBER"
    MISSING_FIELD = "MISSING_FIELD"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    WRONG_TYPE = "WRONG_TYPE"
    BAD_TEXT = "BAD_TEXT"
    UNKNOWN_WORD = "UNKNOWN_WORD"
    BAD_ID_NUMBER = "BAD_ID_NUMBER"
    BAD_CREDIT_CODE = "BAD_CREDIT_CODE"
    BAD_DATE = "BAD_DATE"
    DATES_OUT_OF_ORDER = "DATES_OUT_OF_ORDER"
    BAD_DIGEST = "BAD_DIGEST"
    UNSAFE_PATH = "UNSAFE_PATH"
    BAD_FILE = "BAD_FILE"
    COLUMN_TWICE = "COLUMN_TWICE"
    ISSUER_NOT_SOURCE = "ISSUER_NOT_SOURCE"
    TYPE_NOT_ALLOWED = "TYPE_NOT_ALLOWED"
    TYPE_CHANGED = "TYPE_CHANGED"
    DUPLICATE_RECORD = "DUPLICATE_RECORD"


@dataclass(frozen=True, slots=True)
class LineRefusal:
    """Why a line (counted from 1) is not taken: the first fault's code, and every fault."""

    line: int
    code: str
    detail: str


@dataclass(slots=True)
class Faults:
    """The faults of one line, in the order they were met."""

    noted: list[tuple[FaultCode, str]] = field(default_factory=list)

    def note(self, code: FaultCode, where: str, why: str) -> None:
        """Note a fault: its place as a path, and a reason without any datum."""
        self.noted.append((code, f"{where}: {why}" if where else why))

    def refusal(self, line: int) -> LineRefusal:
        """Put what was noted into one refusal; call only when something was."""
        shown = [
            text if code is self.noted[0][0] else f"{text} [{code}]" for code, text in self.noted
        ]
        more = len(shown) - _SHOWN_FAULTS
        tail = [f"and {more} more"] if more > 0 else []
        return LineRefusal(line, self.noted[0][0], "; ".join([*shown[:_SHOWN_FAULTS], *tail]))


def text_fault(value: str, longest: int = LONGEST_TEXT) -> str | None:
    """What is wrong with a text for people: empty, too long, hidden or private characters."""
    if not value.strip():
        return "is empty"
    if len(value) > longest:
        return f"is longer than {longest} characters"
    kinds = {unicodedata.category(c) for c in value}
    if "Cc" in kinds or not _HIDDEN.isdisjoint(value):
        return "holds control, bidirectional or invisible characters"
    if "Co" in kinds:
        return "holds a private-use character; send the character's Unicode number"
    return None


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object being read: each reader gives a value, or notes a fault and a blank one."""

    values: Mapping[str, object]
    path: str
    faults: Faults

    def where(self, name: str) -> str:
        """The path of a member, as in `holders[0].name`."""
        return f"{self.path}.{name}" if self.path else name

    def note(self, code: FaultCode, name: str, why: str) -> None:
        """Note a fault of a member."""
        self.faults.note(code, self.where(name), why)

    def exactly(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Note each member that is missing, and each that nobody knows."""
        needed, allowed = frozenset(required), frozenset(optional)
        for name in sorted(needed - self.values.keys()):
            self.note(FaultCode.MISSING_FIELD, name, "is missing")
        for name in sorted(self.values.keys() - needed - allowed):
            shown = name if _PLAIN_NAME.fullmatch(name) else "(a member)"
            self.note(FaultCode.UNKNOWN_FIELD, shown, "is no member of such a record")

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """A text for people."""
        value = self.values.get(name, "")
        if not isinstance(value, str):
            self.note(FaultCode.WRONG_TYPE, name, "is not a text")
            return ""
        fault = text_fault(value, longest) if name in self.values else None
        if fault:
            self.note(FaultCode.BAD_TEXT, name, fault)
        return value

    def word(self, name: str, words: Iterable[str]) -> str:
        """A word of a closed list."""
        known = tuple(words)
        value = self.values.get(name, known[0])
        if value not in known or not isinstance(value, str):
            self.note(FaultCode.UNKNOWN_WORD, name, f"is none of {', '.join(known)}")
            return ""
        return value

    def day(self, name: str) -> date:
        """A day of the calendar, written YYYY-MM-DD."""
        return self._calendar(name, _DAY, "YYYY-MM-DD", "")

    def day_or_none(self, name: str) -> date | None:
        """The same, None where it is null."""
        return None if self.values.get(name, "") is None else self.day(name)

    def month(self, name: str) -> date:
        """A month written YYYY-MM, as its first day."""
        return self._calendar(name, _MONTH, "YYYY-MM", "-01")

    def moment(self, name: str) -> datetime:
        """A moment in ISO 8601 that says its distance from UTC."""
        value = self.values.get(name, "")
        try:
            moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            moment = NO_MOMENT
        if moment == NO_MOMENT or moment.tzinfo is None:
            if name in self.values:
                why = "is no moment such as 2026-11-20T08:00:00+08:00"
                self.note(FaultCode.BAD_DATE, name, why)
            return NO_MOMENT
        return moment

    def flag(self, name: str) -> bool:
        """True or false; false where it may be left out and is."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.note(FaultCode.WRONG_TYPE, name, "is not true or false")
            return False
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.values.get(name, least)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.note(FaultCode.WRONG_TYPE, name, f"is not a whole number from {least} to {most}")
            return least
        return value

    def amount(self, name: str) -> float:
        """A finite number of at least zero."""
        value = self.values.get(name, 0)
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not good or not math.isfinite(float(str(value))) or float(str(value)) < 0:
            self.note(FaultCode.WRONG_TYPE, name, "is not a number of at least 0")
            return 0
        return float(str(value))

    def inner(self, name: str) -> "Fields":
        """An object inside this one; an empty one when it is no object."""
        return self._fields(name, self.values.get(name, {}))

    def objects(self, name: str, least: int, most: int) -> list["Fields"]:
        """A list of objects within bounds; empty when it is none."""
        value = self.values.get(name, [None] * least)
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.note(FaultCode.WRONG_TYPE, name, f"is not a list of {least} to {most} objects")
            return []
        if name not in self.values:
            return []
        return [self._fields(f"{name}[{n}]", entry) for n, entry in enumerate(value)]

    def _fields(self, name: str, value: object) -> "Fields":
        if not isinstance(value, dict):
            self.note(FaultCode.WRONG_TYPE, name, "is not an object")
            value = {}
        return Fields(value, self.where(name), self.faults)

    def _calendar(self, name: str, shape: re.Pattern[str], written: str, tail: str) -> date:
        if name not in self.values:
            return NO_DAY
        value = self.values[name]
        try:
            if isinstance(value, str) and shape.fullmatch(value):
                return date.fromisoformat(value + tail)
        except ValueError:
            pass
        self.note(FaultCode.BAD_DATE, name, f"is no day of the calendar written {written}")
        return NO_DAY
