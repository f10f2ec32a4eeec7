"""Sets text: finds each character's glyph, measures, wraps, and writes the text operators."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from issuance.document.colour import INK, Colour
from issuance.document.fontset import FontSet, Weight
from issuance.document.pdf_objects import number, text_string
from issuance.document.subset import GlyphCase

_NOT_AT_LINE_START = frozenset("，。、；：！？）》」』”’·,.;:!?)%-/")
_NOT_AT_LINE_END = frozenset("（《「『“‘(")
_MAX_REMEMBERED = 1024
_font = attrgetter("font")


class Align(Enum):
    """Which point of a line its x names."""

    LEFT = 0.0
    CENTRE = 0.5
    RIGHT = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a text looks; size and tracking (extra space after each character) in points."""

    size: float
    weight: Weight = Weight.REGULAR
    colour: Colour = INK
    tracking: float = 0.0
    align: Align = Align.LEFT


class Cast(NamedTuple):
    """A character in a font of the file: the font's resource name, its code, width in 1/1000 em."""

    font: bytes
    code: bytes
    width: int


class Setting(NamedTuple):
    """A text turned into codes: runs of one font each, and the width in 1/1000 em."""

    runs: tuple[tuple[bytes, bytes], ...]
    width: int


@dataclass(slots=True)
class Composer:
    """Sets the texts of one document (or plate) and collects the glyphs they need.

    Characters in `standing` are already in the file; all others are numbered into `cases`,
    one for each face, whose resource names begin with `prefix`. `remembered` keeps settings
    that use standing characters only (labels), for all documents of a plate.
    """

    fonts: FontSet
    prefix: bytes
    standing: Mapping[tuple[str, Weight], Cast] = field(default_factory=dict)
    remembered: dict[tuple[str, Weight], Setting] = field(default_factory=dict)
    cases: dict[int, GlyphCase] = field(default_factory=dict)
    cast: dict[tuple[str, Weight], Cast] = field(default_factory=dict)

    def line(self, where: str, text: str, x: float, y: float, style: Style) -> bytes:
        """Operators that set one line with its baseline at y; `where` names the field if refused.

        Raise MissingGlyphError for a character that no font draws.
        """
        setting = self._setting(where, text, style.weight)
        if style.align is not Align.LEFT:
            x -= style.align.value * _points(setting, text, style)
        size = number(style.size)
        shown = b"".join(
            [b"/%s %s Tf<%s>Tj " % (font, size, codes) for font, codes in setting.runs]
        )
        placed = b"1 0 0 1 %s %s Tm" % (number(x), number(y))
        if not style.tracking:
            return b"%sBT %s %sET\n" % (style.colour.fill, placed, shown)
        # Readers take wide tracking for spaces unless they are told the text.
        return b"/Span<</ActualText%s>>BDC\n%sBT %s %s Tc %s0 Tc ET\nEMC\n" % (
            *(text_string(text), style.colour.fill, placed, number(style.tracking), shown),
        )

    def cast_all(self, where: str, chars: str, weight: Weight) -> None:
        """Take these characters into the cases without setting them."""
        self._casts(where, chars, weight)

    def width(self, where: str, text: str, style: Style) -> float:
        """How wide a line would be, in points."""
        return _points(self._setting(where, text, style.weight), text, style)

    def wrap(self, where: str, text: str, style: Style, width: float) -> list[str]:
        """Break a text into lines no wider than `width` points; styles with tracking are not.

        Chinese breaks between any two characters, Latin words and numbers stay whole where
        they can, and closing punctuation does not begin a line.
        """
        if self.width(where, text, style) <= width:
            return [text]
        casts = self._casts(where, text, style.weight)
        broken, start = [], 0
        while start < len(text):
            end = _line_end(text, casts, start, width * 1000 / style.size)
            broken.append(text[start:end].strip())
            start = end
        return broken

    def _setting(self, where: str, text: str, weight: Weight) -> Setting:
        key = (text, weight)
        known = self.remembered.get(key)
        if known is not None:
            return known
        casts = self._casts(where, text, weight)
        runs: list[tuple[bytes, bytes]] = []
        for font, run in groupby(casts, key=_font):
            runs.append((font, b"".join([cast.code for cast in run])))
        setting = Setting(tuple(runs), sum([cast.width for cast in casts]))
        standing_only = all(not font.startswith(self.prefix) for font, _ in runs)
        if standing_only and len(self.remembered) < _MAX_REMEMBERED:
            self.remembered[key] = setting
        return setting

    def _casts(self, where: str, text: str, weight: Weight) -> list[Cast]:
        standing, cast = self.standing, self.cast
        return [
            standing.get((char, weight))
            or cast.get((char, weight))
            or self._found(where, char, weight)
            for char in text
        ]

    def _found(self, where: str, char: str, weight: Weight) -> Cast:
        sort = self.fonts.required(where, char, weight)
        case = self.cases.setdefault(sort.face, GlyphCase(sort.face))
        found = Cast(b"%s%d" % (self.prefix, sort.face), case.code(char, sort), sort.width)
        self.cast[char, weight] = found
        return found


def _points(setting: Setting, text: str, style: Style) -> float:
    return setting.width * style.size / 1000 + style.tracking * (len(text) - 1)


def _line_end(text: str, casts: list[Cast], start: int, width: float) -> int:
    """Where the line that begins at `start` ends; at least one character further."""
    end, filled = start, 0.0
    while end < len(text) and filled + casts[end].width <= width:
        filled += casts[end].width
        end += 1
    if end == len(text):
        return end
    for candidate in range(end, start, -1):
        if _may_break(text[candidate - 1], text[candidate]):
            return candidate
    return max(end, start + 1)


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_AT_LINE_START or before in _NOT_AT_LINE_END or after == " ":
        return False
    return not (_joins(before) and _joins(after))


def _joins(char: str) -> bool:
    """Whether a character is part of a Latin word or a number."""
    return char.isascii() and not char.isspace()
