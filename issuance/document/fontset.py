"""The fonts a document may use: two weights of our own, and fallbacks for rare characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from certstore.errors import MissingGlyphError
from issuance.document.typeface import Typeface

_HERE = Path(__file__).parent / "fonts"


class Weight(IntEnum):
    """How heavy the strokes are."""

    REGULAR = 0
    BOLD = 1


class Sort(NamedTuple):
    """One character of one face, ready to be set: its glyph and its width in 1/1000 em."""

    face: int  # place in FontSet.faces
    glyph: int
    width: int


@dataclass(frozen=True)
class FontSet:
    """Font files by weight and then by preference; a file is opened when it is first needed."""

    regular: Path
    bold: Path
    fallbacks: tuple[Path, ...] = ()

    @classmethod
    def bundled(cls, fallbacks: Sequence[Path] = ()) -> "FontSet":
        """The fonts of this package, and more for characters these lack, in order of preference."""
        return cls(
            _HERE / "NotoSansSC-Regular.ttf", _HERE / "NotoSansSC-Bold.ttf", tuple(fallbacks)
        )

    @cached_property
    def _opened(self) -> dict[int, Typeface]:
        return {}

    @cached_property
    def _found(self) -> dict[tuple[str, Weight], Sort | None]:
        return {}  # at most every character of every font once; values never change

    def face(self, number: int) -> Typeface:
        """The face with this number: 0 regular, 1 bold, then the fallbacks."""
        face = self._opened.get(number)
        if face is None:
            path = (self.regular, self.bold, *self.fallbacks)[number]
            face = self._opened.setdefault(number, Typeface(path))
        return face

    def sort(self, char: str, weight: Weight) -> Sort | None:
        """The first face that draws this character, or None if no face does."""
        key = (char, weight)
        if key not in self._found:
            self._found[key] = self._look_up(char, weight)
        return self._found[key]

    def required(self, where: str, char: str, weight: Weight) -> Sort:
        """Like `sort`, but raise MissingGlyphError, naming the field, if no face draws it."""
        sort = self.sort(char, weight)
        if sort is None:
            raise MissingGlyphError(
                f"no installed font draws U+{ord(char):04X}; the document was not made",
                where=where,
                remedy="install a font that has the character and name it in the fallback fonts",
                code_point=f"U+{ord(char):04X}",
            )
        return sort

    def _look_up(self, char: str, weight: Weight) -> Sort | None:
        # A missing weight is better than a missing character: the other weight comes last.
        order = [int(weight), *range(2, 2 + len(self.fallbacks)), 1 - int(weight)]
        for number in order:
            face = self.face(number)
            glyph = face.glyph_of(char)
            if glyph and (face.outline(glyph) or char.isspace()):  # an empty outline draws nothing
                width = round(face.metric(glyph)[0] * 1000 / face.units_per_em)
                return Sort(number, glyph, width)
        return None
