"""Words that people type, freed of numbers that could say who they are."""

import re
import unicodedata
from typing import Final

# Fifteen to eighteen digits are an identity or card number, eleven a telephone's; whichever digits
# they are typed in, and whatever but letters stands between them. Sought in marks, one for each
# character, so that what is taken out is what was typed.
_NUMBER: Final = re.compile(r"0(?: *0){10,}(?: *x)?")
# For 2, 0, 7, 9 and 0 over the telephone; of the other words for digits Unicode knows the number.
_SAID: Final = frozenset("两洞拐勾○◯")


def freed_of_numbers(typed: str) -> tuple[str, bool]:
    """What was typed without its long numbers (a space in their place), and if there was one."""
    marks = [(mark, place) for place, each in enumerate(typed) for mark in _marks(each)]
    freed = list(typed)
    found = _NUMBER.finditer("".join(mark for mark, _ in marks))
    spans = [(marks[each.start()][1], marks[each.end() - 1][1] + 1) for each in found]
    for start, end in reversed(spans):
        freed[start:end] = " "
    return "".join(freed), bool(spans)


def _marks(character: str) -> str:
    """0 for each digit, whichever script or ornament it has, x for an X, a for other letters."""
    return "".join(_mark(each) for each in unicodedata.normalize("NFKC", character).lower())


def _mark(folded: str) -> str:
    if folded.isdigit() or folded in _SAID or unicodedata.numeric(folded, -1) in range(10):
        return "0"
    if folded == "x":
        return "x"
    return "a" if folded.isalnum() else " "
