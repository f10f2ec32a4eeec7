"""A letter as pages show it: word for word, line by line, the numbers of people to be masked."""

import re
from collections.abc import Iterable

Lines = tuple[tuple[tuple[str, bool], ...], ...]  # by line: (text, whether it is a number)


def letter_lines(text: str, numbers: Iterable[str]) -> Lines:
    """The lines of a letter, each cut at the numbers, which are masked when shown."""
    known = tuple(dict.fromkeys(n for n in numbers if n))
    cut = re.compile("(" + "|".join(re.escape(number) for number in known) + ")")
    return tuple(
        tuple((piece, piece in known) for piece in cut.split(line) if piece)
        for line in text.split("\n")
    )
