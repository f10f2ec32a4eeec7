"""A question as it came: read, and freed of numbers that could say who asked."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from certstore.errors import MalformedError

LONGEST: Final = 200  # characters; one that stands for several (㍿) counts as those
# Fifteen to eighteen digits are an identity or card number, eleven a telephone's; whichever digits
# they are typed in, and whatever but letters stands between them. Sought in marks, one for each
# character, so that what is taken out is what was typed.
_NUMBER: Final = re.compile(r"0(?: *0){10,}(?: *x)?")
_SAID: Final = frozenset(
    "两洞拐勾○◯"
)  # for 2, 0, 7, 9 and 0: of the others Unicode knows the number
_CONTROLS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks; `text` holds no long number, `freed` says that one was taken out."""

    text: str
    freed: bool = False

    @classmethod
    def read(cls, typed: str) -> Self:
        """Read a question; MalformedError if it is too long or holds a control character."""
        if len(typed) > LONGEST or len(_folded(typed)) > LONGEST:
            raise MalformedError(
                f"a question has at most {LONGEST} characters",
                where="q",
                remedy="ask in fewer words",
                cause="too_long",
            )
        if any(unicodedata.category(character) in _CONTROLS for character in typed):
            raise MalformedError(
                "a question is one line of text, without control characters",
                where="q",
                remedy="type it anew",
                cause="controls",
            )
        freed, found = _freed(typed)
        return cls(" ".join(freed.split()), found)


def _folded(text: str) -> str:
    """As it is read: what a search costs goes by this length."""
    return unicodedata.normalize("NFKC", text).lower()


def _freed(typed: str) -> tuple[str, bool]:
    """What was typed without its long numbers, and whether there was one."""
    marks = [(mark, place) for place, each in enumerate(typed) for mark in _marks(each)]
    freed = list(typed)
    found = _NUMBER.finditer("".join(mark for mark, _ in marks))
    spans = [(marks[each.start()][1], marks[each.end() - 1][1] + 1) for each in found]
    for start, end in reversed(spans):
        freed[start:end] = " "
    return "".join(freed), bool(spans)


def _marks(character: str) -> str:
    """0 for each digit, whichever script or ornament it has, x for an X, a for other letters."""
    return "".join(_mark(each) for each in _folded(character))


def _mark(folded: str) -> str:
    if folded.isdigit() or folded in _SAID or unicodedata.numeric(folded, -1) in range(10):
        return "0"
    if folded == "x":
        return "x"
    return "a" if folded.isalnum() else " "
